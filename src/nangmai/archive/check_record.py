"""The part of `nangmai check` that needs no footage: chain between segments, time, checkpoints, journal (I3-I5)."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nangmai.archive.adoption import last_chain
from nangmai.archive.checkpoints import CHECKPOINT_FOLDER, read_notes
from nangmai.archive.intervals import holes, overlaps
from nangmai.archive.journal import JournalBroken, read_journal
from nangmai.archive.rows import previous_link
from nangmai.archive.segment_file import segment_path
from nangmai.archive.verify import REINDEX, RESTORE, Fault
from nangmai.base.errors import Error
from nangmai.base.units import iso_from_us
from nangmai.custody.chain import CHAIN_START
from nangmai.custody.checkpoint import FIRST_PREVIOUS, Checkpoint, StreamHead, note_hash, verify_checkpoint

#: a segment that ended this shortly before a checkpoint may not have been durable yet
_CHECKPOINT_GRACE_US = 120_000_000


class RecordCheck:
    """Collects faults, and notes of losses that are on record."""

    def __init__(
        self, connection: sqlite3.Connection, streams: Mapping[int, str], paths: Mapping[int, Path], now_us: int
    ) -> None:
        self._connection = connection
        self._streams = streams
        self._paths = paths
        self._now_us = now_us
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self.checkpoints = 0

    def check_streams(self) -> None:
        """Chain and time of every stream."""
        for number, name in self._streams.items():
            self._check_links(number, name)
            self._check_time(number, name)

    def _fault(
        self,
        invariant: str,
        what: str,
        remedy: str = RESTORE,
        *,
        stream: str | None = None,
        seq: int | None = None,
        path: Path | None = None,
    ) -> None:
        self.faults.append(Fault(invariant, stream, seq, None, str(path) if path else None, what, remedy))

    # -- I3: chain -----------------------------------------------------------------------------------------------

    def _check_links(self, number: int, stream: str) -> None:
        breaks: Mapping[int, str] = dict(
            self._connection.execute("SELECT seq, reason FROM chain_break WHERE stream_id = ?", (number,))
        )
        rows = self._connection.execute(
            "SELECT seq, previous_chain, chain_head FROM segment WHERE stream_id = ? ORDER BY id",
            (number,),
        )
        chain = CHAIN_START
        for seq, previous_chain, chain_head in rows:
            if seq in breaks:
                self.notes.append(f"{stream} {seq} does not continue the one before: {breaks[seq]}")
            elif previous_chain != chain and not self._links(number, stream, seq, previous_chain):
                what = "it does not continue the segment before it, and no deletion record says why"
                self._fault("I3", what, "A file is missing or was replaced. " + RESTORE, stream=stream, seq=seq)
            chain = chain_head

    def _links(self, number: int, stream: str, seq: int, previous_chain: bytes) -> bool:
        """Whether a segment links to a deleted one, or to one whose end was written after it began."""
        before = previous_link(self._connection, number, seq)
        if before is None or previous_chain == before.chain_head:
            return before is not None
        if not before.is_cut:
            return False
        if before.volume_id not in self._paths:
            return True
        path = segment_path(self._paths[before.volume_id], stream, before.seq)
        return previous_chain == last_chain(path, before.fragments)

    # -- I4: time ------------------------------------------------------------------------------------------------

    def _check_time(self, number: int, stream: str) -> None:
        since_us = self._connection.execute("SELECT since_us FROM stream WHERE id = ?", (number,)).fetchone()[0]
        rows = self._connection.execute(
            "SELECT start_us, end_us FROM segment WHERE stream_id = ?1 UNION ALL "
            "SELECT start_us, end_us FROM gap WHERE stream_id = ?1 ORDER BY 1, 2",
            (number,),
        ).fetchall()
        # What is open reaches to what follows it: the row that says so may not be written yet.
        following = [*(after[0] for _, after in pairwise(rows)), self._now_us]
        claimed = [(start, after if end is None else end) for (start, end), after in zip(rows, following, strict=False)]
        deleted = self._connection.execute(
            "SELECT first_us, last_us FROM deletion WHERE stream_id = ?", (number,)
        ).fetchall()
        until_us = max([self._now_us, *(end for _, end in claimed)])
        for start, end in holes([*claimed, *deleted], since_us, until_us):
            what = f"nothing says what happened from {iso_from_us(start)} to {iso_from_us(end)}"
            self._fault("I4", what, REINDEX, stream=stream)
        for start, end in overlaps(claimed):
            what = f"{iso_from_us(start)} to {iso_from_us(end)} is claimed twice"
            self._fault("I4", what, REINDEX, stream=stream)

    # -- I5: checkpoints -----------------------------------------------------------------------------------------

    def check_checkpoints(self, state: Path, key: Ed25519PublicKey) -> None:
        """Signatures, order, and that every head they name is still there."""
        rows = dict(self._connection.execute("SELECT number, note FROM checkpoint ORDER BY number"))
        files = read_notes(state / CHECKPOINT_FOLDER)
        previous, newest = FIRST_PREVIOUS, None
        for number in sorted(rows.keys() | files.keys()):
            path = state / CHECKPOINT_FOLDER / f"{number}.txt"
            note = files.get(number, "")
            if number in rows and rows[number] != note:
                self._fault("I5", "this checkpoint is missing or differs from the index", path=path)
                note = rows[number]
            try:
                checkpoint = verify_checkpoint(note, key)
            except Error as error:
                self._fault("I5", str(error), path=path)
                continue
            if checkpoint.previous != previous or checkpoint.number != number:
                self._fault("I5", "it does not name the checkpoint before it", path=path)
            previous, newest = note_hash(note), checkpoint
            self.checkpoints += 1
            self._check_heads(checkpoint, path)
        if newest is not None:
            self._check_missed(newest)

    def _check_heads(self, checkpoint: Checkpoint, path: Path) -> None:
        numbers = {name: number for number, name in self._streams.items()}
        for head in checkpoint.heads:
            if not self._has_head(numbers.get(head.stream), head):
                what = f"checkpoint {checkpoint.number} names {head.stream} {head.seq}, which is gone or altered"
                self._fault("I5", what, stream=head.stream, seq=head.seq, path=path)

    def _has_head(self, number: int | None, head: StreamHead) -> bool:
        found = self._connection.execute(
            "SELECT chain_head FROM segment WHERE id = (?1 << 32) + ?2 UNION ALL SELECT NULL FROM deletion "
            "WHERE stream_id = ?1 AND ?2 BETWEEN first_seq AND last_seq",
            (number, head.seq),
        ).fetchone()
        return found is not None and found[0] in (None, head.chain)

    def _check_missed(self, newest: Checkpoint) -> None:
        """Nothing that ended well before the newest checkpoint may be missing from it."""
        named = {head.stream: head.seq for head in newest.heads}
        border_us = newest.time_us - _CHECKPOINT_GRACE_US
        for number, stream in self._streams.items():
            rows = self._connection.execute(
                "SELECT seq FROM segment WHERE id > (?1 << 32) + ?2 AND stream_id = ?1 AND state = 'closed' "
                "AND end_us < ?3 AND end_reason NOT IN ('disk', 'crash')",
                (number, named.get(stream, 0), border_us),
            )
            for (seq,) in rows:
                what = f"it should be in checkpoint {newest.number} and is not: it was added later"
                self._fault("I5", what, stream=stream, seq=seq)

    # -- journal -------------------------------------------------------------------------------------------------

    def check_journal(self, path: Path) -> None:
        """Every line continues the one before it."""
        try:
            for _ in read_journal(path):
                pass
        except JournalBroken as error:
            remedy = "Gaps, holds and deletions before that place can no longer be proven. Restore it from a copy."
            self._fault("I4", str(error), remedy, path=path)
