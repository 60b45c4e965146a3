"""Opens index and journal together. One that cannot be used is moved aside: footage does not wait for either."""

from __future__ import annotations

import contextlib
import itertools
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from nangmai.archive.index_writer import remember, replay
from nangmai.archive.journal import JOURNAL_START, Entry, Journal, JournalBroken, Position
from nangmai.archive.rows import get_meta
from nangmai.archive.schema import INCOMPLETE, connect, prepare
from nangmai.archive.volume import VolumeUnwritable, sync_folder
from nangmai.base.units import US_PER_S

INDEX_NAME = "index.sqlite3"
JOURNAL_NAME = "journal.jsonl"
SQLITE_SUFFIXES = ("", "-wal", "-shm", "-journal")

Found = tuple[str, bool, dict[str, Any]]


class OpenIndex(NamedTuple):
    """The index, up to date with the journal."""

    connection: sqlite3.Connection
    position: Position
    is_new: bool  #: so that files may lack their rows: it was made now, or adopting them was broken off
    events: list[Found]


def open_index(folder: Path) -> OpenIndex:
    """Open what is there; make what is not; replace what is broken, and say so in an event."""
    events: list[Found] = []
    path = folder / INDEX_NAME
    while True:
        with contextlib.ExitStack() as undo:
            try:
                connection = undo.enter_context(contextlib.closing(connect(path)))
                is_new = prepare(connection, path) or bool(get_meta(connection, INCOMPLETE))
                position = _replayed(connection, folder / JOURNAL_NAME, events)
            except sqlite3.OperationalError as error:
                raise VolumeUnwritable(path=str(path), reason=str(error)) from error
            except sqlite3.DatabaseError as error:
                events.append(move_aside(path, str(error)))
                continue
            undo.pop_all()
            return OpenIndex(connection, position, is_new, events)


def set_complete(connection: sqlite3.Connection) -> None:
    """Every file has its row: from now on only what a crash parts has to be looked at."""
    connection.execute("DELETE FROM meta WHERE key = ?", (INCOMPLETE,))


def _replayed(connection: sqlite3.Connection, path: Path, events: list[Found]) -> Position:
    try:
        return replay(connection, path)
    except JournalBroken as error:
        events.append(move_aside(path, str(error)))
        return _begin_journal(connection, path)


def move_aside(path: Path, reason: str) -> Found:
    """Keep a broken file under another name, with what SQLite left beside it."""
    names = (path.with_name(f"{path.name}.broken-{number}") for number in itertools.count(1))
    aside = next(name for name in names if not name.exists())
    for suffix in SQLITE_SUFFIXES:
        with contextlib.suppress(FileNotFoundError):
            Path(f"{path}{suffix}").rename(f"{aside}{suffix}")
    sync_folder(path.parent)
    return ("archive:index:replaced", True, {"file": path.name, "kept_as": aside.name, "reason": reason})


def _begin_journal(connection: sqlite3.Connection, path: Path) -> Position:
    """A new journal that begins with what the index knows."""
    connection.execute("BEGIN IMMEDIATE")
    journal = Journal(path, JOURNAL_START)
    try:
        position = journal.append(list(_known(connection)))
    finally:
        journal.close()
    remember(connection, position)
    connection.execute("COMMIT")
    return position


def _known(connection: sqlite3.Connection) -> Iterator[Entry]:
    """Everything the journal has to hold, as entries."""
    for name, camera, kind, since_us in connection.execute("SELECT name, camera, kind, since_us FROM stream"):
        yield {"kind": "stream", "name": name, "camera": camera, "stream_kind": kind, "since_us": since_us}
    columns = ("stream", "start_us", "end_us", "cause", "detail")
    for row in connection.execute(
        "SELECT name, start_us, end_us, cause, detail FROM gap JOIN stream ON stream.id = stream_id"
    ):
        yield {"kind": "gap", **dict(zip(columns, row, strict=True))}
    for row in connection.execute("SELECT id, camera, from_us, to_us, reason FROM hold"):
        yield {"kind": "hold_added", **dict(zip(("id", "camera", "from_us", "to_us", "reason"), row, strict=True))}
    for row in connection.execute("SELECT name, seq, reason FROM chain_break JOIN stream ON stream.id = stream_id"):
        yield {"kind": "chain_break", **dict(zip(("stream", "seq", "reason"), row, strict=True))}
    yield from _deletions(connection)


def _deletions(connection: sqlite3.Connection) -> Iterator[Entry]:
    names = ("first_seq", "last_seq", "segments", "bytes", "first_us", "last_us", "previous_chain", "chain_head")
    rows = connection.execute(
        "SELECT name, day, reason, first_seq, last_seq, segments, bytes, first_us, last_us, hex(previous_chain), "
        "hex(chain_head) FROM deletion JOIN stream ON stream.id = stream_id ORDER BY name, first_seq"
    )
    for stream, day, reason, *fields in rows:
        at_us = int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * US_PER_S
        run = dict(zip(names, fields, strict=True))
        yield {"kind": "deleted", "stream": stream, "runs": [run], "reason": reason, "at_us": at_us}
