"""Walks over a segment file and tells where its whole units end, whatever state a crash has left it in.

A unit is `prft? moof mdat` and, where the file has seals, the `uuid` box that follows. The scanner reads box headers
and `moof`s, never the samples; a file of any size takes the same memory. It decides nothing: cutting is the
archive's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from nangmai.media.isobmff.boxes import Box, BoxInvalid, read_header
from nangmai.media.isobmff.init import VIDEO_TRACK
from nangmai.media.isobmff.moof import ParsedFragment, ReferenceTime, parse_moof, parse_prft, parse_uuid

Read = Callable[[int, int], bytes]  #: (offset, size) -> the bytes there, fewer at the end of the file

MAX_HEAD_BYTES = 1 << 20
MAX_MOOF_BYTES = 8 << 20
MAX_UUID_BYTES = 1 << 20


class Extra(NamedTuple):
    """A `uuid` box."""

    usertype: bytes
    content: bytes
    offset: int  #: of the box in the file
    size: int


class Head(NamedTuple):
    """What precedes the first unit."""

    init: bytes  #: `ftyp` and `moov`
    extras: tuple[Extra, ...]
    size: int

    def extra(self, usertype: bytes) -> Extra | None:
        """The first `uuid` box of that type."""
        return next((extra for extra in self.extras if extra.usertype == usertype), None)


class ScannedUnit(NamedTuple):
    """A whole unit of the file."""

    offset: int
    size: int  #: of everything, the seal included
    reference: ReferenceTime | None
    fragment: ParsedFragment
    media_size: int  #: of `prft moof mdat`, without what follows
    data_offset: int  #: of the first sample, from the start of the unit
    seal: Extra | None

    @property
    def key_size(self) -> int:
        """Size of the key picture that the unit starts with; 0 when it starts with another."""
        run = self.fragment.run(VIDEO_TRACK)
        return run.samples[0].size if run and run.samples and run.samples[0].is_key else 0


@dataclass(slots=True)
class FileScan:
    """A file as far as it is whole."""

    head: Head | None = None
    units: list[ScannedUnit] = field(default_factory=list)
    tail: list[Extra] = field(default_factory=list)  #: `uuid` boxes behind the last unit that are no seals
    whole_size: int = 0  #: head, units and tail end here
    damage: str | None = None  #: what stands behind `whole_size`, if anything


def scan_file(read: Read, size: int, seal_type: bytes | None = None) -> FileScan:
    """Scan a whole file; never raises for anything the file holds."""
    scanner = FragmentScanner(read, size, seal_type)
    units = list(scanner)
    return FileScan(scanner.head, units, scanner.tail, scanner.whole_size, scanner.damage)


class FragmentScanner:
    """Iterate over it for the units; afterwards `tail`, `whole_size` and `damage` tell how the file ends."""

    def __init__(self, read: Read, size: int, seal_type: bytes | None = None) -> None:
        self._read = read
        self._size = size
        self._seal_type = seal_type
        self.tail: list[Extra] = []
        self.whole_size = 0
        self.damage: str | None = None
        self.head: Head | None = None
        try:
            self.head = self._scan_head()
            self.whole_size = self.head.size
        except BoxInvalid as error:
            self.damage = str(error)

    def __iter__(self) -> Iterator[ScannedUnit]:
        while self.damage is None and self.whole_size < self._size:
            try:
                unit = self._scan_next()
            except BoxInvalid as error:
                self.damage = str(error)
                return
            if unit is not None:
                yield unit

    def _scan_next(self) -> ScannedUnit | None:
        """The unit at `whole_size`, or None when another box stood there."""
        found = self._box(self.whole_size)
        if found.type in (b"prft", b"moof", b"styp", b"sidx"):
            self.tail.clear()
            unit = self._scan_unit(found)
            self.whole_size = unit.offset + unit.size
            return unit
        if found.type == b"uuid":
            self.tail.append(self._extra(found))
        elif found.type not in (b"free", b"skip", b"mfra"):
            raise BoxInvalid(offset=found.start, what=f"{found.type!r} where a fragment is expected")
        self.whole_size = found.end
        return None

    def _scan_head(self) -> Head:
        init_end = offset = 0
        extras: list[Extra] = []
        while offset < self._size:
            try:
                found = self._box(offset)
                extra = self._extra(found) if found.type == b"uuid" and init_end else None
            except BoxInvalid:
                if not init_end:
                    raise
                break  # the file was cut just behind its head
            if extra is not None:
                extras.append(extra)
            elif found.type in (b"ftyp", b"moov", b"free", b"skip") and not (init_end and found.type == b"moov"):
                init_end = found.end if found.type == b"moov" else init_end
            else:
                break
            offset = found.end
        if not init_end:
            raise BoxInvalid(offset=offset, what="it does not begin with ftyp and moov")
        if init_end > MAX_HEAD_BYTES:
            raise BoxInvalid(offset=0, what=f"its moov ends at {init_end}: too large for a fragmented file")
        return Head(self._bytes(0, init_end), tuple(extras), offset)

    def _scan_unit(self, first: Box) -> ScannedUnit:
        reference: ReferenceTime | None = None
        found = first
        while found.type != b"moof":
            if found.type == b"prft":
                reference = parse_prft(self._bytes(found.payload, min(found.end, found.payload + 32)))
            elif found.type not in (b"styp", b"sidx"):
                raise BoxInvalid(offset=found.start, what=f"{found.type!r} where a moof is expected")
            found = self._box(found.end)
        moof = found
        if moof.end - moof.start > MAX_MOOF_BYTES:
            raise BoxInvalid(offset=moof.start, what="a moof of more than 8 MiB")
        fragment = parse_moof(self._bytes(moof.start, moof.end))
        mdat = self._box(moof.end)
        if mdat.type != b"mdat":
            raise BoxInvalid(offset=mdat.start, what=f"{mdat.type!r} where an mdat is expected")
        data_offset = min((run.data_offset for run in fragment.runs if run.samples), default=mdat.payload - moof.start)
        for run in fragment.runs:
            begin = moof.start + run.data_offset
            if run.samples and not mdat.payload <= begin <= begin + run.size <= mdat.end:
                raise BoxInvalid(offset=moof.start, what="a moof names samples outside its mdat")
        end, seal = mdat.end, None
        if self._seal_type is not None:
            seal = self._extra(self._box(mdat.end))
            if seal.usertype != self._seal_type:
                raise BoxInvalid(offset=mdat.end, what="a fragment without its seal")
            end += seal.size
        start = first.start
        return ScannedUnit(
            start, end - start, reference, fragment, mdat.end - start, moof.start - start + data_offset, seal
        )

    def _extra(self, found: Box) -> Extra:
        if found.type != b"uuid":
            raise BoxInvalid(offset=found.start, what=f"{found.type!r} where a uuid box is expected")
        if found.end - found.start > MAX_UUID_BYTES:
            raise BoxInvalid(offset=found.start, what="a uuid box of more than 1 MiB")
        usertype, content = parse_uuid(self._bytes(found.payload, found.end))
        return Extra(usertype, content, found.start, found.end - found.start)

    def _box(self, offset: int) -> Box:
        return read_header(self._read(offset, 16), offset, self._size)

    def _bytes(self, start: int, end: int) -> bytes:
        found = self._read(start, end - start)
        if len(found) != end - start:
            raise BoxInvalid(offset=start, what="the file ends early")
        return found


def cut_at_key(units: Sequence[ScannedUnit], from_time: int, to_time: int) -> range:
    """The units that hold `[from_time, to_time)` of the video track and can be decoded without any other.

    They begin with the last key picture at or before `from_time`, or with the first one after it.
    """
    first: int | None = None
    last = 0
    for number, unit in enumerate(units):
        run = unit.fragment.run(VIDEO_TRACK)
        if run is None or not run.samples:
            continue
        if run.base_decode_time >= to_time:
            break
        if unit.key_size and (first is None or run.base_decode_time <= from_time):
            first = number
        last = number + 1
    return range(0) if first is None else range(first, last)
