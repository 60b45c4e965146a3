"""Fragments: `prft`, `moof` and the header of `mdat` (ISO/IEC 14496-12 §8.8, §8.16.5).

The samples themselves are never touched here: the caller writes them right behind the header.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import NamedTuple

from nangmai.media.isobmff.init import AUDIO_TRACK, VIDEO_TRACK
from nangmai.media.ntp import ntp_from_us

KEY_FLAGS = 0x02000000  #: sample_depends_on = 2: decodes alone
DELTA_FLAGS = 0x01010000  #: depends on others, is not a sync sample
PRFT_BYTES = 32

_DEFAULT_BASE_IS_MOOF = 0x020000
_TRUN_VIDEO = 0x01000F01  # version 1; data offset, duration, size, flags, composition offset
_TRUN_AUDIO = 0x01000301  # version 1; data offset, duration, size
_TRAF_HEAD = struct.Struct(">I4s I4sII I4sIQ I4sIIi")
_TRAF_HEAD_BYTES = _TRAF_HEAD.size
_MOOF_HEAD = struct.Struct(">I4s I4sII")
_MDAT_HEAD = struct.Struct(">I4s")
_PICTURE = struct.Struct(">I4s I4sII I4s I4sII I4sIQ I4sIIi IIIi I4s")
_PICTURE_MOOF_BYTES = _PICTURE.size - _MDAT_HEAD.size
_PICTURE_TRAF_BYTES = _PICTURE_MOOF_BYTES - _MOOF_HEAD.size
_PRFT = struct.Struct(">I4sIIQQ")
_U32 = 0xFFFFFFFF


class Sample(NamedTuple):
    """One sample of a track run, times in the track's timescale."""

    size: int
    duration: int
    cts_offset: int  #: presentation minus decode time; may be negative
    is_key: bool


class TrackRun(NamedTuple):
    """The samples that one fragment holds of one track."""

    base_decode_time: int
    samples: Sequence[Sample]


def fragment_header(sequence: int, video: TrackRun | None, audio: TrackRun | None) -> bytes:
    """`moof` and the header of the `mdat` that follows:

    First all samples of the video run, then all of the audio run.
    """
    runs = [(track, run) for track, run in ((VIDEO_TRACK, video), (AUDIO_TRACK, audio)) if run and run.samples]
    words = {VIDEO_TRACK: 4, AUDIO_TRACK: 2}
    moof_bytes = _MOOF_HEAD.size + sum(_TRAF_HEAD_BYTES + 4 * words[track] * len(run.samples) for track, run in runs)
    parts = [_MOOF_HEAD.pack(moof_bytes, b"moof", 16, b"mfhd", 0, sequence & _U32)]
    offset = moof_bytes + _MDAT_HEAD.size
    for track, run in runs:
        parts.append(_traf(track, run, offset))
        offset += sum(size for size, *_ in run.samples)
    parts.append(_MDAT_HEAD.pack(offset - moof_bytes, b"mdat"))
    return b"".join(parts)


def _traf(track: int, run: TrackRun, data_offset: int) -> bytes:
    fields: list[int] = []
    for size, duration, cts_offset, is_key in run.samples:
        if track == VIDEO_TRACK:
            fields += (duration, size, KEY_FLAGS if is_key else DELTA_FLAGS, cts_offset & _U32)
        else:
            fields += (duration, size)
    count = len(run.samples)
    head = _TRAF_HEAD.pack(
        _TRAF_HEAD_BYTES + 4 * len(fields), b"traf",
        16, b"tfhd", _DEFAULT_BASE_IS_MOOF, track,
        20, b"tfdt", 0x01000000, run.base_decode_time,
        20 + 4 * len(fields), b"trun", _TRUN_VIDEO if track == VIDEO_TRACK else _TRUN_AUDIO, count, data_offset,
    )  # fmt: skip
    return head + struct.pack(f">{len(fields)}I", *fields)


def picture_fragment(
    sequence: int, base_decode_time: int, duration: int, cts_offset: int, is_key: bool, size: int
) -> bytes:
    """`moof` and `mdat` header of a fragment of one picture of `size` bytes: always the same length."""
    return _PICTURE.pack(
        _PICTURE_MOOF_BYTES, b"moof",
        16, b"mfhd", 0, sequence & _U32,
        _PICTURE_TRAF_BYTES, b"traf",
        16, b"tfhd", _DEFAULT_BASE_IS_MOOF, VIDEO_TRACK,
        20, b"tfdt", 0x01000000, base_decode_time,
        36, b"trun", _TRUN_VIDEO, 1, _PICTURE.size,
        duration, size, KEY_FLAGS if is_key else DELTA_FLAGS, cts_offset,
        size + 8, b"mdat",
    )  # fmt: skip


def prft(wall_us: int, media_time: int, track_id: int = VIDEO_TRACK) -> bytes:
    """A producer reference time box (§8.16.5): `media_time` of the track was at `wall_us`."""
    return _PRFT.pack(PRFT_BYTES, b"prft", 0x01000000, track_id, ntp_from_us(wall_us), media_time)
