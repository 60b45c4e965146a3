"""How busy the machine was while something was measured: a figure that missed its limit is to be read beside this."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

TICKS = os.sysconf("SC_CLK_TCK")


@contextmanager
def watched() -> Iterator[dict[str, Any]]:
    """Filled at the end: percent of all cores that were idle, and percent of one core by program below this process."""
    load: dict[str, Any] = {}
    cores, programs = _cores(), _programs()
    yield load
    idle, whole = (after - before for after, before in zip(_cores(), cores, strict=True))
    if whole <= 0:
        return
    own = {
        pid: (name, ticks - programs.get(pid, ("", 0))[1])
        for pid, (name, ticks) in _programs().items()
    }
    seconds = whole / (os.cpu_count() or 1) / TICKS
    used: dict[str, float] = {}
    for name, ticks in own.values():
        used[name] = used.get(name, 0) + 100 * ticks / TICKS / seconds
    busy = 100 * (whole - idle) / TICKS / seconds
    load["idle_percent"] = round(100 * idle / whole, 1)
    load["percent_of_a_core"] = {name: round(share, 1) for name, share in sorted(used.items()) if share >= 0.5}
    load["others_percent_of_a_core"] = round(max(0.0, busy - sum(used.values())), 1)
    load["load_average"] = round(os.getloadavg()[0], 2)


def _cores() -> tuple[int, int]:
    """Idle ticks and all ticks, of all cores (proc(5))."""
    ticks = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def _programs() -> dict[int, tuple[str, int]]:
    """Program and ticks used by this process and all below it."""
    parents: dict[int, int] = {}
    found: dict[int, tuple[str, int]] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            words = (folder / "cmdline").read_bytes().decode("utf-8", "replace").split("\0")
        except (OSError, UnicodeDecodeError):
            continue
        pid = int(folder.name)
        parents[pid] = int(fields[1])
        found[pid] = (_name_of(words), int(fields[11]) + int(fields[12]))
    return {pid: program for pid, program in found.items() if _is_below(pid, parents)}


def _is_below(pid: int, parents: dict[int, int]) -> bool:
    while pid > 1:
        if pid == os.getpid():
            return True
        pid = parents.get(pid, 0)
    return False


def _name_of(words: list[str]) -> str:
    for word in words:
        if word.startswith("--type="):
            return f"chromium {word.removeprefix('--type=')}"
    if "nangmai" in words:
        return words[words.index("nangmai") + 1]
    return "chromium" if "chromium" in words[0] else "bench" if "bench" in " ".join(words[:4]) else Path(words[0]).name
