"""What is done at the start, before any thread runs: files that a crash left open are closed, unknown time is named.

Only rows that are open and files newer than their rows are looked at (recorder rule 16); a lost index is filled from
the newest file of each stream, the older ones follow in the background.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nangmai.archive.adoption import Adopted, SegmentFile, adopt, last_chain, segment_files, set_aside, stream_folders
from nangmai.archive.index_writer import Transaction
from nangmai.archive.records import FootageUnreadable
from nangmai.archive.rows import get_meta, previous_link, put_init, put_segment, stream_id
from nangmai.archive.scan import SegmentUnusable, find_segment
from nangmai.archive.segment_file import segment_path
from nangmai.archive.timeline import Gap

Found = tuple[str, bool, dict[str, Any]]
Interval = tuple[int, int | None, str, str]


class Place(NamedTuple):
    """A volume that can be read: its name and where it is mounted."""

    uuid: str
    path: Path


class Reconciled(NamedTuple):
    """What the start has to know and to say."""

    events: list[Found]
    last_seq: dict[str, int]
    adopted_from_us: dict[str, int]  #: per stream the start of the first file that got its row now


def reconcile(transaction: Transaction, places: Mapping[int, Place], *, is_new_index: bool) -> Reconciled:
    """Make rows and files agree where a crash may have parted them."""
    return _Reconciliation(transaction, places, is_new_index).run()


class _Reconciliation:
    def __init__(self, transaction: Transaction, places: Mapping[int, Place], is_new_index: bool) -> None:
        self._transaction = transaction
        self._connection = transaction.connection
        self._places = places
        self._is_new_index = is_new_index
        self._events: list[Found] = []
        self._last_seq: dict[str, int] = {}
        self._adopted_from_us: dict[str, int] = {}
        self._alive_us = int(get_meta(transaction.connection, "alive_us", "0"))

    def run(self) -> Reconciled:
        names = {row[0] for row in self._connection.execute("SELECT name FROM stream")}
        folders = {(name, place) for place in self._places.values() for name in stream_folders(place.path)}
        for name in sorted(names | {name for name, _ in folders}):
            if name not in names and not declare_stream(self._transaction, name, self._places.values()):
                continue
            adopted = [self._adopt(name, file, place) for file, place in self._candidates(name)]
            starts = [item.row.start_us for item in adopted if item.row]
            first_us = min(starts, default=None)
            settle_gaps(self._transaction, name, first_us, self._alive_us, is_partial=self._is_new_index)
            if first_us is not None:
                self._adopted_from_us[name] = first_us
        return Reconciled(self._events, self._last_seq, self._adopted_from_us)

    def _candidates(self, stream: str) -> list[tuple[SegmentFile, Place]]:
        """Files behind open rows, and files newer than any row, in order of their numbers."""
        number = stream_id(self._connection, stream)
        newest = self._connection.execute(
            "SELECT max(seq) FROM (SELECT max(seq) AS seq FROM segment WHERE stream_id = ?1 "
            "UNION SELECT max(last_seq) FROM deletion WHERE stream_id = ?1)",
            (number,),
        ).fetchone()[0]
        found: dict[int, tuple[SegmentFile, Place]] = {}
        for place in self._places.values():
            files = list(segment_files(place.path, stream, (newest or 0) + 1))
            if self._is_new_index:
                files = files[-1:]
            found |= {file.seq: (file, place) for file in files}
        self._last_seq[stream] = max(found, default=newest or 0)
        if self._is_new_index and found:
            found = dict([max(found.items())])
        rows = self._connection.execute(
            "SELECT seq, volume_id FROM segment WHERE state <> 'closed' AND state = 'open' AND stream_id = ?",
            (number,),
        ).fetchall()
        for seq, volume in rows:
            if volume in self._places:
                place = self._places[volume]
                found[seq] = (SegmentFile(stream, seq, segment_path(place.path, stream, seq)), place)
        return [found[seq] for seq in sorted(found)]

    def _adopt(self, stream: str, file: SegmentFile, place: Place) -> Adopted:
        limit_us = self._next_start(stream, file.seq)
        adopted = adopt(file, place.uuid, not_after_us=limit_us)
        facts: dict[str, Any] = {"stream": stream, "seq": file.seq}
        if adopted.row is None:
            self._drop(stream, file, facts | {"reason": adopted.fault})
            return adopted
        put_adopted(self._transaction, adopted)
        if not self._is_new_index:
            self._note_chain_breaks(stream, file.seq)
        if adopted.row.end_reason == "crash":
            facts |= {"fragments": len(adopted.row.fragments) // 40, "dropped_bytes": adopted.cut_bytes}
            self._events.append(("archive:segment:recovered", False, facts))
        return adopted

    def _note_chain_breaks(self, stream: str, seq: int) -> None:
        """Of a segment and the one after it: a disk that comes back shows its loss when the next is long written."""
        paths = {number: place.path for number, place in self._places.items()}
        rows = self._connection.execute(
            "SELECT seq, previous_chain, state FROM segment WHERE stream_id = ?1 AND id >= (?1 << 32) + ?2 "
            "ORDER BY id LIMIT 2",
            (stream_id(self._connection, stream), seq),
        ).fetchall()
        for found, previous_chain, state in rows:
            if state == "closed":
                note_chain_break(self._transaction, stream, found, previous_chain, paths)

    def _drop(self, stream: str, file: SegmentFile, facts: dict[str, Any]) -> None:
        try:
            done = set_aside(file) if file.path.exists() else "missing"
        except FootageUnreadable as error:  # a volume that is read-only now: its rows wait until it can be mended
            self._events.append(("archive:segment:unmended", True, facts | {"reason": str(error)}))
            return
        self._connection.execute(
            "DELETE FROM segment WHERE id = (? << 32) + ? AND state = 'open'",
            (stream_id(self._connection, stream), file.seq),
        )
        if not self._is_new_index:
            self._note_chain_breaks(stream, file.seq)
        self._events.append((f"archive:segment:{done}", done != "removed", facts))

    def _next_start(self, stream: str, seq: int) -> int | None:
        """The first moment after the segment's start of which something else is known."""
        number = stream_id(self._connection, stream)
        found = self._connection.execute(
            "SELECT min(start_us) FROM (SELECT start_us FROM segment WHERE stream_id = ?1 AND seq > ?2 UNION ALL "
            "SELECT start_us FROM gap WHERE stream_id = ?1 AND start_us > "
            "(SELECT start_us FROM segment WHERE id = (?1 << 32) + ?2))",
            (number, seq),
        ).fetchone()[0]
        return None if found is None else int(found)


def declare_stream(transaction: Transaction, name: str, places: Iterable[Place]) -> bool:
    """A stream of which only files are left: they say which camera it belongs to; False when none does."""
    for place in places:
        for file in itertools.islice(segment_files(place.path, name), 3):
            try:
                found = find_segment(file.path, verify=False)
            except SegmentUnusable:
                continue
            transaction.journal(
                "stream",
                name=name,
                camera=found.identity["camera"],
                stream_kind="sub" if name.endswith(".sub") else "main",
                since_us=found.start_us,
            )
            return True
    return False


def put_adopted(transaction: Transaction, adopted: Adopted) -> None:
    """The rows of an adopted file."""
    if adopted.init is None or adopted.row is None:
        return
    put_init(transaction.connection, adopted.init)
    put_segment(transaction.connection, adopted.row)


def note_chain_break(
    transaction: Transaction, stream: str, seq: int, previous_chain: bytes, paths: Mapping[int, Path]
) -> None:
    """Keep it in the journal when a file does not continue the one before: a power cut took that one's last bytes."""
    before = previous_link(transaction.connection, stream_id(transaction.connection, stream), seq)
    if before is None or previous_chain == before.chain_head:
        return
    if before.is_cut and before.volume_id in paths:
        path = segment_path(paths[before.volume_id], stream, before.seq)
        if previous_chain == last_chain(path, before.fragments):
            return
    reason = "the last fragments of the segment before were lost"
    transaction.journal("chain_break", stream=stream, seq=seq, reason=reason)


def settle_gaps(transaction: Transaction, stream: str, from_us: int | None, alive_us: int, *, is_partial: bool) -> None:
    """Close what was running when the recorder died, fill holes from `from_us` on, and let a gap run until now.

    `from_us` None = nothing was adopted: only the end of the record is settled. `is_partial`: what lies before is not
    in the index yet, so the time up to the first interval is left alone.
    """
    connection = transaction.connection
    number = stream_id(connection, stream)
    since_us = connection.execute("SELECT since_us FROM stream WHERE id = ?", (number,)).fetchone()[0]
    running = connection.execute(
        "SELECT min(start_us) FROM gap WHERE stream_id = ? AND end_us IS NULL", (number,)
    ).fetchone()[0]
    first_us = min((start for start in (from_us, running) if start is not None), default=None)
    items = _known_intervals(transaction, stream, first_us, 1 << 62)
    frontier_us = items[0][0] if is_partial and items else _known_until(transaction, stream, first_us, since_us)
    for (start_us, end_us, kind, detail), after in itertools.zip_longest(items, items[1:]):
        _fill(transaction, stream, frontier_us, start_us, "crash")
        if end_us is None and kind == "recorder_down" and after is None:
            return
        if end_us is None:
            end_us = after[0] if after else max(alive_us, start_us)
            if kind != "segment":
                _end_gap(transaction, stream, Gap(start_us, end_us, kind, detail))
        frontier_us = max(frontier_us, end_us)
    transaction.journal("gap", stream=stream, start_us=frontier_us, end_us=None, cause="crash", detail="")


def fill_holes(transaction: Transaction, stream: str, to_us: int) -> None:
    """After a rebuild: time of which neither files nor journal know anything becomes a gap of unknown cause."""
    since_us = transaction.connection.execute("SELECT since_us FROM stream WHERE name = ?", (stream,)).fetchone()[0]
    frontier_us = since_us
    items = _known_intervals(transaction, stream, since_us, to_us)
    for (start_us, end_us, _, _), after in itertools.zip_longest(items, items[1:]):
        _fill(transaction, stream, frontier_us, start_us, "unknown")
        if end_us is None:
            end_us = after[0] if after else start_us
        frontier_us = max(frontier_us, end_us)


def _fill(transaction: Transaction, stream: str, from_us: int, to_us: int, cause: str) -> None:
    if to_us > from_us:
        transaction.journal("gap", stream=stream, start_us=from_us, end_us=to_us, cause=cause, detail="")


def _end_gap(transaction: Transaction, stream: str, gap: Gap) -> None:
    if gap.end_us is not None and gap.end_us > gap.start_us:
        transaction.journal("gap", stream=stream, **gap._asdict())
    else:
        transaction.journal("gap_gone", stream=stream, start_us=gap.start_us)


def _known_intervals(transaction: Transaction, stream: str, from_us: int | None, to_us: int) -> list[Interval]:
    """What starts in `[from_us, to_us]`, in order: start, end (None = open), `segment`, `deleted` or cause, detail."""
    if from_us is None:
        return []
    return transaction.connection.execute(
        "SELECT start_us, end_us, 'segment', '' FROM segment WHERE stream_id = ?1 AND start_us BETWEEN ?2 AND ?3 "
        "UNION ALL SELECT first_us, last_us, 'deleted', '' FROM deletion WHERE stream_id = ?1 "
        "AND first_us BETWEEN ?2 AND ?3 "
        "UNION ALL SELECT start_us, end_us, cause, detail FROM gap WHERE stream_id = ?1 AND start_us BETWEEN ?2 AND ?3 "
        "ORDER BY 1, 2",
        (stream_id(transaction.connection, stream), from_us, to_us),
    ).fetchall()


def _known_until(transaction: Transaction, stream: str, before_us: int | None, since_us: int) -> int:
    """Up to where time is accounted for by what starts before `before_us`."""
    number = stream_id(transaction.connection, stream)
    border_us = before_us if before_us is not None else 1 << 62
    found = transaction.connection.execute(
        "SELECT max(until) FROM ("
        "SELECT end_us AS until FROM (SELECT end_us FROM segment WHERE stream_id = ?1 AND start_us < ?2 "
        "ORDER BY start_us DESC LIMIT 1) UNION ALL "
        "SELECT end_us FROM (SELECT end_us FROM gap WHERE stream_id = ?1 AND start_us < ?2 "
        "ORDER BY start_us DESC LIMIT 1) UNION ALL "
        "SELECT max(last_us) FROM deletion WHERE stream_id = ?1 AND first_us < ?2)",
        (number, border_us),
    ).fetchone()[0]
    return int(found) if found is not None else int(since_us)
