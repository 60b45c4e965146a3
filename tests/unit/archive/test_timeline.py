"""Whatever is called in whatever order, recorded time and gaps tile the whole time, without hole or overlap."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nangmai.archive.timeline import Gap, Timeline

SINCE = 1_000_000


class AnyOrder(RuleBasedStateMachine):
    """A stream's calls with a clock that also goes back; recorded intervals are kept beside it, as the disk does."""

    @initialize()
    def start(self) -> None:
        self.timeline = Timeline.new(SINCE)
        self.index: dict[int, Gap] = {}
        self.recorded: dict[int, tuple[int, int]] = {}
        self.now = SINCE
        self.seq = 0
        self.open: tuple[int, int] | None = None

    @rule(step=st.integers(-50, 100))
    def clock(self, step: int) -> None:
        self.now += step

    @rule()
    def begin(self) -> None:
        if self.open is None:
            self.seq += 1
            start = self.timeline.begin(self.seq, self.now)
            assert start >= max([SINCE, *(end for _, end in self.recorded.values())])
            self.open = (self.seq, start)

    @rule(length=st.integers(1, 60), reason=st.sampled_from(["rotated", "signal_lost", "disk", "stopped"]))
    def end(self, length: int, reason: str) -> None:
        if self.open is not None:
            seq, start = self.open
            self.timeline.end(seq, start + length, reason)
            self.recorded[seq] = (start, start + length)
            self.open = None

    @rule(cause=st.sampled_from(["no_signal", "refused"]))
    def missing(self, cause: str) -> None:
        if self.open is None:
            self.timeline.missing(cause, "", self.now)

    @rule(length=st.integers(0, 60))
    def lose_the_open_segment(self, length: int) -> None:
        if self.open is not None:
            seq, start = self.open
            assert self.timeline.lost(seq, start + length, lambda: None, "disk_full", "") == start + length
            self.recorded[seq] = (start, start + length)
            self.open = None

    @rule(data=st.data())
    def lose_the_end_of_the_last_segment(self, data: st.DataObject) -> None:
        if self.recorded and self.open is None:
            seq = max(self.recorded)
            start, end = self.recorded[seq]
            from_us = data.draw(st.integers(start, end))
            assert self.timeline.lost(seq, from_us, lambda: end, "disk_failed", "") == from_us
            self.recorded[seq] = (start, from_us)

    @rule()
    def flush(self) -> None:
        gaps, gone = self.timeline.changes()
        if gone is not None:
            del self.index[gone]
        self.index |= {gap.start_us: gap for gap in gaps}
        self.timeline.written(gaps, gone)

    @invariant()
    def time_is_tiled(self) -> None:
        pending = self.timeline.pending()
        gaps = self.index | {gap.start_us: gap for gap in pending}
        running = next((gap for gap in pending if gap.end_us is None), None)
        tiles = [(gap.start_us, gap.end_us) for gap in gaps.values() if gap.end_us is not None]
        tiles += [(start, end) for start, end in self.recorded.values() if end > start]
        moment = SINCE
        for start, end in sorted(tiles):
            assert start == moment
            moment = end
        assert moment == (self.open[1] if self.open else running.start_us if running else None)


TestAnyOrder = AnyOrder.TestCase
TestAnyOrder.settings = settings(max_examples=300, stateful_step_count=25, deadline=None)


def test_the_first_cause_given_after_a_segment_counts_from_its_end() -> None:
    timeline = Timeline.new(0)
    timeline.begin(1, 0)
    timeline.end(1, 100, "rotated")
    timeline.missing("no_signal", "timed out", 150)
    timeline.missing("refused", "401", 200)
    assert timeline.pending() == [Gap(100, 200, "no_signal", "timed out"), Gap(200, None, "refused", "401")]


def test_the_same_cause_said_twice_is_one_gap() -> None:
    timeline = Timeline.new(0)
    timeline.missing("no_signal", "", 10)
    timeline.missing("no_signal", "", 20)
    assert timeline.pending() == [Gap(0, None, "no_signal", "")]


def test_neighbouring_losses_of_one_cause_are_one_gap() -> None:
    timeline = Timeline.new(0)
    timeline.begin(1, 0)
    timeline.lost(1, 50, lambda: None, "disk_full", "")
    timeline.begin(2, 80)
    timeline.lost(2, 80, lambda: None, "disk_full", "")
    assert timeline.pending() == [Gap(50, None, "disk_full", "")]
