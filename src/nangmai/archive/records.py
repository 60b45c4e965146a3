"""What passes the archive's border: units in, segments and fragment records out. Holds no connection and no lock."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_90k

FLAG_KEY = 1  #: the fragment starts with a key picture
FLAG_DAMAGED = 2  #: packets were lost
FLAG_REORDERED = 4  #: pictures are shown in another order than they are decoded

_RECORD = struct.Struct("<7I3H6x")
RECORD_BYTES = _RECORD.size


class FootageUnreadable(Error):
    """The file {path} cannot be read ({reason}). Run `nangmai check` to see what else is affected."""

    kind = Kind.UNAVAILABLE


class Unit(NamedTuple):
    """One fragment as ingest hands it over: `prft`, `moof`, `mdat` header and samples, not joined."""

    parts: Sequence[bytes]
    start_us: int
    start_90k: int
    duration_90k: int
    key_size: int
    data_offset: int
    pictures: int
    activity: int
    flags: int

    @property
    def end_us(self) -> int:
        """Wall time at which the last picture of the unit ends."""
        return self.start_us + us_from_90k(self.duration_90k)


class FragmentRecord(NamedTuple):
    """Where a fragment stands in its segment and in time: 40 bytes in the index."""

    start_offset_us: int
    start_90k: int
    duration_90k: int
    offset: int
    size: int
    data_offset: int
    key_size: int
    pictures: int
    activity: int
    flags: int

    def pack(self) -> bytes:
        """The 40 bytes of the index."""
        return _RECORD.pack(*self)

    @property
    def is_key(self) -> bool:
        """Whether a player can start here."""
        return bool(self.flags & FLAG_KEY)


def unpack_records(packed: bytes) -> list[FragmentRecord]:
    """All fragment records of a segment."""
    return [FragmentRecord._make(fields) for fields in _RECORD.iter_unpack(packed)]


@dataclass(frozen=True)
class SegmentView:
    """One segment as the index knows it at this moment; an open one grows behind the reader's back."""

    stream: str
    seq: int
    path: Path
    start_us: int
    end_us: int
    init_id: str
    state: str
    end_reason: str | None
    size_bytes: int
    packed: bytes

    @property
    def is_open(self) -> bool:
        """Whether it is still being written."""
        return self.state == "open"

    @cached_property
    def fragments(self) -> Sequence[FragmentRecord]:
        """The fragments written so far."""
        return unpack_records(self.packed)

    def fragment_start_us(self, number: int) -> int:
        """Wall time of the first picture of fragment `number`."""
        return self.start_us + self.fragments[number].start_offset_us

    def fragment_end_us(self, number: int) -> int:
        """Wall time at which fragment `number` ends."""
        return self.fragment_start_us(number) + us_from_90k(self.fragments[number].duration_90k)

    def fragment_at(self, at_us: int) -> int:
        """The last fragment that starts at or before `at_us` (the first one when none does)."""
        fragments, offset_us = self.fragments, at_us - self.start_us
        low, high = 0, len(fragments)
        while low < high:
            middle = (low + high) // 2
            if fragments[middle].start_offset_us <= offset_us:
                low = middle + 1
            else:
                high = middle
        return max(0, low - 1)

    def key_at(self, at_us: int) -> int | None:
        """The fragment at or before `at_us` that starts with a key picture, so where decoding has to start."""
        number = self.fragment_at(at_us)
        return next((n for n in range(number, -1, -1) if self.fragments[n].is_key), None)

    def byte_range(self, first: int, last: int) -> tuple[int, int]:
        """Offset and size of the units `first`..`last`, which stand together in the file."""
        begin, end = self.fragments[first], self.fragments[last]
        return begin.offset, end.offset + end.size - begin.offset

    def read_units(self, first: int, last: int) -> bytes:
        """The bytes of the units `first`..`last`, as they are on disk."""
        return self._pread(*self.byte_range(first, last))

    def read_key_picture(self, number: int) -> bytes:
        """The key picture that fragment `number` starts with, in 4-byte length form."""
        record = self.fragments[number]
        return self._pread(record.offset + record.data_offset, record.key_size)

    def _pread(self, offset: int, size: int) -> bytes:
        try:
            descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
            try:
                return os.pread(descriptor, size, offset)
            finally:
                os.close(descriptor)
        except OSError as error:
            raise FootageUnreadable(path=str(self.path), reason=error.strerror) from error
