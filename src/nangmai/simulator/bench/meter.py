"""What processes cost, from /proc: CPU time and unique memory, of a process and all its descendants."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_CPUCLOCK_SCHED = 2  #: with the process in the upper bits, what clock_getcpuclockid(3) gives on Linux


def family(pids: Iterable[int]) -> set[int]:
    """The processes and their descendants that live now."""
    parents: dict[int, int] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            fields = _stat_fields(int(entry.name))
            if fields is not None:
                parents[int(entry.name)] = int(fields[1])
    found = {pid for pid in pids if pid in parents}
    while more := {pid for pid, parent in parents.items() if parent in found and pid not in found}:
        found |= more
    return found


def _stat_fields(pid: int) -> list[str] | None:
    """The fields of /proc/<pid>/stat behind the name, which may hold spaces (proc(5))."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None


def cpu_seconds(pids: Iterable[int]) -> float:
    """User and system time of the processes together, to the nanosecond: /proc counts in hundredths of a second."""
    total_ns = 0
    for pid in pids:
        with contextlib.suppress(OSError):  # it has ended
            total_ns += time.clock_gettime_ns(~pid << 3 | _CPUCLOCK_SCHED)
    return total_ns / 1e9


def unique_bytes(pids: Iterable[int]) -> int:
    """Memory that would be free if the processes ended: Private_Clean + Private_Dirty of smaps_rollup."""
    total = 0
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith(("Private_Clean:", "Private_Dirty:")))
    return total * 1024


def machine_busy_seconds() -> float:
    """CPU time all cores spent on anything: shows how much others disturbed."""
    fields = [int(value) for value in Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / _TICKS


@dataclass(frozen=True, slots=True)
class Usage:
    """Cost over a window; percent of one core."""

    cpu_percent: float
    unique_mb: float
    simulator_cpu_percent: float
    others_cpu_percent: float


def measure(side: list[int], simulator: int, seconds: float) -> Usage:
    """Watch for `seconds`. Memory is the mean of three readings."""
    processes, cameras = family(side), family([simulator])
    began, busy = time.monotonic(), machine_busy_seconds()
    used, served = cpu_seconds(processes), cpu_seconds(cameras)
    memory = []
    for part in range(1, 4):
        time.sleep(max(0.0, began + seconds * part / 3 - time.monotonic()))
        memory.append(unique_bytes(processes))
    elapsed = time.monotonic() - began
    used, served = cpu_seconds(processes) - used, cpu_seconds(cameras) - served
    others = machine_busy_seconds() - busy - used - served
    return Usage(
        cpu_percent=100 * used / elapsed,
        unique_mb=sum(memory) / 3 / 1e6,
        simulator_cpu_percent=100 * served / elapsed,
        others_cpu_percent=100 * others / elapsed,
    )
