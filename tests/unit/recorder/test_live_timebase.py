"""Media time of live streams: decode times only grow, whatever the camera's timestamps do."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.units import US_PER_S
from nangmai.recorder.live.timebase import JUMP_90K, Timebase

SECOND_90K = 90_000


@given(
    st.lists(st.tuples(st.integers(-(2**40), 2**40), st.integers(0, 10 * US_PER_S)), min_size=1, max_size=60),
    st.integers(0, 3),
)
def test_decode_times_grow_and_are_never_negative(arrivals: list[tuple[int, int]], depth: int) -> None:
    timebase, received_us, last = Timebase(), 0, -1
    timebase.begin(depth, 15.0)
    for pts, passed_us in arrivals:
        received_us += passed_us
        dts, _ = timebase.place(pts, received_us)
        assert dts > last
        assert timebase.duration_90k > 0
        last = dts


def test_a_steady_camera_keeps_its_own_distances() -> None:
    timebase = Timebase()
    timebase.begin(0, 25.0)
    placed = [timebase.place(5_000_000 + number * 3600, number * 40_000) for number in range(50)]
    assert [after[0] - before[0] for before, after in itertools.pairwise(placed)] == [3600] * 49
    assert {cts for _, cts in placed} == {0}


def test_a_jump_is_bridged_by_the_time_that_passed() -> None:
    for jump in (-(10**9), 10**9):
        timebase = Timebase()
        timebase.begin(0, 10.0)
        before, _ = timebase.place(0, 0)
        after, _ = timebase.place(jump, US_PER_S // 2)
        assert after - before == SECOND_90K // 2


def test_pictures_that_come_late_all_at_once_keep_their_distances() -> None:
    timebase = Timebase()
    timebase.begin(0, 10.0)
    times = [timebase.place(number * 9000, 0 if number < 5 else 8 * US_PER_S)[0] for number in range(20)]
    assert [after - before for before, after in itertools.pairwise(times)] == [9000] * 19


def test_reordered_pictures_keep_their_presentation_times() -> None:
    timebase = Timebase()
    timebase.begin(2, 10.0)
    shown = [0, 3, 1, 2, 6, 4, 5, 9, 7, 8]
    placed = [timebase.place(number * 9000, order * 100_000) for order, number in enumerate(shown)]
    moments = [dts + cts for dts, cts in placed]
    assert [(moment - moments[0]) // 9000 for moment in moments] == shown
    assert all(cts >= 0 for _, cts in placed)


def test_a_guess_is_never_longer_than_a_jump() -> None:
    timebase = Timebase()
    timebase.begin(0, None)
    timebase.place(0, 0)
    timebase.place(60 * SECOND_90K, 60 * US_PER_S)
    assert timebase.duration_90k <= JUMP_90K
