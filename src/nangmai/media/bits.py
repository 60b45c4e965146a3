"""Reads bits and Exp-Golomb codes (ITU-T H.264 §9.1, H.265 §9.2) from the small headers of a coded stream.

Never used on pictures themselves: it turns its input into one big integer, which suits parameter sets of a few dozen
bytes.
"""

from __future__ import annotations

from typing import ClassVar

from nangmai.base.errors import Error, Kind

_LONGEST_EXP_GOLOMB = 32


class BitstreamInvalid(Error):
    """The coded stream's header is broken ({what}); check the camera's encoder settings and its firmware."""

    kind: ClassVar[Kind] = Kind.INVALID


def unescape(nal: bytes) -> bytes:
    """The payload without emulation prevention: every `00 00 03` becomes `00 00` (H.264 §7.4.1)."""
    if nal.find(b"\0\0\3") < 0:
        return nal
    out = bytearray()
    start = 0
    while (found := nal.find(b"\0\0\3", start)) >= 0:
        out += nal[start : found + 2]
        start = found + 3
    return bytes(out + nal[start:])


class BitReader:
    """Reads big-endian bit fields one after the other; reading past the end is an error."""

    __slots__ = ("_left", "_value")

    def __init__(self, payload: bytes) -> None:
        self._value = int.from_bytes(payload, "big")
        self._left = len(payload) * 8

    @property
    def bits_left(self) -> int:
        return self._left

    def read(self, bits: int) -> int:
        """The next `bits` bits as an unsigned number."""
        self._left -= bits
        if self._left < 0:
            raise BitstreamInvalid(what="it ends early")
        return (self._value >> self._left) & ((1 << bits) - 1)

    def flag(self) -> bool:
        return self.read(1) == 1

    def ue(self) -> int:
        """An unsigned Exp-Golomb code, ue(v)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if zeros > _LONGEST_EXP_GOLOMB:
                raise BitstreamInvalid(what="an Exp-Golomb code of more than 32 bits")
        return (1 << zeros) - 1 + self.read(zeros)

    def se(self) -> int:
        """A signed Exp-Golomb code, se(v)."""
        code = self.ue()
        return (code + 1) // 2 if code & 1 else -(code // 2)

    def ue_at_most(self, limit: int, what: str) -> int:
        """An unsigned code that has to lie in 0..limit, so that no loop runs away on garbage."""
        value = self.ue()
        if value > limit:
            raise BitstreamInvalid(what=f"{what} is {value}, at most {limit} is possible")
        return value
