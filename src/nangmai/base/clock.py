"""Time comes in through a `Clock`, so that tests can move it. See docs/design/time.md.

What asks for the wall time itself (`wall_us`, `utc_now`) is told it by the clock that `using` put there, and by the
machine otherwise: so the services of the web plane can be run at another moment, and only by who says so.

Two clocks, never mixed: *wall* time is integer microseconds since 1970 UTC (what a person asks for), *monotonic* time
is what schedules and measures. Microseconds stay exact in a JavaScript number until the year 2255; nanoseconds do not.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from contextvars import ContextVar
from datetime import datetime
from pathlib import Path
from typing import Protocol

from nangmai.base.units import US_PER_S, utc_from_us


class Clock(Protocol):
    """Where the time comes from."""

    def wall_us(self) -> int:
        """Microseconds since 1970-01-01T00:00:00Z, as the operating system tells it; may step."""

    def mono_us(self) -> int:
        """Microseconds since some fixed moment of this boot; never steps."""

    def boot_id(self) -> str:
        """Names this boot of the machine: monotonic times of different boots cannot be compared."""


class SystemClock:
    """The machine's own clocks."""

    def __init__(self) -> None:
        try:
            self._boot_id = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        except OSError:
            self._boot_id = f"boot-{int(time.time() - time.monotonic())}"

    def wall_us(self) -> int:
        return time.time_ns() // 1000

    def mono_us(self) -> int:
        return time.monotonic_ns() // 1000

    def boot_id(self) -> str:
        return self._boot_id


class ManualClock:
    """A clock that moves only when told to."""

    def __init__(self, wall_us: int = 1_790_000_000 * US_PER_S, mono_us: int = 1000 * US_PER_S) -> None:
        self._wall_us = wall_us
        self._mono_us = mono_us
        self._boot_id = "00000000-0000-0000-0000-000000000001"

    def wall_us(self) -> int:
        return self._wall_us

    def mono_us(self) -> int:
        return self._mono_us

    def boot_id(self) -> str:
        return self._boot_id

    def advance(self, duration_us: int) -> None:
        """Let time pass on both clocks."""
        self._wall_us += duration_us
        self._mono_us += duration_us

    def step(self, offset_us: int) -> None:
        """Set the wall clock forward or back, as an administrator or NTP would; monotonic time is untouched."""
        self._wall_us += offset_us


_system: Clock = SystemClock()
_chosen: ContextVar[Clock | None] = ContextVar("clock", default=None)


@contextlib.contextmanager
def using(clock: Clock) -> Iterator[Clock]:
    """Within, `wall_us` and `utc_now` of this thread or task are told by this clock; nobody else's are."""
    token = _chosen.set(clock)
    try:
        yield clock
    finally:
        _chosen.reset(token)


def wall_us(clock: Clock | None = None) -> int:
    """Microseconds since 1970 UTC by the clock given, else by the one in use here."""
    return (clock or _chosen.get() or _system).wall_us()


def utc_now(clock: Clock | None = None) -> datetime:
    """The same moment as an aware datetime."""
    return utc_from_us(wall_us(clock))
