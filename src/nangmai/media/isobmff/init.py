"""The init segment (`ftyp` + `moov`) of a fragmented MP4 (ISO/IEC 14496-12, 23000-19).

Track 1 is video in 1/90000 s, track 2 audio in its sample rate. `mvhd.duration` is 0 and there is no `mehd`: with
either set, browsers leave their low-delay mode.
"""

from __future__ import annotations

import struct

from nangmai.base.units import TIMESCALE_90K
from nangmai.media.isobmff.boxes import box, full_box
from nangmai.media.picture import AudioParameters, VideoParameters

VIDEO_TRACK = 1
AUDIO_TRACK = 2
MOVIE_TIMESCALE = 1000

_IDENTITY_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_LANGUAGE_UNDETERMINED = 0x55C4


def init_segment(video: VideoParameters | None, audio: AudioParameters | None) -> bytes:
    """`ftyp` and `moov` for these tracks; the same parameters always give the same bytes."""
    traks: list[bytes] = []
    trexes: list[bytes] = []
    if video is not None:
        traks.append(trak(VIDEO_TRACK, video, TIMESCALE_90K, empty_sample_table(video.sample_entry)))
        trexes.append(full_box(b"trex", 0, 0, struct.pack(">5I", VIDEO_TRACK, 1, 0, 0, 0)))
    if audio is not None:
        traks.append(trak(AUDIO_TRACK, audio, audio.sample_rate, empty_sample_table(audio.sample_entry)))
        trexes.append(full_box(b"trex", 0, 0, struct.pack(">5I", AUDIO_TRACK, 1, 0, 0, 0x02000000)))
    return FTYP + box(b"moov", mvhd(0), *traks, box(b"mvex", *trexes))


FTYP = box(b"ftyp", b"iso6", (1).to_bytes(4, "big"), b"iso6", b"cmfc", b"mp41")


def mvhd(duration: int, timescale: int = MOVIE_TIMESCALE, created_s: int = 0) -> bytes:
    """Movie header (§8.2.2); `created_s` counts from 1904."""
    return full_box(
        b"mvhd",
        1,
        0,
        struct.pack(">QQIQ", created_s, created_s, timescale, duration),
        struct.pack(">IHHII", 0x10000, 0x0100, 0, 0, 0),
        _IDENTITY_MATRIX,
        bytes(24),
        (AUDIO_TRACK + 1).to_bytes(4, "big"),
    )


def trak(
    track: int,
    parameters: VideoParameters | AudioParameters,
    timescale: int,
    sample_table: bytes,
    duration: int = 0,
    movie_duration: int = 0,
    edits: bytes = b"",
) -> bytes:
    """One track (§8.3) around a finished `stbl`; its duration in its own timescale, and in the movie's."""
    is_video = isinstance(parameters, VideoParameters)
    size = (parameters.width << 16, parameters.height << 16) if isinstance(parameters, VideoParameters) else (0, 0)
    tkhd = full_box(
        b"tkhd",
        1,
        3,
        struct.pack(">QQIIQ", 0, 0, track, 0, movie_duration),
        struct.pack(">IIHHHH", 0, 0, 0, 0, 0 if is_video else 0x0100, 0),
        _IDENTITY_MATRIX,
        struct.pack(">II", *size),
    )
    mdhd = full_box(b"mdhd", 1, 0, struct.pack(">QQIQHH", 0, 0, timescale, duration, _LANGUAGE_UNDETERMINED, 0))
    hdlr = full_box(b"hdlr", 0, 0, bytes(4), b"vide" if is_video else b"soun", bytes(12), b"nangmai\0")
    media_header = full_box(b"vmhd", 0, 1, bytes(8)) if is_video else full_box(b"smhd", 0, 0, bytes(4))
    dinf = box(b"dinf", full_box(b"dref", 0, 0, (1).to_bytes(4, "big"), full_box(b"url ", 0, 1)))
    minf = box(b"minf", media_header, dinf, sample_table)
    return box(b"trak", tkhd, edits, box(b"mdia", mdhd, hdlr, minf))


def stsd(*sample_entries: bytes) -> bytes:
    """The sample description (§8.5.2)."""
    return full_box(b"stsd", 0, 0, len(sample_entries).to_bytes(4, "big"), *sample_entries)


def empty_sample_table(sample_entry: bytes) -> bytes:
    """A sample table whose samples all lie in fragments."""
    return box(
        b"stbl",
        stsd(sample_entry),
        full_box(b"stts", 0, 0, bytes(4)),
        full_box(b"stsc", 0, 0, bytes(4)),
        full_box(b"stsz", 0, 0, bytes(8)),
        full_box(b"stco", 0, 0, bytes(4)),
    )
