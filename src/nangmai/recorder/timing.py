"""From arrival to wall time (docs/design/time.md): the machine's two clocks, and each stream's media clock beside them.

Owns the estimates. It never reads a camera's clock and never schedules anything.
"""

from __future__ import annotations

from collections import deque
from typing import NamedTuple

from nangmai.base.clock import Clock
from nangmai.base.units import US_PER_S

STEP_US = 250_000  #: a larger change between wall and monotonic clock is a step, a smaller one NTP slewing
WINDOW_US = 30 * US_PER_S
_BUCKET_US = US_PER_S
_FOLLOW = 8  # the offset takes an eighth of a small difference at each check
_READINGS = 3


class ClockStep(NamedTuple):
    """The wall clock was set."""

    step_us: int  #: forward when positive
    at_mono_us: int


class WallEstimate:
    """Holds `wall = mono + offset`, follows slewing, and notices steps when `check` is called about once a second."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        _, self.offset_us = self._measure()

    def wall_us(self, mono_us: int) -> int:
        """The wall time at a monotonic moment."""
        return mono_us + self.offset_us

    def check(self) -> ClockStep | None:
        """Compare the clocks; a step moves the offset at once and is returned."""
        mono_us, offset_us = self._measure()
        change_us = offset_us - self.offset_us
        if abs(change_us) > STEP_US:
            self.offset_us = offset_us
            return ClockStep(change_us, mono_us)
        self.offset_us += change_us // _FOLLOW
        return None

    def _measure(self) -> tuple[int, int]:
        """Both clocks read as closely together as the scheduler lets us."""
        best_us, result = None, (0, 0)
        for _ in range(_READINGS):
            before_us = self._clock.mono_us()
            wall_us = self._clock.wall_us()
            after_us = self._clock.mono_us()
            if best_us is None or after_us - before_us < best_us:
                best_us = after_us - before_us
                middle_us = (before_us + after_us) // 2
                result = middle_us, wall_us - middle_us
        return result


class StreamOffset:
    """The monotonic time of a stream's media time 0: the least of (arrival - media time) over the last 30 s.

    The least delayed picture tells the truth, jitter only ever adds.
    """

    __slots__ = ("_minima",)

    def __init__(self) -> None:
        self._minima: deque[tuple[int, int]] = deque()  # (second of arrival, least difference): differences rise

    def observe(self, arrival_us: int, difference_us: int) -> None:
        """Pictures arrived, the last at `arrival_us`; the least of their (arrival - media time) is `difference_us`."""
        second = arrival_us // _BUCKET_US
        minima = self._minima
        while minima and minima[-1][1] >= difference_us:
            minima.pop()
        if not minima or minima[-1][0] != second:
            minima.append((second, difference_us))
        oldest = (arrival_us - WINDOW_US) // _BUCKET_US
        while minima[0][0] < oldest:
            minima.popleft()

    @property
    def offset_us(self) -> int:
        """Add this to a media time to get its monotonic time."""
        return self._minima[0][1]

    def reset(self) -> None:
        """The media clock starts anew."""
        self._minima.clear()
