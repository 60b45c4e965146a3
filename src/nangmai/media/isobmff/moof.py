"""Reads fragments back: `moof` with its track runs (ISO/IEC 14496-12 §8.8), `prft`, `uuid`.

Reads what anybody may have written, not only our own form; refuses counts that the bytes at hand cannot back.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from nangmai.media.isobmff.boxes import Box, BoxInvalid, walk
from nangmai.media.isobmff.fragment import Sample
from nangmai.media.ntp import us_from_ntp

MAX_SAMPLES = 100_000  #: of one moof; a fragment of 2 s has a few dozen
_NOT_SYNC = 0x00010000
_USERTYPE_BYTES = 16


class ReferenceTime(NamedTuple):
    """A `prft` box: `media_time` of the track was at `wall_us`."""

    track: int
    wall_us: int
    media_time: int


class ParsedRun(NamedTuple):
    """All samples that a fragment holds of one track."""

    track: int
    base_decode_time: int
    data_offset: int  #: of the first sample, from the start of `moof`
    samples: tuple[Sample, ...]

    @property
    def size(self) -> int:
        return sum(sample.size for sample in self.samples)

    @property
    def duration(self) -> int:
        return sum(sample.duration for sample in self.samples)


class ParsedFragment(NamedTuple):
    """What a `moof` says."""

    sequence: int
    runs: tuple[ParsedRun, ...]

    def run(self, track: int) -> ParsedRun | None:
        """The run of one track, if the fragment has it."""
        return next((run for run in self.runs if run.track == track), None)


def parse_prft(payload: bytes) -> ReferenceTime:
    """The payload of a `prft` box (§8.16.5)."""
    form = ">IQQ" if payload[:1] == b"\1" else ">IQI"
    if len(payload) < 4 + struct.calcsize(form):
        raise BoxInvalid(offset=0, what="a reference time is cut off")
    track, ntp, media_time = struct.unpack_from(form, payload, 4)
    return ReferenceTime(track, us_from_ntp(ntp), media_time)


def parse_uuid(payload: bytes) -> tuple[bytes, bytes]:
    """The usertype and the content of a `uuid` box."""
    if len(payload) < _USERTYPE_BYTES:
        raise BoxInvalid(offset=0, what="a uuid box without its usertype")
    return payload[:_USERTYPE_BYTES], payload[_USERTYPE_BYTES:]


def parse_moof(moof: bytes) -> ParsedFragment:
    """A whole `moof` box, header included."""
    sequence = 0
    runs: list[ParsedRun] = []
    outer = next(walk(moof), None)
    if outer is None or outer.type != b"moof":
        raise BoxInvalid(offset=0, what="there is no moof")
    for inner in walk(moof, outer.payload, outer.end):
        if inner.type == b"mfhd":
            sequence = _u32(moof, inner, 4)
        elif inner.type == b"traf":
            runs.append(_parse_traf(moof, inner))
            if sum(len(run.samples) for run in runs) > MAX_SAMPLES:
                raise BoxInvalid(offset=inner.start, what=f"a moof of more than {MAX_SAMPLES} samples")
    return ParsedFragment(sequence, tuple(runs))


class _Defaults(NamedTuple):
    track: int
    duration: int
    size: int
    flags: int


def _parse_traf(moof: bytes, traf: Box) -> ParsedRun:
    defaults = _Defaults(0, 0, 0, 0)
    base_decode_time = 0
    data_offset: int | None = None
    samples: list[Sample] = []
    for inner in walk(moof, traf.payload, traf.end):
        if inner.type == b"tfhd":
            defaults = _parse_tfhd(moof, inner)
        elif inner.type == b"tfdt":
            is_long = moof[inner.payload : inner.payload + 1] == b"\1"
            base_decode_time = _u64(moof, inner, 4) if is_long else _u32(moof, inner, 4)
        elif inner.type == b"trun":
            offset = _parse_trun(moof, inner, defaults, samples)
            data_offset = offset if data_offset is None else data_offset
    return ParsedRun(defaults.track, base_decode_time, data_offset or 0, tuple(samples))


def _parse_tfhd(moof: bytes, tfhd: Box) -> _Defaults:
    flags = _u32(moof, tfhd, 0)
    at = 8 + (8 if flags & 0x01 else 0) + (4 if flags & 0x02 else 0)
    values = []
    for bit in (0x08, 0x10, 0x20):
        values.append(_u32(moof, tfhd, at) if flags & bit else 0)
        at += 4 if flags & bit else 0
    return _Defaults(_u32(moof, tfhd, 4), *values)


def _parse_trun(moof: bytes, trun: Box, defaults: _Defaults, samples: list[Sample]) -> int:
    """Append the run's samples; returns its data offset."""
    version_and_flags, count = _u32(moof, trun, 0), _u32(moof, trun, 4)
    flags = version_and_flags & 0xFFFFFF
    at = 8
    data_offset = 0
    if flags & 0x01:
        data_offset = _signed(_u32(moof, trun, at))
        at += 4
    first_flags = defaults.flags
    if flags & 0x04:
        first_flags = _u32(moof, trun, at)
        at += 4
    present = [bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800)]
    words = sum(present)
    if count > MAX_SAMPLES - len(samples) or trun.payload + at + 4 * words * count > trun.end:
        raise BoxInvalid(offset=trun.start, what=f"a track run claims {count} samples")
    fields = iter(struct.unpack_from(f">{words * count}I", moof, trun.payload + at))
    has_duration, has_size, has_flags, has_offset = present
    for index in range(count):
        duration = next(fields) if has_duration else defaults.duration
        size = next(fields) if has_size else defaults.size
        sample_flags = next(fields) if has_flags else (defaults.flags if index else first_flags)
        cts_offset = _signed(next(fields)) if has_offset else 0
        samples.append(Sample(size, duration, cts_offset, not sample_flags & _NOT_SYNC))
    return data_offset


def _signed(value: int) -> int:
    return value - (1 << 32) if value & 0x80000000 else value


def _u32(buffer: bytes, where: Box, at: int) -> int:
    if where.payload + at + 4 > where.end:
        raise BoxInvalid(offset=where.start, what="a box is shorter than its fields")
    return int.from_bytes(buffer[where.payload + at : where.payload + at + 4], "big")


def _u64(buffer: bytes, where: Box, at: int) -> int:
    return _u32(buffer, where, at) << 32 | _u32(buffer, where, at + 4)
