"""Takes the sound out of a recorded movie without moving a byte: its boxes become `free`, its samples zeros.

Sizes and offsets stay (ISO/IEC 14496-12 §8.1.2), so what an index says of the movie still holds. Pictures are never
touched. Knows no rule: whether sound may leave is the caller's question.
"""

from __future__ import annotations

from nangmai.media.isobmff.boxes import Box, find, walk
from nangmai.media.isobmff.init import VIDEO_TRACK
from nangmai.media.isobmff.moof import parse_moof

_TYPE_AT = 4


def silent_init(init: bytes) -> bytes:
    """An init segment that knows of the pictures alone."""
    quiet = bytearray(init)
    for outer in (moov for moov in walk(init) if moov.type == b"moov"):
        for inner in walk(init, outer.payload, outer.end):
            if inner.type == b"trak" and not _is_video(init, inner):
                _free(quiet, inner)
            elif inner.type == b"mvex":
                for trex in walk(init, inner.payload, inner.end):
                    if trex.type == b"trex" and _number(init, trex.payload + 4) != VIDEO_TRACK:
                        _free(quiet, trex)
    return bytes(quiet)


def silent_units(units: bytes) -> bytes:
    """Whole units, one or many, whose sound can be neither played nor dug out."""
    quiet = bytearray(units)
    for outer in (moof for moof in walk(units) if moof.type == b"moof"):
        moof = units[outer.start : outer.end]
        for run in parse_moof(moof).runs:
            if run.track != VIDEO_TRACK:
                begin = outer.start + run.data_offset
                quiet[begin : begin + run.size] = bytes(run.size)
        for traf in walk(units, outer.payload, outer.end):
            tfhd = find(units, b"tfhd", traf.payload, traf.end) if traf.type == b"traf" else None
            if tfhd is not None and _number(units, tfhd.payload + 4) != VIDEO_TRACK:
                _free(quiet, traf)
    return bytes(quiet)


def _is_video(init: bytes, trak: Box) -> bool:
    hdlr = find(init, b"mdia/hdlr", trak.payload, trak.end)
    return hdlr is not None and init[hdlr.payload + 8 : hdlr.payload + 12] == b"vide"


def _number(buffer: bytes, at: int) -> int:
    return int.from_bytes(buffer[at : at + 4], "big")


def _free(buffer: bytearray, box: Box) -> None:
    buffer[box.start + _TYPE_AT : box.start + _TYPE_AT + 4] = b"free"
    buffer[box.payload : box.end] = bytes(box.end - box.payload)
