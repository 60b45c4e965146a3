"""Boxes of the ISO base media file format (ISO/IEC 14496-12 §4.2): how to write one and how to walk over many.

Knows sizes and types, never what a box means.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import ClassVar, NamedTuple

from nangmai.base.errors import Error, Kind

HEADER_BYTES = 8
_SIZE_AND_TYPE = struct.Struct(">I4s")


class BoxInvalid(Error):
    """The MP4 data is broken at byte {offset}: {what}."""

    kind: ClassVar[Kind] = Kind.CORRUPT


class Box(NamedTuple):
    """Where a box lies in the bytes it was found in."""

    type: bytes
    start: int  #: of its header
    payload: int  #: of what follows the header
    end: int


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with its header."""
    payload = b"".join(parts)
    return _SIZE_AND_TYPE.pack(HEADER_BYTES + len(payload), kind) + payload


def full_box(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box that starts with a version and flags (§4.2)."""
    return box(kind, (version << 24 | flags).to_bytes(4, "big"), *parts)


def read_header(header: bytes, offset: int, end: int) -> Box:
    """The box at `offset` of something that ends at `end`; `header` holds its first bytes (16 suffice)."""
    if len(header) < HEADER_BYTES:
        raise BoxInvalid(offset=offset, what="a box header is cut off")
    size, kind = _SIZE_AND_TYPE.unpack_from(header)
    payload = offset + HEADER_BYTES
    if size == 1:
        if len(header) < HEADER_BYTES + 8:
            raise BoxInvalid(offset=offset, what="a box header is cut off")
        size = int.from_bytes(header[8:16], "big")
        payload += 8
    elif size == 0:
        size = end - offset
    if offset + size < payload:
        raise BoxInvalid(offset=offset, what=f"a box of {size} bytes cannot hold its own header")
    if offset + size > end:
        raise BoxInvalid(offset=offset, what=f"a box of {size} bytes reaches beyond the end")
    return Box(kind, offset, payload, offset + size)


def walk(buffer: bytes, start: int = 0, end: int | None = None) -> Iterator[Box]:
    """The boxes that lie one after the other in `buffer[start:end]`."""
    stop = len(buffer) if end is None else end
    while start < stop:
        found = read_header(buffer[start : min(start + 16, stop)], start, stop)
        yield found
        start = found.end


def find(buffer: bytes, path: bytes, start: int = 0, end: int | None = None) -> Box | None:
    """The first box at `path`, such as b"moov/trak/mdia": plain containers only."""
    kind, _, rest = path.partition(b"/")
    for candidate in walk(buffer, start, end):
        if candidate.type == kind:
            if not rest:
                return candidate
            inner = find(buffer, rest, candidate.payload, candidate.end)
            if inner:
                return inner
    return None
