"""What H.264 and H.265 share below the pictures: sets out of an SDP, the recovery point message, display parameters.

Parses; never keeps state.
"""

from __future__ import annotations

import base64
import binascii
from typing import NamedTuple

from nangmai.media.bits import BitReader, BitstreamInvalid, unescape

_RECOVERY_POINT = 6  # payloadType of both codecs (H.264 §D.1.8, H.265 §D.2.8)
_START_CODES = (b"\0\0\0\1", b"\0\0\1")
_MAX_SIDE = 0xFFFF
_MAX_FPS = 480  # encoders that time pictures one by one declare their clock's rate here
MAX_SET_BYTES = 0xFFFF  # avcC and hvcC count them in 16 bits


def sprop_sets(value: str) -> list[bytes]:
    """NAL units out of a comma-separated `sprop-…` list (RFC 6184 §8.1); members that are not base64 are left out."""
    sets = []
    for member in value.split(","):
        text = member.strip()
        try:
            nal = base64.b64decode(text + "=" * (-len(text) % 4))
        except (binascii.Error, ValueError):
            continue
        for code in _START_CODES:
            nal = nal.removeprefix(code)
        if nal:
            sets.append(nal)
    return sets


def has_recovery_point(messages: bytes) -> bool:
    """Whether an SEI payload (without its NAL header) holds a recovery point message (H.264 §7.3.2.3)."""
    if _RECOVERY_POINT not in messages:  # its type is one byte; cameras send other messages with every picture
        return False
    payload = unescape(messages)
    offset = 0
    while offset + 2 <= len(payload) and payload[offset:] != b"\x80":
        kind, offset = _ff_coded(payload, offset)
        size, offset = _ff_coded(payload, offset)
        if kind == _RECOVERY_POINT:
            return True
        offset += size
    return False


def _ff_coded(payload: bytes, offset: int) -> tuple[int, int]:
    value = 0
    while offset < len(payload) and payload[offset] == 0xFF:
        value += 255
        offset += 1
    if offset < len(payload):
        value += payload[offset]
    return value, offset + 1


def check_size(width: int, height: int) -> None:
    """Refuse a size that no picture, or no sample entry, can have."""
    if not (0 < width <= _MAX_SIDE and 0 < height <= _MAX_SIDE):
        raise BitstreamInvalid(what=f"it declares pictures of {width}x{height}")


class Vui(NamedTuple):
    """What a decoder should know for display (H.264 Annex E, H.265 Annex E)."""

    colour: tuple[int, int, int, bool] | None = None  #: primaries, transfer, matrix, full range
    units_in_tick: int = 0
    time_scale: int = 0
    max_reorder: int | None = None

    def fps(self, ticks_a_picture: int) -> float | None:
        """Pictures a second; None where nothing, or nonsense, is declared."""
        if not self.units_in_tick:
            return None
        rate = self.time_scale / (ticks_a_picture * self.units_in_tick)
        return rate if 0 < rate <= _MAX_FPS else None


def read_display(reader: BitReader) -> tuple[int, int, int, bool] | None:
    """The common head of both codecs' VUI:

    Aspect ratio, overscan, video signal, chroma location; returns the colour.
    """
    extended_sar = 255
    if reader.flag() and reader.read(8) == extended_sar:
        reader.read(32)
    if reader.flag():
        reader.read(1)
    colour = None
    if reader.flag():
        reader.read(3)
        is_full_range = reader.flag()
        colour = (2, 2, 2, is_full_range)  # 2 = unspecified
        if reader.flag():
            colour = (reader.read(8), reader.read(8), reader.read(8), is_full_range)
    if reader.flag():
        reader.ue()
        reader.ue()
    return colour
