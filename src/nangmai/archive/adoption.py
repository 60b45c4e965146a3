"""Files without a row: found, closed if a crash left them open, and turned into rows. Never deletes footage.

Serves the start after a crash, the rebuilding of a lost index in the background, and `nangmai reindex`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from nangmai.archive.records import RECORD_BYTES, FootageUnreadable, unpack_records
from nangmai.archive.rows import InitRow, SegmentRow
from nangmai.archive.scan import FoundSegment, SegmentUnusable, find_segment, rows_of
from nangmai.archive.segment_file import (
    END,
    SEAL_BOX_BYTES,
    SEGMENTS_PER_FOLDER,
    UUID_HEADER_BYTES,
    Ending,
    parse_segment_name,
    uuid_box,
)
from nangmai.archive.volume import sync_folder
from nangmai.custody.chain import Seal, SealMalformed

#: a file without one whole fragment is taken for a torn first write up to this size
_TORN_BYTES = 64 << 10


class SegmentFile(NamedTuple):
    """A file whose name says that it is a segment."""

    stream: str
    seq: int
    path: Path


def stream_folders(volume: Path) -> list[str]:
    """Names of the streams that have a folder on a volume."""
    try:
        found = [entry.name for entry in os.scandir(volume) if entry.is_dir(follow_symlinks=False)]
    except OSError as error:
        raise FootageUnreadable(path=str(volume), reason=error.strerror) from error
    return sorted(name for name in found if name not in ("state", "lost+found"))


def segment_files(volume: Path, stream: str, from_seq: int = 0) -> Iterator[SegmentFile]:
    """Segments of a stream on a volume from a number on, in order; older folders are not even listed."""
    try:
        folders = sorted(entry.name for entry in os.scandir(volume / stream) if entry.name.isdecimal())
        for folder in folders:
            if int(folder) >= from_seq // SEGMENTS_PER_FOLDER:
                names = sorted(entry.name for entry in os.scandir(volume / stream / folder))
                yield from _segments_in(volume / stream / folder, names, from_seq)
    except FileNotFoundError:
        return
    except OSError as error:
        raise FootageUnreadable(path=str(volume / stream), reason=error.strerror) from error


def _segments_in(folder: Path, names: list[str], from_seq: int) -> Iterator[SegmentFile]:
    for name in names:
        parsed = parse_segment_name(folder / name)
        if parsed and parsed[1] >= from_seq:
            yield SegmentFile(*parsed, folder / name)


class Adopted(NamedTuple):
    """What became of a file: its rows, or why it has none; `cut_bytes` were dropped behind its last whole fragment."""

    file: SegmentFile
    init: InitRow | None
    row: SegmentRow | None
    cut_bytes: int = 0
    fault: str | None = None


def adopt(file: SegmentFile, volume: str, *, not_after_us: int | None = None) -> Adopted:
    """Rows for a file. One that has no end is cut after its last whole fragment and closed with `crash`.

    `not_after_us`: something else is known to be recorded from there on, so the end is not set beyond it.
    """
    try:
        found = find_segment(file.path, verify=False)
        if found.ending is None:
            found = find_segment(file.path, verify=True)
        if (found.identity["stream"], found.identity["seq"]) != (file.stream, file.seq):
            raise SegmentUnusable(path=str(file.path), reason="its name and its identity differ")
        cut_bytes = 0
        if found.ending is None or found.size_bytes != found.whole_size:
            cut_bytes = _close(found, not_after_us)
        return Adopted(file, *rows_of(found, volume), cut_bytes)
    except (SegmentUnusable, FootageUnreadable) as error:
        return Adopted(file, None, None, fault=str(error))


def _close(found: FoundSegment, not_after_us: int | None) -> int:
    """Cut a file after its last good fragment and write its end; returns how many bytes were dropped."""
    bad = set(found.bad)
    while found.records and len(found.records) - 1 in bad:
        found.records.pop()
    if not found.records:
        raise SegmentUnusable(path=str(found.path), reason="it holds no whole fragment")
    last = found.records[-1]
    whole = last.offset + last.size
    end_us = found.last_end_us if not_after_us is None else min(found.last_end_us, not_after_us)
    try:
        with found.path.open("r+b") as file:
            found.chain = _chain_of(file.fileno(), whole)
            found.ending = Ending(max(end_us, found.start_us + 1), "crash", len(found.records), found.chain)
            box = uuid_box(END, found.ending.json())
            os.ftruncate(file.fileno(), whole)
            os.pwrite(file.fileno(), box, whole)
            os.fsync(file.fileno())
        sync_folder(found.path.parent)
    except OSError as error:
        raise FootageUnreadable(path=str(found.path), reason=error.strerror) from error
    dropped = found.size_bytes - whole
    found.size_bytes = found.whole_size = whole + len(box)
    return dropped


def last_chain(path: Path, fragments: bytes) -> bytes | None:
    """The chain after the last fragment: what the next file names when this one's end was written later than that."""
    if not fragments:
        return None
    last = unpack_records(fragments[-RECORD_BYTES:])[0]
    try:
        with path.open("rb") as file:
            return _chain_of(file.fileno(), last.offset + last.size)
    except (OSError, SealMalformed):
        return None


def _chain_of(descriptor: int, unit_end: int) -> bytes:
    """The chain in the seal that ends there."""
    box = os.pread(descriptor, SEAL_BOX_BYTES, unit_end - SEAL_BOX_BYTES)
    return Seal.unpack(box[UUID_HEADER_BYTES:]).chain


def set_aside(file: SegmentFile) -> str:
    """A file that cannot be adopted makes room for its number: a torn first write goes, anything else is renamed."""
    try:
        if file.path.stat().st_size <= _TORN_BYTES or not _may_hold_footage(file.path):
            file.path.unlink()
            return "removed"
        file.path.rename(file.path.with_suffix(".torn"))
    except OSError as error:
        raise FootageUnreadable(path=str(file.path), reason=error.strerror) from error
    return "renamed"


def _may_hold_footage(path: Path) -> bool:
    try:
        return bool(find_segment(path, verify=False).records)
    except SegmentUnusable:
        return True
