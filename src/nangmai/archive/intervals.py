"""Half-open intervals of time, `[start, end)` in microseconds. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

Interval = tuple[int, int]


def merged(intervals: Iterable[Interval]) -> list[Interval]:
    """The same time with neighbours and overlaps joined, in order."""
    result: list[Interval] = []
    for start, end in sorted(intervals):
        if end <= start:
            continue
        if result and start <= result[-1][1]:
            result[-1] = (result[-1][0], max(result[-1][1], end))
        else:
            result.append((start, end))
    return result


def holes(intervals: Iterable[Interval], start: int, end: int) -> Iterator[Interval]:
    """What of `[start, end)` the intervals leave out."""
    for from_us, to_us in merged(intervals):
        if from_us > start:
            yield start, min(from_us, end)
        start = max(start, to_us)
        if start >= end:
            return
    if start < end:
        yield start, end


def overlaps(intervals: Iterable[Interval]) -> Iterator[Interval]:
    """Time that is claimed twice."""
    until: int | None = None
    for start, end in sorted(intervals):
        if until is not None and start < until:
            yield start, min(until, end)
        until = end if until is None else max(until, end)


def clipped(interval: Interval, start: int, end: int) -> int:
    """How much of the interval lies in `[start, end)`."""
    return max(0, min(interval[1], end) - max(interval[0], start))
