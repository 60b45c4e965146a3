"""Rebuilds the index from files and journal: offline as `nangmai reindex`, or behind a recorder that lost its index.

Adopts every file that says what it is; deletes none. The old index is kept beside the new one.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nangmai.archive.adoption import SegmentFile, adopt, segment_files, stream_folders
from nangmai.archive.checkpoints import CHECKPOINT_FOLDER, adopt_checkpoints
from nangmai.archive.index_file import INDEX_NAME, JOURNAL_NAME, set_complete
from nangmai.archive.index_writer import Transaction, replay, run_at_once
from nangmai.archive.journal import Journal
from nangmai.archive.keys import load_public_key
from nangmai.archive.opening import state_folder
from nangmai.archive.recovery import Place, declare_stream, fill_holes, put_adopted
from nangmai.archive.rows import put_volume
from nangmai.archive.schema import connect, prepare
from nangmai.archive.volume import lock_path, read_marker, sync_folder

REPLACED_NAME = "index.sqlite3.replaced"
_NEW_NAME = "index.sqlite3.new"
_BATCH = 500

Progress = Callable[[int], None]
#: runs an operation as one commit
Run = Callable[[Callable[[Transaction], None]], object]
Query = Callable[..., list[tuple[Any, ...]]]


@dataclass
class ReindexReport:
    """What a rebuild found."""

    streams: int = 0
    segments: int = 0
    recovered: int = 0  #: files that a crash had left open
    refused: list[str] = field(default_factory=list)  #: files that do not say what they are, left where they lie

    def as_dict(self) -> dict[str, Any]:
        """The form of `nangmai reindex --json`."""
        return {
            "streams": self.streams,
            "segments": self.segments,
            "recovered": self.recovered,
            "refused": self.refused,
        }


def reindex(
    volumes: Sequence[Path],
    *,
    state: Path | None = None,
    on_total: Progress = lambda _: None,
    on_done: Progress = lambda _: None,
) -> ReindexReport:
    """Build a new index beside the old one and put it in its place. The recorder must not run."""
    folder = state_folder(volumes, state)
    key = load_public_key(folder)
    new, index = folder / _NEW_NAME, folder / INDEX_NAME
    with ExitStack() as stack:
        for path in (folder, *(volume / "volume.json" for volume in volumes)):
            stack.callback(os.close, lock_path(path))
        markers = {path: read_marker(path, key) for path in volumes}
        _remove(new)
        connection = stack.enter_context(closing(connect(new)))
        prepare(connection, new)
        journal = Journal(folder / JOURNAL_NAME, replay(connection, folder / JOURNAL_NAME))
        stack.callback(journal.close)
        places = {
            put_volume(connection, marker.uuid, marker.generation, str(path.absolute())): Place(marker.uuid, path)
            for path, marker in markers.items()
        }
        rebuild = Rebuild(
            places.values(),
            lambda operation: run_at_once(connection, journal, operation),
            lambda text, *values: connection.execute(text, values).fetchall(),
        )
        on_total(sum(1 for _ in rebuild.files()))
        rebuild.adopt_all(on_done)
        set_complete(connection)
        notes = folder / CHECKPOINT_FOLDER
        run_at_once(connection, journal, lambda transaction: adopt_checkpoints(transaction, notes, key))
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.execute("PRAGMA journal_mode = DELETE")
    _replace(index, new)
    return rebuild.report


def _replace(index: Path, new: Path) -> None:
    """The old index is kept under another name, with the parts that SQLite left beside it."""
    old = index.with_name(REPLACED_NAME)
    _remove(old)
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{index}{suffix}").rename(f"{old}{suffix}")
    new.rename(index)
    sync_folder(index.parent)


def _remove(path: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


class Rebuild:
    """Adopts every file that has no row yet."""

    def __init__(
        self, places: Iterable[Place], run: Run, query: Query, is_settled: Callable[[SegmentFile], bool] | None = None
    ) -> None:
        self._places = list(places)
        self._run = run
        self._query = query
        self._is_settled = is_settled  # asked at the last moment: a file that is being written must not be closed here
        self.report = ReindexReport()

    def files(self) -> Iterator[tuple[SegmentFile, Place]]:
        """Every segment file, streams by name, numbers in order on each volume."""
        names = {name for place in self._places for name in stream_folders(place.path)}
        for name in sorted(names):
            for place in self._places:
                for file in segment_files(place.path, name):
                    yield file, place

    def adopt_all(self, on_done: Progress, *, borders: Mapping[str, int] | None = None) -> None:
        """Rows for all files; then the time that nothing accounts for is named, up to each stream's border."""
        known = {row[0] for row in self._query("SELECT name FROM stream")}
        batch: list[tuple[SegmentFile, Place]] = []
        for file, place in self.files():
            if file.stream not in known:
                self._declare(file.stream)
                known.add(file.stream)
            batch.append((file, place))
            if len(batch) >= _BATCH:
                self._adopt_batch(batch, on_done)
                batch = []
        self._adopt_batch(batch, on_done)
        for name in sorted(known):
            self._run(partial(_fill, stream=name, to_us=1 << 62 if borders is None else borders.get(name, 0)))
        self.report.streams = len(known)

    def _declare(self, stream: str) -> None:
        def declare(transaction: Transaction) -> None:
            declare_stream(transaction, stream, self._places)

        self._run(declare)

    def _adopt_batch(self, batch: list[tuple[SegmentFile, Place]], on_done: Progress) -> None:
        adopted = [adopt(file, place.uuid) for file, place in batch if self._is_orphan(file)]
        for item in adopted:
            if item.row is None:
                self.report.refused.append(item.fault or str(item.file.path))
            else:
                self.report.segments += 1
                self.report.recovered += item.cut_bytes > 0

        def put(transaction: Transaction) -> None:
            for item in adopted:
                put_adopted(transaction, item)

        if adopted:
            self._run(put)
        on_done(len(batch))

    def _is_orphan(self, file: SegmentFile) -> bool:
        if self._is_settled is not None and not self._is_settled(file):
            return False
        found = "SELECT 1 FROM segment WHERE id = ((SELECT id FROM stream WHERE name = ?) << 32) + ?"
        return not self._query(found, file.stream, file.seq)


def _fill(transaction: Transaction, *, stream: str, to_us: int) -> None:
    known = transaction.connection.execute("SELECT 1 FROM stream WHERE name = ?", (stream,)).fetchone()
    if known:
        fill_holes(transaction, stream, to_us)
