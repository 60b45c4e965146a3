"""Pictures and audio frames become units: decode times, durations, boxes (ISO 14496-12 §8.8), activity.

Owns media time within a segment. Knows no wall clock, no disk and no state of the camera.
"""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter, sub
from statistics import median_low
from typing import NamedTuple, cast

from nangmai.archive.records import FLAG_DAMAGED, FLAG_KEY, FLAG_REORDERED, Unit
from nangmai.base.units import TIMESCALE_90K, us_from_90k
from nangmai.media.isobmff import DecodeOrder, Sample, TrackRun, fragment_header, prft
from nangmai.media.picture import AudioFrame, Picture
from nangmai.recorder.activity import ActivityMeter

DEFAULT_INTERVAL_90K = TIMESCALE_90K // 25
_pts_of = attrgetter("pts_90k")
_data_of = attrgetter("data")
_is_key_of = attrgetter("is_key")


class Timed(NamedTuple):
    """The pictures of a fragment with their times in 1/90000 s of the camera's media clock."""

    pictures: Sequence[Picture]
    decode_90k: Sequence[int]
    durations_90k: Sequence[int]

    @property
    def end_90k(self) -> int:
        """Where the next fragment starts."""
        return self.decode_90k[-1] + self.durations_90k[-1]


class DecodeClock:
    """Decode times of one unbroken run of pictures (recorder rules 7 and 9).

    Without reordering they are the presentation times, and nothing has to be computed.
    """

    __slots__ = ("_head_90k", "_last_pts", "_order", "interval_90k")

    def __init__(self, first: Picture) -> None:
        depth = first.parameters.reorder_depth if first.parameters else 0
        self._order = DecodeOrder(depth) if depth else None
        self._last_pts = first.pts_90k
        self._head_90k = self._order.push(first.pts_90k) if self._order else first.pts_90k
        self.interval_90k = DEFAULT_INTERVAL_90K

    @property
    def is_reordered(self) -> bool:
        """Whether decode order is not presentation order."""
        return self._order is not None and self._order.depth > 0

    def time(self, pictures: Sequence[Picture], following: Picture | None) -> Timed:
        """Times of the next pictures. The last one lasts until `following`; without one, as long as most others."""
        pts = list(map(_pts_of, pictures[1:]))
        if following is not None:
            pts.append(following.pts_90k)
        times = [self._head_90k, *self._decode_times(pts)]
        durations = list(map(sub, times[1:], times))
        if durations:
            self.interval_90k = median_low(durations)
        if following is None:
            durations.append(self.interval_90k)
        else:
            self._head_90k = times.pop()
        return Timed(pictures, times, durations)

    def _decode_times(self, pts: list[int]) -> list[int]:
        if self._order is None:
            before = [self._last_pts, *pts]
            if all(map(int.__lt__, before, pts)):
                self._last_pts = before[-1]
                return pts
            # B-frames that the parameter sets do not announce: repaired from here on, and flagged.
            self._order = DecodeOrder(0)
            self._order.push(self._last_pts)
        return [self._order.push(time) for time in pts]


class UnitBuilder:
    """Builds the units of one stream; `begin_segment` sets media time back to 0."""

    def __init__(self) -> None:
        self.activity = ActivityMeter()
        self.origin_90k = 0  #: decode time at which the segment starts, by the camera's clock
        self._start_us = 0
        self._number = 0
        self._audio_origin: int | None = None
        self._audio_end = 0

    def begin_segment(self, origin_90k: int, start_us: int, audio_origin: int | None) -> None:
        """Times count from `origin_90k`, which was `start_us`; `audio_origin` is the same moment by the audio clock."""
        self.origin_90k = origin_90k
        self._start_us = start_us
        self._number = 0
        self._audio_origin = audio_origin
        self._audio_end = 0

    def build(self, timed: Timed, frames: Sequence[AudioFrame], is_reordered: bool) -> Unit:
        """One unit: `prft moof mdat`, its samples as the camera sent them."""
        pictures, decode_90k, durations_90k = timed
        data = list(map(_data_of, pictures))
        sizes = list(map(len, data))
        keys = list(map(_is_key_of, pictures))
        offsets = list(map(sub, map(_pts_of, pictures), decode_90k)) if is_reordered else [0] * len(data)
        start_90k = decode_90k[0] - self.origin_90k
        start_us = self._start_us + us_from_90k(start_90k)
        audio, frames = self._audio_run(frames)
        self._number += 1
        samples = cast(list[Sample], list(zip(sizes, durations_90k, offsets, keys, strict=True)))
        header = fragment_header(self._number, TrackRun(start_90k, samples), audio)
        clock = prft(start_us, start_90k)
        key_size = sizes[0] if keys[0] else 0
        return Unit(
            parts=[clock, header, *data, *map(_data_of, frames)],
            start_us=start_us,
            start_90k=start_90k,
            duration_90k=timed.end_90k - decode_90k[0],
            key_size=key_size,
            data_offset=len(clock) + len(header),
            pictures=len(data),
            activity=self.activity.measure(sum(sizes) - key_size, len(data) - keys[0]),
            flags=FLAG_KEY * keys[0]
            | FLAG_DAMAGED * any(picture.is_damaged for picture in pictures)
            | FLAG_REORDERED * is_reordered,
        )

    def _audio_run(self, frames: Sequence[AudioFrame]) -> tuple[TrackRun | None, Sequence[AudioFrame]]:
        """The frames that belong into this segment's audio track, each after the end of the one before."""
        if self._audio_origin is None:
            return None, ()
        kept: list[AudioFrame] = []
        base = end = self._audio_end
        for frame in frames:
            start = frame.pts - self._audio_origin
            if not kept and start >= end:
                base = start  # silence before the first frame of a fragment stays silence
            elif not kept:
                continue  # from before the segment's start, or a clock that went back
            kept.append(frame)
            end = (base if len(kept) == 1 else end) + frame.samples
        self._audio_end = end
        if not kept:
            return None, ()
        return TrackRun(base, [Sample(len(frame.data), frame.samples, 0, True) for frame in kept]), kept
