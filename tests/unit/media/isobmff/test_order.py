"""Decode times grow, and pictures are never decoded after they are shown."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.isobmff import DecodeOrder


def reordered(times: list[int], depth: int, choices: list[int]) -> list[int]:
    """A decode order in which no picture comes before more than `depth` pictures that are shown earlier."""
    waiting: list[int] = []
    out: list[int] = []
    remaining = list(times)
    for choice in choices:
        while remaining and len(waiting) <= depth:
            waiting.append(remaining.pop(0))
        if not waiting:
            break
        # the earliest has to go once `depth` later ones went before it
        overtaken = sum(time > waiting[0] for time in out)
        out.append(waiting.pop(0 if overtaken >= depth else choice % len(waiting)))
    return out


intervals = st.lists(st.integers(1, 9000), min_size=1, max_size=60)


@given(intervals, st.integers(0, 4), st.lists(st.integers(0, 9), min_size=60, max_size=60), st.integers(0, 1 << 40))
def test_decode_times_grow_and_stay_before_presentation(
    steps: list[int], depth: int, choices: list[int], start: int
) -> None:
    times = [start]
    for step in steps:
        times.append(times[-1] + step)
    shown = reordered(times, depth, [0, *choices])
    order = DecodeOrder(depth, 3600)
    decoded = [order.push(pts) for pts in shown]
    assert all(a < b for a, b in pairwise(decoded))
    assert all(dts <= pts for dts, pts in zip(decoded, shown, strict=True))
    assert not order.is_repaired


@given(st.lists(st.integers(0, 1 << 34), min_size=1, max_size=80), st.integers(0, 20))
def test_decode_times_grow_whatever_comes(times: list[int], depth: int) -> None:
    order = DecodeOrder(depth)
    decoded = [order.push(pts) for pts in times]
    assert all(a < b for a, b in pairwise(decoded))


def test_without_b_frames_both_times_are_the_same() -> None:
    order = DecodeOrder(0)
    assert [order.push(pts) for pts in (0, 3600, 7300, 10_800)] == [0, 3600, 7300, 10_800]


def test_b_frames_that_nobody_announced_are_found_out() -> None:
    order = DecodeOrder(0, 10)
    shown = [0, 30, 10, 20, 60, 40, 50, 90, 70, 80]
    decoded = [order.push(pts) for pts in shown]
    assert order.is_repaired
    assert order.depth == 1
    assert all(a < b for a, b in pairwise(decoded))
    assert all(dts <= pts for dts, pts in zip(decoded[4:], shown[4:], strict=True))


def test_two_pictures_of_the_same_time_are_told_apart() -> None:
    order = DecodeOrder(0)
    assert [order.push(5), order.push(5), order.push(5)] == [5, 6, 7]
