"""Where footage lies: which fragments a period needs, and what of a segment a ticket's period opens.

A person may see whole GOPs that touch the period: what comes before `from` inside the first GOP is needed to decode it.
Runs in reader threads: everything here may wait for a disk.
"""

from __future__ import annotations

from typing import NamedTuple

from nangmai.archive.index import Index
from nangmai.archive.records import SegmentView
from nangmai.base.units import us_from_90k
from nangmai.media.isobmff import picture_fragment, prft
from nangmai.recorder.serve.errors import NotFound
from nangmai.recorder.serve.files import read_range

GOP_SEGMENTS = 8  #: a GOP is looked for in no more segments than this


class Run(NamedTuple):
    """Fragments `first`..`last` of one segment."""

    segment: SegmentView
    first: int
    last: int

    @property
    def start_us(self) -> int:
        """When its first picture was taken."""
        return self.segment.fragment_start_us(self.first)

    @property
    def end_us(self) -> int:
        """When its last picture ends."""
        return self.segment.fragment_end_us(self.last)


def runs_between(index: Index, stream: str, from_us: int, to_us: int) -> list[Run]:
    """All fragments of the GOPs that touch `[from_us, to_us)`, a run a segment, in order."""
    runs: list[Run] = []
    for segment in index.segments(stream, from_us, to_us):
        if not segment.fragments:
            continue
        last = segment.fragment_at(to_us - 1)
        first = segment.key_at(from_us)
        if first is None and not runs and from_us < segment.fragment_end_us(last):
            runs += _head_of_gop(index, segment)
        runs.append(Run(segment, first or 0, last))
    return runs


def _head_of_gop(index: Index, segment: SegmentView) -> list[Run]:
    """The way back to the key picture, where one GOP runs over several segments; empty when it was not recorded."""
    runs: list[Run] = []
    for seq in range(segment.seq - 1, max(segment.seq - GOP_SEGMENTS, 0), -1):
        before = index.segment(segment.stream, seq)
        if before is None or not before.fragments or before.end_us != segment.start_us:
            break
        key = before.key_at(before.end_us)
        runs.insert(0, Run(before, key or 0, len(before.fragments) - 1))
        if key is not None:
            return runs
        segment = before
    return []


def gop_end(segment: SegmentView, number: int) -> int:
    """The last fragment of the GOP that fragment `number` belongs to."""
    fragments = segment.fragments
    return next((n - 1 for n in range(number + 1, len(fragments)) if fragments[n].is_key), len(fragments) - 1)


def gops(run: Run) -> list[Run]:
    """The run cut at its key pictures."""
    parts = []
    first = run.first
    while first <= run.last:
        last = min(gop_end(run.segment, first), run.last)
        parts.append(Run(run.segment, first, last))
        first = last + 1
    return parts


def key_before(index: Index, stream: str, at_us: int) -> tuple[SegmentView, int]:
    """The GOP that shows `at_us`: its segment and the fragment it starts with."""
    runs = runs_between(index, stream, at_us, at_us + 1)
    for run in runs[:1]:
        if run.segment.fragments[run.first].is_key:
            return run.segment, run.first
    raise NotFound(what=f"picture of {stream} at {at_us}")


def find_segment(index: Index, stream: str, seq: int) -> SegmentView:
    """A segment that can be read."""
    segment = index.segment(stream, seq)
    if segment is None:
        raise NotFound(what=f"segment {seq} of {stream}")
    return segment


def check_fragments(segment: SegmentView, first: int, last: int) -> None:
    """Refuse numbers that the segment does not have."""
    if not 0 <= first <= last < len(segment.fragments):
        raise NotFound(what=f"fragment {first}-{last} of segment {segment.seq} of {segment.stream}")


def key_unit(segment: SegmentView, number: int) -> bytes:
    """The key picture of a fragment alone, as a unit of one sample that lasts as long as its GOP."""
    record = segment.fragments[number]
    if not record.is_key or not record.key_size:
        raise NotFound(what=f"key picture in fragment {number} of segment {segment.seq} of {segment.stream}")
    picture = read_range(segment.path, record.offset + record.data_offset, record.key_size)
    duration_90k = sum(segment.fragments[n].duration_90k for n in range(number, gop_end(segment, number) + 1))
    head = prft(segment.fragment_start_us(number), record.start_90k) + picture_fragment(
        number + 1, record.start_90k, max(1, duration_90k), 0, True, record.key_size
    )
    return head + picture


def duration_us(segment: SegmentView, number: int) -> int:
    """How long a fragment lasts."""
    return us_from_90k(segment.fragments[number].duration_90k)
