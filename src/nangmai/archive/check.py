"""`nangmai check`: do rows, files, hashes, chain, time, checkpoints and markers agree? (docs/design/archive.md)

Reads only, in one snapshot of the index, also while the recorder runs: what is still open is no fault.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nangmai.archive.adoption import segment_files, stream_folders
from nangmai.archive.check_record import RecordCheck
from nangmai.archive.index import IndexBroken
from nangmai.archive.index_file import INDEX_NAME, JOURNAL_NAME
from nangmai.archive.keys import load_public_key
from nangmai.archive.opening import state_folder
from nangmai.archive.rows import SegmentRow
from nangmai.archive.schema import connect
from nangmai.archive.segment_file import segment_path
from nangmai.archive.verify import REINDEX, Fault, SegmentCheck
from nangmai.archive.volume import VolumeUnknown, VolumeUnwritable, read_marker
from nangmai.base.errors import Error

_AHEAD = 64

_ROWS = """
SELECT seq, start_us, end_us, start_mono_us, boot_id, init_id, size_bytes, pictures, duration_90k, activity, damaged_us,
    end_reason, state, chain_head, previous_chain, fragments, volume.uuid
FROM segment JOIN volume ON volume.id = volume_id
WHERE segment.id BETWEEN ?1 << 32 AND ((?1 + 1) << 32) - 1 ORDER BY segment.id
"""

Progress = Callable[[int], None]


@dataclass
class CheckReport:
    """What was looked at, and what does not hold."""

    segments: int = 0
    open_segments: int = 0
    fragments: int = 0
    bytes: int = 0
    checkpoints: int = 0
    is_quick: bool = False
    is_recording: bool = False
    faults: list[Fault] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  #: recorded losses, which are no faults

    def as_dict(self) -> dict[str, object]:
        """The form of `nangmai check --json`."""
        return {
            "ok": not self.faults,
            "segments": self.segments,
            "open_segments": self.open_segments,
            "fragments": self.fragments,
            "bytes": self.bytes,
            "checkpoints": self.checkpoints,
            "quick": self.is_quick,
            "recording": self.is_recording,
            "faults": [fault._asdict() for fault in self.faults],
            "notes": self.notes,
        }


def check_archive(
    volumes: Sequence[Path],
    *,
    state: Path | None = None,
    is_quick: bool = False,
    now_us: int,
    on_total: Progress = lambda _: None,
    on_done: Progress = lambda _: None,
) -> CheckReport:
    """Verify the invariants I1-I7; `on_total` and `on_done` count segments."""
    folder = state_folder(volumes, state)
    key = load_public_key(folder)
    try:
        with closing(connect(folder / INDEX_NAME, read_only=True)) as connection:
            connection.execute("BEGIN")
            check = _Check(connection, folder, key, is_quick, now_us)
            check.run(volumes, on_total, on_done)
            return check.report
    except sqlite3.Error as error:
        raise IndexBroken(reason=str(error)) from error


class _Check:
    def __init__(
        self, connection: sqlite3.Connection, state: Path, key: Ed25519PublicKey, is_quick: bool, now_us: int
    ) -> None:
        self._connection = connection
        self._state = state
        self._key = key
        self._now_us = now_us
        self.report = CheckReport(is_quick=is_quick, is_recording=_is_locked(state))
        self._streams: dict[int, str] = dict(connection.execute("SELECT id, name FROM stream ORDER BY id"))
        self._paths: dict[int, Path] = {}
        self._uuids: dict[int, str] = dict(connection.execute("SELECT id, uuid FROM volume"))

    def run(self, volumes: Sequence[Path], on_total: Progress, on_done: Progress) -> None:
        self._check_markers(volumes)
        on_total(self._connection.execute("SELECT count(*) FROM segment").fetchone()[0])
        self._check_segments(on_done)
        self._check_orphans()
        record = RecordCheck(self._connection, self._streams, self._paths, self._now_us)
        record.check_streams()
        record.check_checkpoints(self._state, self._key)
        record.check_journal(self._state / JOURNAL_NAME)
        self.report.checkpoints = record.checkpoints
        self.report.faults += record.faults
        self.report.notes += record.notes

    def _fault(self, invariant: str, what: str, remedy: str, *, stream: str | None = None, seq: int | None = None,
               path: Path | None = None) -> None:  # fmt: skip
        self.report.faults.append(Fault(invariant, stream, seq, None, str(path) if path else None, what, remedy))

    # -- I6: volumes ---------------------------------------------------------------------------------------------------

    def _check_markers(self, volumes: Sequence[Path]) -> None:
        numbers = {uuid: number for number, uuid in self._uuids.items()}
        for path in volumes:
            try:
                marker = read_marker(path, self._key)
            except (VolumeUnknown, VolumeUnwritable) as error:
                self._fault("I6", str(error), "Mount the right disk there, or restore its marker.", path=path)
                continue
            if marker.uuid in numbers:
                self._paths[numbers[marker.uuid]] = path
            else:
                self._fault("I6", "the index does not know this volume", "Open it with its recorder.", path=path)
        for number, path in self._connection.execute("SELECT id, path FROM volume"):
            if number not in self._paths:
                self._check_absent(number, Path(path))

    def _check_absent(self, number: int, path: Path) -> None:
        count = self._connection.execute("SELECT count(*) FROM segment WHERE volume_id = ?", (number,)).fetchone()[0]
        try:
            if read_marker(path, self._key).uuid == self._uuids[number]:
                self._paths[number] = path
                return
        except Error:
            pass
        if count:
            what = f"the volume last seen at {path} is not there: {count} segments cannot be checked"
            self._fault("I6", what, "Mount it and name it with --archive.", path=path)

    # -- I1, I7: segments ----------------------------------------------------------------------------------------------

    def _check_segments(self, on_done: Progress) -> None:
        workers = min(4, os.cpu_count() or 1)
        with ThreadPoolExecutor(workers, "check") as pool:
            waiting: list[Future[list[Fault]]] = []
            for row in self._rows():
                on_done(1)
                check = self._segment_check(row)
                if check is not None:
                    waiting.append(pool.submit(check.run))
                while len(waiting) > _AHEAD:
                    self._collect(waiting.pop(0))
            for future in waiting:
                self._collect(future)

    def _collect(self, future: Future[list[Fault]]) -> None:
        for fault in future.result():
            if not self._was_deleted(fault):
                self.report.faults.append(fault)

    def _was_deleted(self, fault: Fault) -> bool:
        """Whether a file that is missing has been deleted in order since the snapshot was taken."""
        if fault.path is None or fault.seq is None or Path(fault.path).exists():
            return False
        with closing(connect(self._state / INDEX_NAME, read_only=True)) as fresh:
            found = fresh.execute(
                "SELECT 1 FROM segment JOIN stream ON stream.id = stream_id "
                "WHERE name = ? AND seq = ? AND state <> 'deleting'",
                (fault.stream, fault.seq),
            ).fetchone()
        return found is None

    def _segment_check(self, row: SegmentRow) -> SegmentCheck | None:
        number = next((number for number, uuid in self._uuids.items() if uuid == row.volume), None)
        if row.state == "open":
            self.report.open_segments += 1
            if not self.report.is_recording:
                self.report.notes.append(f"{row.stream} {row.seq} was left open; the next start closes it")
            return None
        if row.state == "deleting" or number is None or number not in self._paths:
            return None
        self.report.segments += 1
        self.report.bytes += row.size_bytes
        self.report.fragments += len(row.fragments) // 40
        sha256 = self._connection.execute("SELECT sha256 FROM init WHERE id = ?", (row.init_id,)).fetchone()[0]
        path = segment_path(self._paths[number], row.stream, row.seq)
        return SegmentCheck(row, path, sha256, self.report.is_quick)

    def _rows(self) -> Iterator[SegmentRow]:
        for number, stream in self._streams.items():
            cursor = self._connection.execute(_ROWS, (number,))
            for seq, *rest, volume in cursor:
                yield SegmentRow(stream, seq, volume, *rest)

    # -- I2: files -----------------------------------------------------------------------------------------------------

    def _check_orphans(self) -> None:
        numbers = {name: number for number, name in self._streams.items()}
        for path in self._paths.values():
            for stream in stream_folders(path):
                known, newest = self._known(numbers.get(stream))
                for file in segment_files(path, stream):
                    if file.seq in known or (self.report.is_recording and file.seq > newest):
                        continue
                    remedy = "Start the recorder, which adopts it." if file.seq > newest else REINDEX
                    self._fault("I2", "this file has no row", remedy, stream=stream, seq=file.seq, path=file.path)

    def _known(self, number: int | None) -> tuple[set[int], int]:
        if number is None:
            return set(), 0
        rows = self._connection.execute("SELECT seq FROM segment WHERE stream_id = ?", (number,))
        known = {row[0] for row in rows}
        return known, max(known, default=0)


def _is_locked(state: Path) -> bool:
    """Whether a recorder has the archive open."""
    descriptor = os.open(state, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
