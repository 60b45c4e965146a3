"""The one thread that writes the index and the journal. Others hand it operations; it commits what has come together.

Order of a commit: journal lines on the disk, then the SQLite transaction. A crash between the two is mended at the next
opening by replaying the journal from where the index stands, which is why every entry may be applied twice.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from nangmai.archive.journal import Entry, Journal, Position, read_journal
from nangmai.archive.rows import apply_entry, get_meta, set_meta
from nangmai.base.errors import Error, Kind

_log = logging.getLogger(__name__)

RETRY_S = 2.0


class IndexUnavailable(Error):
    """The index cannot be written ({reason}). Recording goes on; check the disk that holds `state`."""

    kind = Kind.UNAVAILABLE


class Transaction:
    """What an operation may do: run SQL, and journal entries (which apply themselves)."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.entries: list[Entry] = []

    def journal(self, kind: str, **fields: Any) -> None:
        """Apply an entry and put it into the journal with this commit."""
        entry = {"kind": kind, **fields}
        apply_entry(self.connection, entry)
        self.entries.append(entry)


Operation = Callable[[Transaction], Any]
#: gives another connection for one whose file is damaged, or raises
Replace = Callable[[sqlite3.Connection, Journal, str], sqlite3.Connection]
_Item = tuple[Operation, "Future[Any]"]


def replay(connection: sqlite3.Connection, path: Path) -> Position:
    """Bring the index up to the end of the journal; returns that position."""
    position = Position(int(get_meta(connection, "journal_offset", "0")), get_meta(connection, "journal_digest"))
    connection.execute("BEGIN IMMEDIATE")
    try:
        for entry, after in read_journal(path, position):
            apply_entry(connection, entry)
            position = after
    finally:  # what stands before a break in the journal counts
        remember(connection, position)
        connection.execute("COMMIT")
    return position


def remember(connection: sqlite3.Connection, position: Position) -> None:
    """Up to where the index holds the journal; in the same transaction as the entries themselves."""
    set_meta(connection, "journal_offset", position.offset)
    set_meta(connection, "journal_digest", position.digest)


def run_at_once(connection: sqlite3.Connection, journal: Journal, operation: Operation) -> Any:
    """One operation as one commit, while no index thread runs."""
    connection.execute("BEGIN IMMEDIATE")
    transaction = Transaction(connection)
    try:
        value = operation(transaction)
        if transaction.entries:
            remember(connection, journal.append(transaction.entries))
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
    return value


def is_damage(error: BaseException) -> bool:
    """Whether the file itself is broken, so that no later try can succeed."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class IndexWriter:
    """The thread, its queue and its connection."""

    def __init__(
        self,
        connection: sqlite3.Connection,
        journal: Journal,
        tick_seconds: float,
        on_tick: Callable[[], None],
        replace: Replace,
    ) -> None:
        self._connection = connection
        self._journal = journal
        self._tick_seconds = tick_seconds
        self._on_tick = on_tick
        self._replace = replace
        self._damage: str | None = None
        self._queue: SimpleQueue[_Item | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="index", daemon=True)
        self.failure: str | None = None  #: why the last commit failed, until one succeeds

    def start(self) -> None:
        """From now on operations are carried out."""
        self._thread.start()

    def submit(self, operation: Operation) -> Future[Any]:
        """Have `operation` run and committed; never blocks. The future fails only when the operation is wrong."""
        future: Future[Any] = Future()
        self._queue.put((operation, future))
        return future

    def call(self, operation: Operation, timeout_s: float = 30) -> Any:
        """Run and commit `operation`, and wait for it. Not for the event loop."""
        try:
            return self.submit(operation).result(timeout_s)
        except TimeoutError as error:
            raise IndexUnavailable(reason=self.failure or f"no answer within {timeout_s:.0f} s") from error

    def report_damage(self, reason: str) -> None:
        """A reader has found the file broken; any thread."""
        self._damage = reason
        self.submit(lambda transaction: None)

    def close(self) -> None:
        """Commit what was handed over, then stop."""
        self._queue.put(None)
        self._thread.join()
        self._journal.close()
        self._connection.close()

    def _run(self) -> None:
        backlog: list[_Item] = []
        next_tick = time.monotonic() + self._tick_seconds
        while True:
            ended = self._gather(backlog, max(0.0, next_tick - time.monotonic()))
            if time.monotonic() >= next_tick:
                self._tick()
                next_tick = time.monotonic() + self._tick_seconds
            if backlog and not self._commit_or_replace(backlog) and not ended:
                time.sleep(RETRY_S)
            if ended:
                for _, future in backlog:
                    future.set_exception(IndexUnavailable(reason=self.failure or "the recorder stopped"))
                return

    def _gather(self, backlog: list[_Item], timeout: float) -> bool:
        """Everything that waits; True when the end mark was among it."""
        timeout = 0.0 if backlog else timeout
        with contextlib.suppress(Empty):
            while True:
                item = self._queue.get(timeout=timeout) if timeout else self._queue.get_nowait()
                if item is None:
                    return True
                backlog.append(item)
                timeout = 0.0
        return False

    def _tick(self) -> None:
        try:
            self._on_tick()
        except Exception:  # noqa: BLE001 - border of the thread: the index goes on
            _log.exception("a regular task of the index failed")

    def _commit_or_replace(self, backlog: list[_Item]) -> bool:
        """A file that turns out broken is replaced, and everything goes into the new one."""
        if self._damage is None and self._commit(backlog):
            return True
        if self._damage is None:
            return False
        reason, self._damage = self._damage, None
        try:
            self._connection = self._replace(self._connection, self._journal, reason)
        except (Error, sqlite3.Error, OSError) as error:
            if str(error) != self.failure:
                _log.error("%s", error)
            is_done = self._commit(backlog)
            self.failure = str(error)
            return is_done
        self._damage = None  # whoever said so meanwhile had read the old file
        return self._commit(backlog)

    def _commit(self, backlog: list[_Item]) -> bool:
        """All of the backlog in one transaction; on a failing disk everything stays for the next try."""
        results: list[tuple[Future[Any], Any, BaseException | None]] = []
        before = self._journal.position
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            transaction = Transaction(self._connection)
            for operation, future in backlog:
                results.append((future, *self._attempt(operation, transaction)))
            if transaction.entries:
                remember(self._connection, self._journal.append(transaction.entries))
            self._connection.execute("COMMIT")
        except (sqlite3.Error, OSError) as error:
            self._fail(error, before)
            return False
        self.failure = None
        backlog.clear()
        for future, value, problem in results:
            if problem is not None:
                future.set_exception(problem)
            else:
                future.set_result(value)
        return True

    def _attempt(self, operation: Operation, transaction: Transaction) -> tuple[Any, BaseException | None]:
        """One operation; a mistake of its own is its own, a failing disk is everybody's."""
        known = len(transaction.entries)
        self._connection.execute("SAVEPOINT operation")
        try:
            value = operation(transaction)
        except (sqlite3.OperationalError, OSError):
            raise
        except Exception as error:
            if is_damage(error):
                raise
            self._connection.execute("ROLLBACK TO operation")
            del transaction.entries[known:]
            _log.warning("an index operation failed: %s", error)
            return None, error
        self._connection.execute("RELEASE operation")
        return value, None

    def _fail(self, error: Exception, before: Position) -> None:
        with contextlib.suppress(sqlite3.Error):
            self._connection.execute("ROLLBACK")
        with contextlib.suppress(OSError):
            self._journal.cut(before)
        if self.failure is None:
            _log.error("the index cannot be written: %s", error)
        self.failure = str(error)
        if is_damage(error):
            self._damage = str(error)
