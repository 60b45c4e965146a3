"""One segment against its row: size, head, every fragment, end. Names each thing that does not hold."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from nangmai.archive.records import FootageUnreadable, FragmentRecord, unpack_records
from nangmai.archive.rows import SegmentRow
from nangmai.archive.scan import SegmentUnusable, hash_range, opened, parse_identity, read_unit
from nangmai.archive.segment_file import (
    END,
    IDENTITY,
    SEAL,
    SEAL_BOX_BYTES,
    UUID_HEADER_BYTES,
    BoxMalformed,
    Ending,
    is_seal_header,
    uuid_box,
)
from nangmai.base.canonical import canonical_json
from nangmai.custody.chain import Seal, chain_end, chain_start, seal_fragment
from nangmai.media.isobmff.reader import FragmentScanner, Read

HEAD = "head"
TAIL = "end"


class Fault(NamedTuple):
    """Something that does not hold, and what to do about it."""

    invariant: str
    stream: str | None
    seq: int | None
    fragment: int | str | None  #: number from 0, `head` or `end`
    path: str | None
    what: str
    remedy: str


RESTORE = "The footage is not what was recorded. Restore the file from a copy; do not delete it, it may be evidence."
REINDEX = "Stop the recorder and run `nangmai reindex`."


@dataclass
class SegmentCheck:
    """Verifies one file."""

    row: SegmentRow
    path: Path
    init_sha256: bytes
    is_quick: bool
    faults: list[Fault] = field(default_factory=list)
    _records: list[FragmentRecord] = field(default_factory=list)

    def run(self) -> list[Fault]:
        """All faults of this segment."""
        self._records = unpack_records(self.row.fragments)
        if not self._records:
            self._fault("I1", None, "its row names no fragment", REINDEX)
            return self.faults
        try:
            with opened(self.path) as (read, size):
                self._check(read, size)
        except FootageUnreadable as error:
            self._fault("I1", None, str(error), "Restore the file from a copy, or find out who removed it.")
        return self.faults

    def _fault(self, invariant: str, fragment: int | str | None, what: str, remedy: str = RESTORE) -> None:
        self.faults.append(Fault(invariant, self.row.stream, self.row.seq, fragment, str(self.path), what, remedy))

    def _check(self, read: Read, size: int) -> None:
        if size != self.row.size_bytes:
            self._fault("I1", None, f"it has {size} bytes where {self.row.size_bytes} were written")
        head = read(0, self._records[0].offset)
        is_head_good = self._check_head(head)
        start = chain_start(self.row.previous_chain, head)
        last = self._check_fragments(read, start, is_head_good)
        self._check_end(read, size, last)

    # -- head ------------------------------------------------------------------------------------------------------

    def _check_head(self, head: bytes) -> bool:
        """`ftyp`, `moov` and identity against the row."""
        scanner = FragmentScanner(lambda offset, size: head[offset : offset + size], len(head), SEAL)
        extra = scanner.head.extra(IDENTITY) if scanner.head else None  # noqa: S610 - nothing of Django
        if scanner.head is None or extra is None or scanner.head.size != len(head):
            self._fault("I1", HEAD, f"its head is damaged ({scanner.damage or 'the identity is missing'})")
            return False
        known = len(self.faults)
        if hashlib.sha256(scanner.head.init).digest() != self.init_sha256:
            self._fault("I1", HEAD, "its ftyp and moov are not those that were written")
        if scanner.head.init + uuid_box(IDENTITY, extra.content) != head:
            self._fault("I1", HEAD, "something was put between its moov and its identity")
        self._check_identity(extra.content)
        return len(self.faults) == known

    def _check_identity(self, content: bytes) -> None:
        try:
            identity = parse_identity(content)
        except BoxMalformed as error:
            self._fault("I1", HEAD, str(error))
            return
        row = self.row
        for name in ("stream", "seq", "volume", "init_id", "boot_id", "start_us", "start_mono_us"):
            if identity[name] != getattr(row, name):
                self._fault(
                    "I1", HEAD, f"its identity says {name} = {identity[name]!r}, the index {getattr(row, name)!r}"
                )
        if identity["previous_chain"] != row.previous_chain.hex():
            self._fault("I3", HEAD, "its identity names another previous chain than the index")
        if canonical_json(identity) != content:
            self._fault("I1", HEAD, "its identity is not in its one form")

    # -- fragments -------------------------------------------------------------------------------------------------

    def _check_fragments(self, read: Read, start: bytes, is_head_good: bool) -> set[bytes]:
        """Every fragment; returns what the chain may be after the last one (one value unless something is wrong)."""
        bases = {start}
        doubt: bytes | None = None  # the first link does not hold: head or first seal, the next link will tell which
        for number, record in enumerate(self._records):
            seal = self._read_seal(read, number, record)
            if seal is None:
                bases = set()
                continue
            links = {seal_fragment(base, seal.sha256, seal.fields).chain for base in bases}
            holds = not bases or seal.chain in links
            if doubt is not None:
                self._blame_first(is_head=seal_fragment(doubt, seal.sha256, seal.fields).chain == seal.chain)
                doubt = None
            if not holds and self._is_altered(read, number, record, seal):
                bases = {seal.chain, *links}
                continue
            if not holds and number:
                self._fault("I1", number, "it does not continue the fragment before it")
            elif not holds and is_head_good:
                doubt = seal.chain
            self._check_media(read, number, record, seal)
            bases = {seal.chain} if holds else {seal.chain, *links}
        if doubt is not None:
            self._blame_first(is_head=True)
        return bases

    def _is_altered(self, read: Read, number: int, record: FragmentRecord, seal: Seal) -> bool:
        """Whether a link that does not hold is explained by this fragment alone."""
        if hash_range(read, record.offset, record.size - SEAL_BOX_BYTES) != seal.sha256:
            self._fault("I1", number, "its bytes do not have the hash that its seal states")
            return True
        if seal.fields != (record.activity, record.flags, record.key_size, record.pictures):
            self._fault("I1", number, "its seal was altered")
            return True
        return False

    def _blame_first(self, *, is_head: bool) -> None:
        if is_head:
            self._fault("I1", HEAD, "its head is not the one that was written")
        else:
            self._fault("I1", 0, "its seal was altered")

    def _read_seal(self, read: Read, number: int, record: FragmentRecord) -> Seal | None:
        box = read(record.offset + record.size - SEAL_BOX_BYTES, SEAL_BOX_BYTES)
        if len(box) != SEAL_BOX_BYTES or not is_seal_header(box[:UUID_HEADER_BYTES]):
            self._fault("I1", number, "its seal box is damaged or missing")
            return None
        payload = box[UUID_HEADER_BYTES:]
        seal = Seal.unpack(payload)
        if seal.pack() != payload:
            self._fault("I1", number, "its seal was altered")
        return seal

    def _check_media(self, read: Read, number: int, record: FragmentRecord, seal: Seal) -> None:
        media_bytes = record.size - SEAL_BOX_BYTES
        if not self.is_quick and hash_range(read, record.offset, media_bytes) != seal.sha256:
            self._fault("I1", number, "its bytes do not have the hash that its seal states")
            return
        head = self._records[0].offset

        def from_head(offset: int, size: int) -> bytes:  # the fragment, as if it stood right behind the head
            return read(offset if offset < head else offset - head + record.offset, size)

        unit = next(iter(FragmentScanner(from_head, head + record.size, SEAL)), None)
        if unit is None:
            if not any(fault.fragment == HEAD for fault in self.faults):
                self._fault("I1", number, "its boxes are damaged")
            return
        try:
            found = read_unit(unit, self.row.start_us)[0]._replace(offset=record.offset)
        except SegmentUnusable as error:
            self._fault("I1", number, str(error))
            return
        if found != record:
            self._fault("I7", number, f"the index says {record}, the file {found}", REINDEX)

    # -- end -------------------------------------------------------------------------------------------------------

    def _check_end(self, read: Read, size: int, chains: set[bytes]) -> None:
        last = self._records[-1]
        offset = last.offset + last.size
        box = read(offset, max(0, size - offset))
        try:
            ending = Ending.parse(box[UUID_HEADER_BYTES:])
            if uuid_box(END, ending.json()) != box:
                raise BoxMalformed(box="end", reason="its header was altered")
        except BoxMalformed as error:
            self._fault("I1", TAIL, str(error))
            return
        row = self.row
        if (ending.end_us, ending.end_reason, ending.fragments) != (row.end_us, row.end_reason, len(self._records)):
            self._fault("I7", TAIL, "its end says something else than the index")
        if chains and ending.chain not in chains:
            self._fault("I1", TAIL, "its end does not continue its last fragment")
        if chain_end(ending.chain, ending.json()) != row.chain_head:
            self._fault("I1", TAIL, "its chain does not end as the index says")
