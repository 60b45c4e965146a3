"""Reads a segment file back: what it says of itself, and whether its hashes and its chain hold. Changes nothing."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nangmai.archive.open_segment import make_init_row
from nangmai.archive.records import FLAG_DAMAGED, FootageUnreadable, FragmentRecord
from nangmai.archive.rows import InitRow, SegmentRow
from nangmai.archive.segment_file import END, IDENTITY, SEAL, BoxMalformed, Ending, init_id_of, parse_object
from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_90k
from nangmai.custody.chain import Seal, SealMalformed, chain_end, chain_start, seal_fragment
from nangmai.media.isobmff.init import VIDEO_TRACK
from nangmai.media.isobmff.reader import FragmentScanner, Read, ScannedUnit

_BLOCK_BYTES = 1 << 20


class SegmentUnusable(Error):
    """The file {path} does not say what it is: {reason}."""

    kind = Kind.CORRUPT


@dataclass
class FoundSegment:
    """What a file says of itself."""

    path: Path
    size_bytes: int
    identity: dict[str, Any]
    init: bytes
    head: bytes
    records: list[FragmentRecord] = field(default_factory=list)
    chain: bytes = b""  #: as the last seal states it
    ending: Ending | None = None
    whole_size: int = 0  #: head, whole units and a whole end box reach here
    damage: str | None = None
    bad: list[int] = field(default_factory=list)  #: fragments whose hash or link does not hold

    @property
    def start_us(self) -> int:
        """Where it begins."""
        return int(self.identity["start_us"])

    @property
    def last_end_us(self) -> int:
        """Where its last fragment ends."""
        last = self.records[-1]
        return self.start_us + last.start_offset_us + us_from_90k(last.duration_90k)


@contextmanager
def opened(path: Path) -> Iterator[tuple[Read, int]]:
    """A file as something to read at offsets, and its size."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            yield (lambda offset, size: os.pread(descriptor, size, offset)), os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)
    except OSError as error:
        raise FootageUnreadable(path=str(path), reason=error.strerror) from error


def find_segment(path: Path, *, verify: bool) -> FoundSegment:
    """Walk over a file; with `verify` every byte is hashed, without it only boxes and seals are read."""
    with opened(path) as (read, size):
        scanner = FragmentScanner(read, size, SEAL)
        found = _read_head(path, read, scanner, size)
        chain = chain_start(bytes.fromhex(found.identity["previous_chain"]), found.head)
        for number, unit in enumerate(scanner):
            try:
                record, seal = read_unit(unit, found.start_us)
            except SegmentUnusable as error:
                found.damage = str(error)
                break
            sha256 = hash_range(read, unit.offset, unit.media_size) if verify else seal.sha256
            if seal_fragment(chain, sha256, seal.fields) != seal:
                found.bad.append(number)
            found.records.append(record)
            found.chain = chain = seal.chain
            found.whole_size = unit.offset + unit.size
        _read_end(found, scanner)
    return found


def _read_head(path: Path, read: Read, scanner: FragmentScanner, size: int) -> FoundSegment:
    if scanner.head is None:
        raise SegmentUnusable(path=str(path), reason=scanner.damage)
    extra = scanner.head.extra(IDENTITY)  # noqa: S610 - nothing of Django
    if extra is None:
        raise SegmentUnusable(path=str(path), reason="it has no identity box")
    try:
        identity = parse_identity(extra.content)
    except BoxMalformed as error:
        raise SegmentUnusable(path=str(path), reason=str(error)) from error
    head = read(0, scanner.head.size)
    return FoundSegment(path, size, identity, scanner.head.init, head, whole_size=scanner.head.size)


def parse_identity(content: bytes) -> dict[str, Any]:
    """The identity of a file, with the fields that everything else rests on."""
    identity = parse_object(content, "identity")
    try:
        for name in ("seq", "start_us", "start_mono_us"):
            identity[name] = int(identity[name])
        for name in ("stream", "camera", "volume", "boot_id", "init_id"):
            identity[name] = str(identity[name])
        if len(bytes.fromhex(identity["previous_chain"])) != hashlib.sha256().digest_size:
            raise ValueError("previous_chain")
    except (KeyError, TypeError, ValueError) as error:
        raise BoxMalformed(box="identity", reason=f"a field is missing or wrong ({error})") from error
    return identity


def _read_end(found: FoundSegment, scanner: FragmentScanner) -> None:
    found.damage = found.damage or scanner.damage
    if found.damage is not None or not scanner.tail:
        return
    extra = scanner.tail[-1]
    try:
        if extra.usertype != END or len(scanner.tail) != 1:
            raise BoxMalformed(box="end", reason="another box stands in its place")
        found.ending = Ending.parse(extra.content)
    except BoxMalformed as error:
        found.damage = str(error)
        return
    found.whole_size = extra.offset + extra.size
    if found.ending.fragments != len(found.records) or found.ending.chain != found.chain:
        found.damage = "the end box does not fit the fragments before it"


def read_unit(unit: ScannedUnit, segment_start_us: int) -> tuple[FragmentRecord, Seal]:
    """The record that the index should hold of this unit, from the unit's own boxes."""
    video = unit.fragment.run(VIDEO_TRACK)
    if unit.seal is None or unit.reference is None or video is None:
        raise SegmentUnusable(path="", reason="a fragment without seal, reference time or pictures")
    try:
        seal = Seal.unpack(unit.seal.content)
    except SealMalformed as error:
        raise SegmentUnusable(path="", reason=str(error)) from error
    fields = seal.fields
    return (
        FragmentRecord(
            start_offset_us=max(0, unit.reference.wall_us - segment_start_us),
            start_90k=video.base_decode_time,
            duration_90k=video.duration,
            offset=unit.offset,
            size=unit.size,
            data_offset=unit.data_offset,
            key_size=fields.key_size,
            pictures=fields.pictures,
            activity=fields.activity,
            flags=fields.flags,
        ),
        seal,
    )


def hash_range(read: Read, offset: int, size: int) -> bytes:
    """SHA-256 of a range of a file, a block at a time."""
    digest = hashlib.sha256()
    end = offset + size
    while offset < end:
        block = read(offset, min(_BLOCK_BYTES, end - offset))
        if not block:
            break
        digest.update(block)
        offset += len(block)
    return digest.digest()


def rows_of(found: FoundSegment, volume: str) -> tuple[InitRow, SegmentRow]:
    """The rows of a file that ended, one way or another."""
    identity, ending, records = found.identity, found.ending, found.records
    if ending is None:
        raise SegmentUnusable(path=str(found.path), reason="it has no end")
    description = {name: identity.get(name) for name in ("video", "audio")}
    init = make_init_row(init_id_of(found.init, description), found.init, description)
    damaged = [record.duration_90k for record in records if record.flags & FLAG_DAMAGED]
    row = SegmentRow(
        stream=identity["stream"],
        seq=identity["seq"],
        volume=volume,
        start_us=found.start_us,
        end_us=ending.end_us,
        start_mono_us=identity["start_mono_us"],
        boot_id=identity["boot_id"],
        init_id=init.id,
        size_bytes=found.whole_size,
        pictures=sum(record.pictures for record in records),
        duration_90k=sum(record.duration_90k for record in records),
        activity=max((record.activity for record in records), default=0),
        damaged_us=sum(map(us_from_90k, damaged)),
        end_reason=ending.end_reason,
        state="closed",
        chain_head=chain_end(found.chain, ending.json()),
        previous_chain=bytes.fromhex(identity["previous_chain"]),
        fragments=b"".join(record.pack() for record in records),
    )
    return init, row
