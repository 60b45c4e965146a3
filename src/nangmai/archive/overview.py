"""Whole days at a glance: where something happened, what was recorded, how complete it is. Reads no footage.

Long ranges are answered from the covering index (one number a segment), short ones from the fragment records.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from nangmai.archive.intervals import Interval, clipped, merged
from nangmai.archive.records import RECORD_BYTES
from nangmai.base.units import US_PER_S, utc_from_us

if TYPE_CHECKING:
    from nangmai.archive.index import Index

#: buckets at least this long are filled from the segments' own figures
_SEGMENT_BUCKET_US = 60 * US_PER_S

_RECORD = np.dtype(
    {
        "names": ["start_offset_us", "duration_90k", "activity"],
        "formats": ["<u4", "<u4", "<u2"],
        "offsets": [0, 8, 30],
        "itemsize": RECORD_BYTES,
    }
)

_Spans = tuple[np.ndarray, np.ndarray, np.ndarray]

#: starts with the segment that may reach into the interval
_ROWS = """
SELECT start_us, end_us, activity, damaged_us FROM segment
WHERE stream_id = ?1 AND start_us >= coalesce((SELECT max(start_us) FROM segment WHERE stream_id = ?1
    AND start_us <= ?2), ?2) AND start_us < ?3 AND state = 'closed' ORDER BY start_us
"""


class Day(NamedTuple):
    """How complete a day of a stream is."""

    day: date
    recorded_us: int
    expected_us: int
    damaged_us: int  #: recorded, but packets were lost
    gaps: dict[str, int]  #: cause -> time


class StreamSummary(NamedTuple):
    """What there is of a stream."""

    stream: str
    oldest_us: int | None
    newest_us: int | None
    size_bytes: int
    segments: int


def activity(index: Index, stream: str, from_us: int, to_us: int, buckets: int) -> list[int | None]:
    """The highest activity in each of `buckets` equal parts of `[from_us, to_us)`; None where nothing is recorded."""
    bucket_us = max(1, -(-(to_us - from_us) // buckets))
    if bucket_us >= _SEGMENT_BUCKET_US:
        spans = _segment_spans(index, stream, from_us, to_us)
    else:
        spans = _fragment_spans(index, stream, from_us, to_us)
    found = np.full(buckets, -1, np.int64)
    starts, ends, values = spans
    inside = (ends > from_us) & (starts < to_us)
    first = np.clip((starts[inside] - from_us) // bucket_us, 0, buckets - 1)
    last = np.clip((ends[inside] - 1 - from_us) // bucket_us, 0, buckets - 1)
    values = values[inside]
    np.maximum.at(found, first, values)
    np.maximum.at(found, last, values)
    for begin, end, value in zip(*(part[last - first > 1] for part in (first, last, values)), strict=True):
        np.maximum(found[begin : end + 1], value, out=found[begin : end + 1])
    return [None if value < 0 else int(value) for value in found]


def recorded(index: Index, stream: str, from_us: int, to_us: int) -> list[Interval]:
    """What is recorded and still there of `[from_us, to_us)`, neighbours joined."""
    starts, ends, _ = _segment_spans(index, stream, from_us, to_us)
    clips = ((max(int(start), from_us), min(int(end), to_us)) for start, end in zip(starts, ends, strict=True))
    return merged(clips)


def completeness(index: Index, stream: str, from_us: int, to_us: int, zone: tzinfo = UTC) -> list[Day]:
    """Day by day of `zone`: recorded and gaps, which together are the whole of the time that was expected."""
    since_us = index.stream(stream).since_us
    from_us, to_us = max(from_us, since_us), min(to_us, index.now_us())
    if to_us <= from_us:
        return []
    gaps = index.gaps(stream, from_us, to_us)
    damaged = [(row[0], row[3]) for row in index.query(_ROWS, index.stream(stream).id, from_us, to_us) if row[3]]
    days = []
    for day, start_us, end_us in _days(from_us, to_us, zone):
        causes: dict[str, int] = {}
        for gap in gaps:
            missing_us = clipped((gap.start_us, gap.end_us or gap.start_us), start_us, end_us)
            if missing_us:
                causes[gap.cause] = causes.get(gap.cause, 0) + missing_us
        expected_us = end_us - start_us
        damaged_us = sum(lost for at_us, lost in damaged if start_us <= at_us < end_us)
        days.append(Day(day, expected_us - sum(causes.values()), expected_us, damaged_us, causes))
    return days


def summary(index: Index) -> list[StreamSummary]:
    """Oldest, newest and size of every stream."""
    return [_summary(index, info.id, info.name) for info in index.streams()]


def _summary(index: Index, number: int, name: str) -> StreamSummary:
    size_bytes, segments, oldest_us = index.query(
        "SELECT coalesce(sum(size_bytes), 0), count(*), min(start_us) FROM segment "
        "WHERE stream_id = ? AND state <> 'deleting'",
        number,
    )[0]
    newest = index.segment_at(name, index.now_us())
    return StreamSummary(name, oldest_us, newest.end_us if newest else None, size_bytes, segments)


def _days(from_us: int, to_us: int, zone: tzinfo) -> Iterator[tuple[date, int, int]]:
    """Local days with their part of `[from_us, to_us)`; midnight is where the zone puts it."""
    day = utc_from_us(from_us).astimezone(zone).date()
    start_us = from_us
    while start_us < to_us:
        midnight = datetime.combine(day + timedelta(days=1), time(), zone)
        end_us = min(int(midnight.timestamp()) * US_PER_S, to_us)
        if end_us > start_us:
            yield day, start_us, end_us
        start_us = max(start_us, end_us)
        day += timedelta(days=1)


def _segment_spans(index: Index, stream: str, from_us: int, to_us: int) -> _Spans:
    rows = index.query(_ROWS, index.stream(stream).id, from_us, to_us)
    spans = [row[:3] for row in rows]
    spans += [(view.start_us, view.end_us, peak) for view, peak in index.live_spans(stream)]
    table = np.array(spans, np.int64).reshape(-1, 3)
    return table[:, 0], table[:, 1], table[:, 2]


def _fragment_spans(index: Index, stream: str, from_us: int, to_us: int) -> _Spans:
    starts, ends, values = [], [], []
    for view in index.segments(stream, from_us, to_us):
        records = np.frombuffer(view.packed, _RECORD)
        begin = view.start_us + records["start_offset_us"].astype(np.int64)
        starts.append(begin)
        ends.append(begin + (records["duration_90k"].astype(np.int64) * 100 + 4) // 9)
        values.append(records["activity"].astype(np.int64))
    if not starts:
        empty = np.zeros(0, np.int64)
        return empty, empty, empty
    return np.concatenate(starts), np.concatenate(ends), np.concatenate(values)
