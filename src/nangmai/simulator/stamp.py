"""The stamp in every picture: who counted it and when it was sent, readable without decoding.

A `user_data_unregistered` SEI message (ISO 14496-10 §D.1.7, ISO 23008-2 §D.2.7) with a UUID of its own and 32 ASCII hex
digits: the picture's counter (16) and the wall time of sending in nanoseconds (16). Hex digits never form a start code,
so the stamp can be patched in place at send time, and a recording proves its completeness, order and clock by itself.
"""

from __future__ import annotations

from typing import NamedTuple

from nangmai.simulator.bitstream import H264_SEI, H265_PREFIX_SEI, Codec

STAMP_UUID = bytes.fromhex("4e414e474d4149539a5374616d70c501")
DIGITS = 32
_USER_DATA_UNREGISTERED = 5


class Stamp(NamedTuple):
    """One picture's stamp."""

    counter: int
    wall_ns: int


def stamp_nal(codec: Codec, counter: int = 0, wall_ns: int = 0) -> bytes:
    """The SEI NAL unit; its digits are the 32 bytes before the last."""
    header = bytes([H264_SEI]) if codec == "h264" else bytes([H265_PREFIX_SEI << 1, 1])
    payload = STAMP_UUID + stamp_digits(counter, wall_ns)
    return header + bytes([_USER_DATA_UNREGISTERED, len(payload)]) + payload + b"\x80"


def stamp_digits(counter: int, wall_ns: int) -> bytes:
    """The 32 patched bytes."""
    return b"%016x%016x" % (counter, wall_ns)


def stamps(data: bytes) -> list[Stamp]:
    """Every stamp in the bytes, in order; `data` may be a NAL unit, a sample, or a whole file."""
    found = []
    at = data.find(STAMP_UUID)
    while at >= 0:
        digits = data[at + len(STAMP_UUID) : at + len(STAMP_UUID) + DIGITS]
        try:
            found.append(Stamp(int(digits[:16], 16), int(digits[16:], 16)))
        except ValueError:
            found.append(Stamp(-1, -1))
        at = data.find(STAMP_UUID, at + len(STAMP_UUID))
    return found
