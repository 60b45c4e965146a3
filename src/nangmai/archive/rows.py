"""What is written to the index: segment rows, and the effect of each journal entry.

The same functions serve the running recorder, the replay after a crash and `nangmai reindex`: the three cannot differ.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Any, NamedTuple

from nangmai.archive.journal import Entry
from nangmai.base.canonical import canonical_json
from nangmai.base.units import utc_from_us

SEQ_BITS = 32


@dataclass(slots=True)
class InitRow:
    """An init segment and what is said about it."""

    id: str
    sha256: bytes
    bytes: bytes
    description: str


@dataclass(slots=True)
class SegmentRow:
    """One row of `segment`, under the stream's and volume's names instead of their numbers."""

    stream: str
    seq: int
    volume: str
    start_us: int
    end_us: int | None
    start_mono_us: int
    boot_id: str
    init_id: str
    size_bytes: int
    pictures: int
    duration_90k: int
    activity: int
    damaged_us: int
    end_reason: str | None
    state: str
    chain_head: bytes | None
    previous_chain: bytes
    fragments: bytes


_UPSERT_SEGMENT = """
INSERT INTO segment VALUES (:stream_id << 32 | :seq, :stream_id, :seq, :volume_id, :start_us, :end_us, :start_mono_us,
    :boot_id, :init_id, :size_bytes, :pictures, :duration_90k, :activity, :damaged_us, :end_reason, :state, :chain_head,
    :previous_chain, :fragments)
ON CONFLICT (id) DO UPDATE SET volume_id = excluded.volume_id, start_us = excluded.start_us, end_us = excluded.end_us,
    size_bytes = excluded.size_bytes, pictures = excluded.pictures, duration_90k = excluded.duration_90k,
    activity = excluded.activity, damaged_us = excluded.damaged_us, end_reason = excluded.end_reason,
    state = excluded.state, chain_head = excluded.chain_head, previous_chain = excluded.previous_chain,
    fragments = excluded.fragments, start_mono_us = excluded.start_mono_us, boot_id = excluded.boot_id,
    init_id = excluded.init_id
"""


def stream_id(connection: sqlite3.Connection, name: str) -> int:
    """The number of a stream that exists."""
    return int(connection.execute("SELECT id FROM stream WHERE name = ?", (name,)).fetchone()[0])


class Link(NamedTuple):
    """The end of what came before a segment: another one, or the last that was deleted."""

    seq: int
    chain_head: bytes | None
    is_cut: bool  #: ended by a disk or a crash, so that its end box may be younger than the next file
    volume_id: int
    fragments: bytes


def previous_link(connection: sqlite3.Connection, stream: int, seq: int) -> Link | None:
    """What segment `seq` of a stream has to link to."""
    row = connection.execute(
        "SELECT seq, chain_head, end_reason IN ('disk', 'crash') OR state = 'open', volume_id, fragments FROM segment "
        "WHERE id < (?1 << 32) + ?2 AND id >= ?1 << 32 UNION ALL "
        "SELECT last_seq, chain_head, 0, 0, x'' FROM deletion WHERE stream_id = ?1 AND last_seq < ?2 "
        "ORDER BY seq DESC LIMIT 1",
        (stream, seq),
    ).fetchone()
    return Link(row[0], row[1], bool(row[2]), row[3], row[4]) if row else None


def put_segment(connection: sqlite3.Connection, row: SegmentRow) -> None:
    """Insert a segment, or bring its row up to date."""
    volume = connection.execute("SELECT id FROM volume WHERE uuid = ?", (row.volume,)).fetchone()[0]
    values: dict[str, Any] = {name: getattr(row, name) for name in SegmentRow.__slots__}
    values |= {"stream_id": stream_id(connection, row.stream), "volume_id": volume}
    connection.execute(_UPSERT_SEGMENT, values)


def put_init(connection: sqlite3.Connection, row: InitRow) -> None:
    """Insert an init segment once."""
    connection.execute(
        "INSERT OR IGNORE INTO init VALUES (?, ?, ?, ?)", (row.id, row.sha256, row.bytes, row.description)
    )


def put_volume(connection: sqlite3.Connection, uuid: str, generation: int, path: str) -> int:
    """Remember a volume and where it was seen; returns its number."""
    connection.execute(
        "INSERT INTO volume (uuid, generation, path) VALUES (?, ?, ?) "
        "ON CONFLICT (uuid) DO UPDATE SET generation = excluded.generation, path = excluded.path",
        (uuid, generation, path),
    )
    return int(connection.execute("SELECT id FROM volume WHERE uuid = ?", (uuid,)).fetchone()[0])


def set_meta(connection: sqlite3.Connection, key: str, value: object) -> None:
    """Keep a small fact."""
    connection.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value", (key, str(value))
    )


def get_meta(connection: sqlite3.Connection, key: str, default: str = "") -> str:
    """A small fact that was kept."""
    found = connection.execute("SELECT value FROM meta WHERE key = ?", (key,)).fetchone()
    return str(found[0]) if found else default


def apply_entry(connection: sqlite3.Connection, entry: Entry) -> None:
    """The effect of a journal entry on the index; applying it twice is the same as once."""
    _APPLY[entry["kind"]](connection, entry)


def _apply_stream(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute(
        "INSERT INTO stream (name, camera, kind, since_us) VALUES (:name, :camera, :stream_kind, :since_us) "
        "ON CONFLICT (name) DO UPDATE SET camera = excluded.camera, kind = excluded.kind, since_us = excluded.since_us",
        entry,
    )


def _apply_gap(connection: sqlite3.Connection, entry: Entry) -> None:
    values = (entry["start_us"], entry["end_us"], entry["cause"], entry["detail"])
    connection.execute(
        "INSERT INTO gap VALUES (?, ?, ?, ?, ?) ON CONFLICT (stream_id, start_us) DO UPDATE "
        "SET end_us = excluded.end_us, cause = excluded.cause, detail = excluded.detail",
        (stream_id(connection, entry["stream"]), *values),
    )


def _apply_gap_gone(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute(
        "DELETE FROM gap WHERE stream_id = ? AND start_us = ?",
        (stream_id(connection, entry["stream"]), entry["start_us"]),
    )


def _apply_chain_break(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO chain_break VALUES (?, ?, ?)",
        (stream_id(connection, entry["stream"]), entry["seq"], entry["reason"]),
    )


def _apply_hold_added(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute("INSERT OR REPLACE INTO hold VALUES (:id, :camera, :from_us, :to_us, :reason)", entry)


def _apply_hold_removed(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute("DELETE FROM hold WHERE id = :id", entry)


def _apply_event(connection: sqlite3.Connection, entry: Entry) -> None:
    connection.execute(
        "INSERT INTO event (at_us, name, alarm, facts) VALUES (?, ?, ?, ?)",
        (entry["at_us"], entry["name"], int(entry["alarm"]), canonical_json(entry["facts"]).decode()),
    )


def _apply_deleted(connection: sqlite3.Connection, entry: Entry) -> None:
    stream = stream_id(connection, entry["stream"])
    day = utc_from_us(entry["at_us"]).date().isoformat()
    for run in entry["runs"]:
        values = {**run, "stream": stream, "day": day, "reason": entry["reason"]}
        values |= {name: bytes.fromhex(run[name]) for name in ("previous_chain", "chain_head")}
        joined = connection.execute(
            "UPDATE deletion SET last_seq = :last_seq, segments = segments + :segments, bytes = bytes + :bytes, "
            "last_us = :last_us, chain_head = :chain_head WHERE stream_id = :stream AND first_seq = "
            "(SELECT max(first_seq) FROM deletion WHERE stream_id = :stream AND first_seq < :first_seq) "
            "AND last_seq < :first_seq AND chain_head = :previous_chain AND day = :day AND reason = :reason",
            values,
        )
        if not joined.rowcount:
            connection.execute(
                "INSERT OR REPLACE INTO deletion VALUES (:stream, :first_seq, :last_seq, :day, :segments, :bytes, "
                ":first_us, :last_us, :previous_chain, :chain_head, :reason)",
                values,
            )
        connection.execute(
            "DELETE FROM segment WHERE id BETWEEN (? << 32) + ? AND (? << 32) + ?",
            (stream, run["first_seq"], stream, run["last_seq"]),
        )


_APPLY = {
    "stream": _apply_stream,
    "gap": _apply_gap,
    "gap_gone": _apply_gap_gone,
    "chain_break": _apply_chain_break,
    "hold_added": _apply_hold_added,
    "hold_removed": _apply_hold_removed,
    "event": _apply_event,
    "deleted": _apply_deleted,
}
