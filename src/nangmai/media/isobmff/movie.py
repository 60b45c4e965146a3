"""Reads an init segment back into the parameters it was made from."""

from __future__ import annotations

from typing import NamedTuple

from nangmai.media.aac import aac_parameters, read_esds
from nangmai.media.g711 import g711_parameters
from nangmai.media.h264_sets import H264Sets
from nangmai.media.h265_sets import H265Sets
from nangmai.media.isobmff.boxes import Box, BoxInvalid, find, walk
from nangmai.media.opus import opus_parameters
from nangmai.media.picture import AudioParameters, VideoParameters

_VISUAL_HEAD_BYTES = 78
_AUDIO_HEAD_BYTES = 28
_MAX_CHANNELS = 8


class InitSegment(NamedTuple):
    """What an init segment describes; None for a track it does not have, or whose codec is none of ours."""

    video: VideoParameters | None
    audio: AudioParameters | None


def parse_init(init: bytes) -> InitSegment:
    """The parameters of `ftyp` + `moov`; equal in value to those given to `init_segment`."""
    moov = find(init, b"moov")
    if moov is None:
        raise BoxInvalid(offset=0, what="there is no moov")
    video: VideoParameters | None = None
    audio: AudioParameters | None = None
    for trak in walk(init, moov.payload, moov.end):
        entry = _sample_entry(init, trak) if trak.type == b"trak" else None
        if entry is None:
            continue
        if entry.type in (b"avc1", b"hvc1"):
            video = video or _video(init, entry)
        else:
            audio = audio or _audio(init, entry)
    return InitSegment(video, audio)


def _sample_entry(init: bytes, trak: Box) -> Box | None:
    stsd = find(init, b"mdia/minf/stbl/stsd", trak.payload, trak.end)
    if stsd is None:
        return None
    return next(walk(init, stsd.payload + 8, stsd.end), None)


def _video(init: bytes, entry: Box) -> VideoParameters | None:
    kind = b"avcC" if entry.type == b"avc1" else b"hvcC"
    record = find(init, kind, entry.payload + _VISUAL_HEAD_BYTES, entry.end)
    if record is None:
        raise BoxInvalid(offset=entry.start, what=f"a sample entry without {kind.decode()}")
    content = init[record.payload : record.end]
    sets: H264Sets | H265Sets
    if kind == b"avcC":
        sets = H264Sets()
        nals = _avcc_sets(content)
    else:
        sets = H265Sets()
        nals = _hvcc_sets(content)
    for nal in reversed(nals):  # the set in use stands first, and the one added last is taken to be in use
        sets.add(nal)
    return sets.parameters()


def _avcc_sets(record: bytes) -> list[bytes]:
    nals, at = _length_prefixed(record, 6, record[5] & 0x1F if len(record) > 5 else 0)
    more, _ = _length_prefixed(record, at + 1, record[at] if len(record) > at else 0)
    return nals + more


def _hvcc_sets(record: bytes) -> list[bytes]:
    nals: list[bytes] = []
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        more, at = _length_prefixed(record, at + 3, int.from_bytes(record[at + 1 : at + 3], "big"))
        nals += more
    return nals


def _length_prefixed(record: bytes, at: int, count: int) -> tuple[list[bytes], int]:
    nals = []
    for _ in range(count):
        size = int.from_bytes(record[at : at + 2], "big")
        at += 2
        if at + size > len(record):
            raise BoxInvalid(offset=at, what="a parameter set is cut off")
        nals.append(record[at : at + size])
        at += size
    return nals, at


def _audio(init: bytes, entry: Box) -> AudioParameters | None:
    if entry.payload + _AUDIO_HEAD_BYTES > entry.end:
        raise BoxInvalid(offset=entry.start, what="an audio sample entry is cut off")
    channels = int.from_bytes(init[entry.payload + 16 : entry.payload + 18], "big")
    rate = int.from_bytes(init[entry.payload + 24 : entry.payload + 26], "big")
    children = entry.payload + _AUDIO_HEAD_BYTES
    if not 1 <= channels <= _MAX_CHANNELS or (not rate and entry.type in (b"alaw", b"ulaw")):
        raise BoxInvalid(offset=entry.start, what=f"an audio sample entry of {channels} channels at {rate} Hz")
    if entry.type in (b"alaw", b"ulaw"):
        return g711_parameters("pcma" if entry.type == b"alaw" else "pcmu", rate, channels)
    if entry.type == b"Opus":
        return opus_parameters(channels)
    if entry.type == b"mp4a":
        esds = find(init, b"esds", children, entry.end)
        if esds is None:
            raise BoxInvalid(offset=entry.start, what="mp4a without esds")
        return aac_parameters(read_esds(init[esds.payload + 4 : esds.end]))
    return None
