"""The arithmetic of the roster equals a scan of every minute."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nangmai.web.watch.coverage import Period, gaps, joined, overlaps, short_rests, too_long

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
MINUTES = 240
MINUTE = timedelta(minutes=1)


def period(begin: int, end: int) -> Period:
    return Period(MIDNIGHT + begin * MINUTE, MIDNIGHT + end * MINUTE)


WINDOW = period(0, MINUTES)
PERIODS = st.lists(
    st.tuples(st.integers(-60, MINUTES + 60), st.integers(1, 120)).map(lambda it: period(it[0], it[0] + it[1])),
    max_size=8,
)


def minutes(periods: list[Period], first: int = 0, last: int = MINUTES) -> list[int]:
    """How many of the periods cover each minute."""
    return [sum(one.begin <= at < one.end for one in periods) for at in map(moment, range(first, last))]


def moment(number: int) -> datetime:
    return MIDNIGHT + number * MINUTE


@given(PERIODS)
def test_gaps_are_exactly_the_minutes_that_nobody_covers(periods: list[Period]) -> None:
    assert minutes(gaps(periods, WINDOW)) == [int(count == 0) for count in minutes(periods)]


@given(PERIODS)
def test_overlaps_are_exactly_the_minutes_covered_twice(periods: list[Period]) -> None:
    found = minutes(overlaps(periods), -60, MINUTES + 180)
    assert found == [int(count > 1) for count in minutes(periods, -60, MINUTES + 180)]


@given(PERIODS)
def test_joined_periods_cover_the_same_and_neither_touch_nor_overlap(periods: list[Period]) -> None:
    found = joined(periods)
    assert minutes(found, -60, 420) == [int(count > 0) for count in minutes(periods, -60, 420)]
    assert all(one.end < other.begin for one, other in pairwise(found))


def runs(covered: list[bool], value: bool) -> list[int]:
    """Lengths of the runs of a value."""
    found, length = [], 0
    for one in [*covered, not value]:
        if one is value:
            length += 1
        elif length:
            found.append(length)
            length = 0
    return found


@given(PERIODS, st.integers(1, 150))
def test_stretches_and_rests_are_as_long_as_their_runs_of_minutes(periods: list[Period], bound: int) -> None:
    covered = [count > 0 for count in minutes(periods, -60, 420)]
    long = [round(one.length / MINUTE) for one in too_long(periods, bound * MINUTE)]
    assert long == [length for length in runs(covered, True) if length > bound]
    if True in covered:
        inner = covered[covered.index(True) : len(covered) - covered[::-1].index(True)]
        short = [round(one.length / MINUTE) for one in short_rests(periods, bound * MINUTE)]
        assert short == [length for length in runs(inner, False) if length < bound]


def test_a_gap_of_one_minute_is_found() -> None:
    assert gaps([period(0, 100), period(101, MINUTES)], WINDOW) == [period(100, 101)]


def test_nothing_leaves_everything_open_and_a_seam_is_no_gap() -> None:
    assert gaps([], WINDOW) == [WINDOW]
    assert gaps([period(0, 100), period(100, MINUTES)], WINDOW) == []
