"""What files cannot say, kept beside the index so that the index can be lost: `state/journal.jsonl`.

One canonical JSON object a line, each with the hash of the line before it: streams, gaps, holds, deletions, chain
breaks and events. Lines are only ever added. A torn last line (a crash while it was written) is cut off at the next
opening.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from nangmai.base.canonical import canonical_json
from nangmai.base.errors import Error, Kind

Entry = dict[str, Any]


class JournalBroken(Error):
    """The journal {path} does not continue at byte {offset}: lines were altered or are missing. Run `nangmai check`."""

    kind = Kind.CORRUPT


class Position(NamedTuple):
    """Up to where the journal is known: bytes, and the hash of the last line."""

    offset: int
    digest: str


JOURNAL_START = Position(0, "")


def _line(entry: Entry, previous: str) -> bytes:
    return canonical_json(entry | {"previous": previous}) + b"\n"


class Journal:
    """The open journal. Only the index thread writes it."""

    def __init__(self, path: Path, position: Position) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        os.ftruncate(self._descriptor, position.offset)
        self.position = position

    def append(self, entries: list[Entry]) -> Position:
        """Add lines and wait until they are on the disk; when that fails nothing has been added."""
        digest, lines = self.position.digest, []
        for entry in entries:
            line = _line(entry, digest)
            digest = hashlib.sha256(line).hexdigest()
            lines.append(line)
        block = b"".join(lines)
        try:
            written = os.pwrite(self._descriptor, block, self.position.offset)
            if written != len(block):
                raise OSError(28, "short write to the journal")
            os.fdatasync(self._descriptor)
        except OSError:
            os.ftruncate(self._descriptor, self.position.offset)
            raise
        self.position = Position(self.position.offset + len(block), digest)
        return self.position

    def cut(self, position: Position) -> None:
        """Take back what was added since `position`: the transaction it belonged to has failed."""
        os.ftruncate(self._descriptor, position.offset)
        self.position = position

    def close(self) -> None:
        """Let go of the file."""
        os.close(self._descriptor)


def read_journal(path: Path, start: Position = JOURNAL_START) -> Iterator[tuple[Entry, Position]]:
    """Entries after `start` with the position after each; stops before a torn last line, refuses any other break."""
    if not path.exists():
        if start.offset:
            raise JournalBroken(path=str(path), offset=0)
        return
    position = start
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) < start.offset:
            raise JournalBroken(path=str(path), offset=start.offset)
        file.seek(start.offset)
        for line in file:
            entry = _parse(line)
            if entry is None and (not line.endswith(b"\n") or not file.read(1)):
                return
            if entry is None or entry.pop("previous", None) != position.digest:
                raise JournalBroken(path=str(path), offset=position.offset)
            position = Position(position.offset + len(line), hashlib.sha256(line).hexdigest())
            yield entry, position


def _parse(line: bytes) -> Entry | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and line.endswith(b"\n") else None
