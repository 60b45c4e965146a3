"""A segment while it is being written: its file, its chain, and the records of the fragments written so far.

The event loop makes it and asks `failure`; from then on only the writer thread of its volume changes it. Readers take
`view()`, which copies.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nangmai.archive.records import FLAG_DAMAGED, RECORD_BYTES, FragmentRecord, SegmentView, Unit, unpack_records
from nangmai.archive.rows import InitRow, SegmentRow
from nangmai.archive.segment_file import (
    END,
    FORMAT_VERSION,
    IDENTITY,
    SEAL_BOX_BYTES,
    Ending,
    seal_box,
    uuid_box,
)
from nangmai.base.canonical import canonical_json
from nangmai.base.units import us_from_90k
from nangmai.custody.chain import CHAIN_START, SealFields, chain_end, chain_start, fragment_hash, seal_fragment

if TYPE_CHECKING:
    from nangmai.archive.writer import VolumeWriter

_IOV_MAX = 1024


class OpenSegment:
    """One segment from `begin` to the commit of its closed row."""

    def __init__(
        self,
        *,
        writer: VolumeWriter,
        stream: str,
        seq: int,
        path: Path,
        init: InitRow,
        identity: dict[str, Any],
        previous: OpenSegment | None,
        previous_chain: bytes,
    ) -> None:
        self.writer = writer
        self.stream = stream
        self.seq = seq
        self.path = path
        self.init = init
        self.start_us: int = identity["start_us"]
        self.previous = previous  #: the segment before it, until its chain is known
        self.previous_chain = previous_chain
        self.failure: str | None = None  #: the gap cause, once it could not be written any more
        self.ending: Ending | None = None
        self.ordered_end_us: int | None = None  #: set by the event loop when it ended the segment
        self.is_finished = False  #: its chain will not change any more
        self.is_end_written = False
        self.is_folder_synced = False
        self.row_state = ""
        self.descriptor = -1
        self._identity = identity
        self._chain = CHAIN_START
        self._size_bytes = 0
        self._records = bytearray()
        self._pictures = 0
        self.activity = 0
        self._damaged_us = 0
        self._end_us = self.start_us
        self._duration_90k = 0

    @property
    def has_fragments(self) -> bool:
        """Whether a whole unit has been written."""
        return bool(self._records)

    @property
    def end_us(self) -> int:
        """Where the last unit written ends; the ordered end once there is one."""
        return self.ending.end_us if self.ending else self._end_us

    @property
    def link(self) -> bytes:
        """What the next segment names as its previous chain."""
        if self.ending is not None and self.is_end_written:
            return chain_end(self._chain, self.ending.json())
        return self._chain if self.has_fragments else self.previous_chain

    @property
    def size_bytes(self) -> int:
        """How much has been written."""
        return self._size_bytes

    def create(self) -> bytes:
        """Open the file, which must not exist, and return its head."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
        identity = self._identity | {"previous_chain": self.previous_chain.hex(), "version": FORMAT_VERSION}
        head = self.init.bytes + uuid_box(IDENTITY, canonical_json(identity))
        self._chain = chain_start(self.previous_chain, head)
        return head

    def append(self, unit: Unit) -> None:
        """Hash, seal and write one unit; raises OSError with the file cut back to whole units."""
        head = self.create() if self.descriptor < 0 else b""
        fields = SealFields(unit.activity, unit.flags, unit.key_size, unit.pictures)
        seal = seal_fragment(self._chain, fragment_hash(unit.parts), fields)
        parts = [head, *unit.parts, seal_box(seal)] if head else [*unit.parts, seal_box(seal)]
        offset = self._size_bytes + len(head)
        size = sum(map(len, unit.parts)) + SEAL_BOX_BYTES
        self._write(parts, len(head) + size)
        self._chain = seal.chain
        self._note(unit, offset, size)

    def _note(self, unit: Unit, offset: int, size: int) -> None:
        record = FragmentRecord(
            max(0, unit.start_us - self.start_us),
            unit.start_90k,
            unit.duration_90k,
            offset,
            size,
            unit.data_offset,
            unit.key_size,
            unit.pictures,
            unit.activity,
            unit.flags,
        )
        self._records += record.pack()
        self._pictures += unit.pictures
        self._duration_90k += unit.duration_90k
        self.activity = max(self.activity, unit.activity)
        if unit.flags & FLAG_DAMAGED:
            self._damaged_us += us_from_90k(unit.duration_90k)
        self._end_us = max(self._end_us + 1, unit.end_us)

    def append_end(self, ending: Ending) -> None:
        """Write the end box; the segment's chain is final from here."""
        self.ending = ending
        box = uuid_box(END, ending.json())
        self._write([box], len(box))
        self.is_end_written = True

    def ending_for(self, end_us: int, reason: str) -> Ending:
        """The end as this segment would state it."""
        return Ending(max(end_us, self.start_us + 1), reason, len(self._records) // RECORD_BYTES, self._chain)

    def reopen(self) -> None:
        """Open the file anew: its disk was gone, and the descriptor may still mean the old one."""
        self.close_file()
        self.descriptor = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
        os.ftruncate(self.descriptor, self._size_bytes)
        os.lseek(self.descriptor, self._size_bytes, os.SEEK_SET)

    def close_file(self) -> None:
        """Let go of the file."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1

    def _write(self, parts: Sequence[bytes], size: int) -> None:
        try:
            for batch in _batches(parts):
                _write_all(self.descriptor, batch)
        except OSError:
            os.ftruncate(self.descriptor, self._size_bytes)
            os.lseek(self.descriptor, self._size_bytes, os.SEEK_SET)
            raise
        self._size_bytes += size

    def view(self) -> SegmentView:
        """The segment as it stands now."""
        return SegmentView(
            stream=self.stream,
            seq=self.seq,
            path=self.path,
            start_us=self.start_us,
            end_us=self.end_us,
            init_id=self.init.id,
            state="closed" if self.is_finished else "open",
            end_reason=self.ending.end_reason if self.ending else None,
            size_bytes=self._size_bytes,
            packed=bytes(self._records),
        )

    def fragments(self) -> list[FragmentRecord]:
        """The records of what has been written."""
        return unpack_records(bytes(self._records))

    def row(self, state: str) -> SegmentRow:
        """The row for the index, `open` or `closed`."""
        is_closed = state == "closed"
        return SegmentRow(
            stream=self.stream,
            seq=self.seq,
            volume=self.writer.volume.uuid,
            start_us=self.start_us,
            end_us=self.end_us if is_closed else None,
            start_mono_us=self._identity["start_mono_us"],
            boot_id=self._identity["boot_id"],
            init_id=self.init.id,
            size_bytes=self._size_bytes if is_closed else 0,
            pictures=self._pictures if is_closed else 0,
            duration_90k=self._duration_90k if is_closed else 0,
            activity=self.activity if is_closed else 0,
            damaged_us=self._damaged_us if is_closed else 0,
            end_reason=self.ending.end_reason if is_closed and self.ending else None,
            state=state,
            chain_head=self.link if is_closed else None,
            previous_chain=self.previous_chain,
            fragments=bytes(self._records) if is_closed else b"",
        )


def make_init_row(init_id: str, init: bytes, description: dict[str, Any]) -> InitRow:
    """The row of an init segment."""
    return InitRow(init_id, hashlib.sha256(init).digest(), init, canonical_json(description).decode())


def _batches(parts: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """The parts as `writev` takes them: at most IOV_MAX at a time."""
    for first in range(0, len(parts), _IOV_MAX):
        yield parts[first : first + _IOV_MAX]


def _write_all(descriptor: int, parts: Sequence[bytes]) -> None:
    """`writev` until everything is written: a nearly full disk takes a part of it."""
    written = os.writev(descriptor, parts)
    for number, part in enumerate(parts):
        if written < len(part):
            rest = [part[written:], *parts[number + 1 :]]
            _write_all(descriptor, rest)
            return
        written -= len(part)
