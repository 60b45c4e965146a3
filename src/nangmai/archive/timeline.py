"""What a stream was doing at every moment: recording, or missing with a cause. Recorded + gaps tile time exactly.

One `Timeline` a stream, in memory, told by the event loop (begin, end, missing) and by the writer threads (lost). What
changed is drained into the index once a flush. It never reads a clock: moments come from the caller.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Literal, NamedTuple

Cause = Literal[
    "no_signal",
    "waiting_for_key_picture",
    "refused",
    "disk_slow",
    "disk_full",
    "disk_failed",
    "clock_step",
    "crash",
    "recorder_down",
    "maintenance",
    "loss",
    "unknown",
]

#: what a gap is called that follows a segment and is given no cause of its own
_CAUSE_AFTER = {
    "signal_lost": "no_signal",
    "clock_step": "clock_step",
    "disk": "disk_failed",
    "crash": "crash",
    "stopped": "recorder_down",
}


class Gap(NamedTuple):
    """A half-open interval without footage; `end_us` is None while it runs."""

    start_us: int
    end_us: int | None
    cause: str
    detail: str = ""


class Timeline:
    """The gap record of one stream, up to now."""

    def __init__(self, running: Gap, *, is_stored: bool = False) -> None:
        self._lock = threading.Lock()
        self._running: Gap | None = running
        self._is_settled = True  # False: the running gap takes the next cause it is given, from its start on
        self._pending: dict[int, Gap] = {}
        self._stored = running if is_stored else None  # the running gap as the index holds it
        self._segment: int | None = None
        self._recorded_until_us = running.start_us

    @classmethod
    def new(cls, since_us: int) -> Timeline:
        """The timeline of a stream that has just been configured."""
        timeline = cls(Gap(since_us, None, "no_signal"))
        timeline._is_settled = False
        return timeline

    def begin(self, seq: int, start_us: int) -> int:
        """Segment `seq` starts; returns its start, which is never before what is recorded already."""
        with self._lock:
            if self._running is not None:
                start_us = max(start_us, self._running.start_us)
                self._finish(self._running, start_us)
                self._running = None
            else:
                start_us = max(start_us, self._recorded_until_us)
            self._segment = seq
            self._recorded_until_us = start_us
            return start_us

    def end(self, seq: int, end_us: int, reason: str) -> None:
        """Segment `seq` ended in order; what follows takes the next cause given, or one that fits the reason."""
        with self._lock:
            if self._segment != seq:
                return
            self._segment = None
            self._recorded_until_us = max(end_us, self._recorded_until_us)
            self._running = Gap(self._recorded_until_us, None, _CAUSE_AFTER.get(reason, "waiting_for_key_picture"))
            self._is_settled = False

    def missing(self, cause: str, detail: str, now_us: int) -> None:
        """From now on nothing is recorded because of `cause`; no effect while a segment is open."""
        with self._lock:
            running = self._running
            if running is None or (self._is_settled and (running.cause, running.detail) == (cause, detail)):
                return
            if not self._is_settled or now_us <= running.start_us:
                self._running = Gap(running.start_us, None, cause, detail)
            else:
                self._finish(running, now_us)
                self._running = Gap(now_us, None, cause, detail)
            self._is_settled = True

    def lost(self, seq: int, from_us: int, ordered_end: Callable[[], int | None], cause: str, detail: str) -> int:
        """Segment `seq` could not be written from `from_us` on; returns where it ends on record.

        `ordered_end` tells the end it was given already, if any: asked here, since the event loop may just give it one.
        """
        with self._lock:
            until_us = ordered_end()
            if self._segment == seq:
                self._segment = None
                self._recorded_until_us = max(from_us, self._recorded_until_us)
                self._running = self._continued(self._recorded_until_us, cause, detail)
                self._is_settled = True
                return self._recorded_until_us
            if until_us is not None and until_us > from_us:
                self._pending[from_us] = Gap(from_us, until_us, cause, detail)
            return from_us if until_us is None else min(from_us, until_us)

    def running(self) -> Gap | None:
        """The gap that lasts until now, if nothing is being recorded."""
        with self._lock:
            return self._running

    def pending(self) -> list[Gap]:
        """What the index does not hold yet, and the running gap, in order."""
        with self._lock:
            gaps = [*self._pending.values(), *([self._running] if self._running else [])]
            return sorted(gaps, key=lambda gap: gap.start_us)

    def changes(self) -> tuple[list[Gap], int | None]:
        """Gaps to put into the index, and the start of one to take out; both stay due until `written` says so."""
        with self._lock:
            running = self._running if self._is_settled else None
            puts = [*self._pending.values(), *([running] if running and running != self._stored else [])]
            known = {gap.start_us for gap in puts} | ({running.start_us} if running else set())
            gone = self._stored.start_us if self._stored and self._stored.start_us not in known else None
            return sorted(puts, key=lambda gap: gap.start_us), gone

    def written(self, gaps: list[Gap], gone: int | None) -> None:
        """The index holds these now, and the other one no more."""
        with self._lock:
            for gap in gaps:
                if self._pending.get(gap.start_us) == gap:
                    del self._pending[gap.start_us]
                if gap.end_us is None:
                    self._stored = gap
                elif self._stored and self._stored.start_us == gap.start_us:
                    self._stored = None
            if self._stored and self._stored.start_us == gone:
                self._stored = None

    def settle(self) -> None:
        """The running gap keeps the cause it has, so that it can be written."""
        with self._lock:
            self._is_settled = True

    def _finish(self, gap: Gap, end_us: int) -> None:
        if end_us > gap.start_us:
            self._pending[gap.start_us] = gap._replace(end_us=end_us)

    def _continued(self, start_us: int, cause: str, detail: str) -> Gap:
        """A running gap from `start_us`, joined to one of the same cause that ends there."""
        for gap in self._pending.values():
            if gap.end_us == start_us and gap.cause == cause and gap.detail == detail:
                del self._pending[gap.start_us]
                return gap._replace(end_us=None)
        return Gap(start_us, None, cause, detail)
