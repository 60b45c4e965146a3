"""How busy the machine was while something was measured: a figure that missed its limit is to be read beside this."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

TICKS = os.sysconf("SC_CLK_TCK")


class Program(NamedTuple):
    """A process: what it is, and the ticks of CPU it has used."""

    name: str
    ticks: int


@contextmanager
def watched() -> Iterator[dict[str, Any]]:
    """Filled at the end: percent of all cores that were idle, and percent of one core by program below this process."""
    load: dict[str, Any] = {}
    cores, programs = _cores(), below(os.getpid())
    yield load
    idle, whole = (after - before for after, before in zip(_cores(), cores, strict=True))
    if whole <= 0:
        return
    of_a_core = 100 * (os.cpu_count() or 1) / whole
    used: dict[str, float] = {}
    for pid, program in below(os.getpid()).items():
        ticks = program.ticks - (programs[pid].ticks if pid in programs else 0)
        used[program.name] = used.get(program.name, 0) + ticks * of_a_core
    load["idle_percent"] = round(100 * idle / whole, 1)
    load["percent_of_a_core"] = {name: round(share, 1) for name, share in sorted(used.items()) if share >= 0.5}
    load["others_percent_of_a_core"] = round(max(0.0, (whole - idle) * of_a_core - sum(used.values())), 1)
    load["load_average"] = round(os.getloadavg()[0], 2)


def _cores() -> tuple[int, int]:
    """Idle ticks and all ticks, of all cores (proc(5))."""
    ticks = [int(field) for field in Path("/proc/stat").read_text(encoding="ascii").split("\n")[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks)


def below(ancestor: int) -> dict[int, Program]:
    """A process and all that it started, by their number."""
    parents: dict[int, int] = {}
    programs: dict[int, Program] = {}
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
            words = (folder / "cmdline").read_text(encoding="utf-8", errors="replace").replace("\0", " ").split(" ")
        except OSError:  # it has ended meanwhile
            continue
        parents[int(folder.name)] = int(fields[1])
        programs[int(folder.name)] = Program(_name_of(words), int(fields[11]) + int(fields[12]))
    return {pid: program for pid, program in programs.items() if _is_below(pid, ancestor, parents)}


def _is_below(pid: int, ancestor: int, parents: dict[int, int]) -> bool:
    while pid > 1 and pid != ancestor:
        pid = parents.get(pid, 0)
    return pid == ancestor


def _name_of(words: list[str]) -> str:
    for word in words:
        if word.startswith("--type="):
            return f"chromium {word.removeprefix('--type=')}"
    if "nangmai" in words[:-1]:
        return words[words.index("nangmai") + 1]
    return "chromium" if words[0].endswith("/chromium") else Path(words[0]).name
