"""Keeps the index whole while the recorder runs: a broken one is replaced, what it knew is taken from the files again.

Recording does not wait for any of it, and no footage is touched. See docs/design/archive.md, Journal.
"""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nangmai.archive.adoption import SegmentFile
from nangmai.archive.checkpoints import CHECKPOINT_FOLDER, adopt_checkpoints
from nangmai.archive.index import Index
from nangmai.archive.index_file import INDEX_NAME, JOURNAL_NAME, move_aside, set_complete
from nangmai.archive.index_writer import IndexUnavailable, IndexWriter, Transaction, replay, run_at_once
from nangmai.archive.journal import Journal
from nangmai.archive.recovery import Place
from nangmai.archive.reindex import Rebuild
from nangmai.archive.rows import put_volume
from nangmai.archive.schema import connect, prepare
from nangmai.archive.volume import Volume
from nangmai.base.clock import Clock
from nangmai.base.errors import Error
from nangmai.base.units import US_PER_S

#: an index that breaks again this soon lies on a disk that cannot be trusted with a third
PAUSE_US = 3600 * US_PER_S

#: up to which number the files of a stream are not written to any more
SettledSeq = Callable[[str], int]


class IndexBreaksAgain(IndexUnavailable):
    """The index broke twice within an hour ({reason}): replace the disk that holds `state`, then start the recorder.

    Recording goes on until then; the next start rebuilds the index from files and journal.
    """


class _Closing(Exception):
    """The archive is being closed while its index is rebuilt; the next start goes on."""


class Mender:
    """Replaces a broken index, and fills a new one in the background."""

    def __init__(
        self,
        *,
        state: Path,
        key: Ed25519PublicKey,
        index: Index,
        volumes: Sequence[Volume],
        clock: Clock,
        settled_seq: SettledSeq,
        notify: Callable[..., None],
    ) -> None:
        self._state = state
        self._key = key
        self._index = index
        self._volumes = [(volume.path, volume.marker) for volume in volumes if volume.marker is not None]
        self._clock = clock
        self._settled_seq = settled_seq
        self._notify = notify
        self._writer: IndexWriter | None = None
        self._replaced_mono_us: int | None = None
        self._thread: threading.Thread | None = None
        self._is_closing = False

    def attach(self, writer: IndexWriter) -> None:
        """The thread that changes rows."""
        self._writer = writer

    # -- the background ----------------------------------------------------------------------------------------------

    def fill(self, borders: Mapping[str, int] | None = None) -> None:
        """Adopt what lies on the volumes and has no row; up to each stream's border, unexplained time is named."""
        if self._is_closing:
            return
        before = self._thread
        self._thread = threading.Thread(target=self._fill, args=(borders, before), name="rebuild", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until an index that was lost is whole again."""
        while (thread := self._thread) is not None and thread.is_alive():
            thread.join()

    def close(self) -> None:
        """Leave the rest to the next start."""
        self._is_closing = True
        self.wait()

    def _fill(self, borders: Mapping[str, int] | None, before: threading.Thread | None) -> None:
        if before is not None:
            before.join()
        writer = self._writer
        assert writer is not None
        places = [Place(marker.uuid, path) for path, marker in self._volumes]
        rebuild = Rebuild(places, writer.call, self._index.query, self._is_settled)
        try:
            rebuild.adopt_all(self._count, borders=self._borders() if borders is None else borders)
            writer.call(lambda transaction: set_complete(transaction.connection))
        except _Closing:
            return
        except (Error, sqlite3.Error) as error:
            self._notify("archive:index:incomplete", alarm=True, reason=str(error))
            return
        self._notify("archive:index:rebuilt", **rebuild.report.as_dict())

    def _is_settled(self, file: SegmentFile) -> bool:
        return file.seq <= self._settled_seq(file.stream)

    def _count(self, _: int) -> None:
        if self._is_closing:
            raise _Closing

    # -- in the index thread -----------------------------------------------------------------------------------------

    def replace(self, broken: sqlite3.Connection, journal: Journal, reason: str) -> sqlite3.Connection:
        """A new index in the place of one whose file is damaged; nobody reads meanwhile, older files follow."""
        now_us, path = self._clock.mono_us(), self._state / INDEX_NAME
        if self._replaced_mono_us is not None and now_us - self._replaced_mono_us < PAUSE_US:
            if path.exists():
                move_aside(path, reason)  # open as it is; the next start finds none and makes a new one
            raise IndexBreaksAgain(reason=reason)
        self._replaced_mono_us = now_us
        uses = _ticket_uses(broken)
        with self._index.exchanged():
            # Only now may the file change its name: SQLite deletes by name what belongs to a connection that closes.
            broken.close()
            name, alarm, facts = move_aside(path, reason)
            self._notify(name, alarm=alarm, **facts)
            connection, volumes = self._begin(path, journal, uses)
            self._index.attach(self._writer, volumes)
        self.fill()
        return connection

    def _begin(
        self, path: Path, journal: Journal, uses: list[tuple[int, str]]
    ) -> tuple[sqlite3.Connection, dict[int, Path]]:
        """The new index: what the journal says, and what neither it nor a segment's file does."""

        def put(transaction: Transaction) -> dict[int, Path]:
            adopt_checkpoints(transaction, self._state / CHECKPOINT_FOLDER, self._key)
            transaction.connection.executemany("INSERT INTO ticket_use VALUES (?, ?)", uses)
            return {
                put_volume(transaction.connection, marker.uuid, marker.generation, str(folder.absolute())): folder
                for folder, marker in self._volumes
            }

        with contextlib.ExitStack() as undo:
            connection = undo.enter_context(contextlib.closing(connect(path)))
            prepare(connection, path)
            replay(connection, self._state / JOURNAL_NAME)
            volumes = run_at_once(connection, journal, put)
            undo.pop_all()
        return connection, volumes

    def _borders(self) -> dict[str, int]:
        """What is being written gets its row from who writes it."""
        now_us = self._clock.wall_us()
        streams = [info.name for info in self._index.streams()]
        spans = {name: [view.start_us for view, _ in self._index.live_spans(name)] for name in streams}
        return {name: min(starts, default=now_us) for name, starts in spans.items()}


def _ticket_uses(connection: sqlite3.Connection) -> list[tuple[int, str]]:
    """What web has not acknowledged yet, as far as it can still be read."""
    with contextlib.suppress(sqlite3.Error):
        connection.execute("ROLLBACK")
    found: list[tuple[int, str]] = []
    with contextlib.suppress(sqlite3.Error):
        for row in connection.execute("SELECT id, body FROM ticket_use ORDER BY id"):
            found.append(row)
    return found
