"""Questions to the index: segments, gaps, streams, holds, events. Answers include what is in memory only.

Usable from any thread: each has a read-only connection of its own. Nothing here changes a row; changes go through the
index thread and return when they are durable.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
import threading
from collections.abc import Iterator
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Any, NamedTuple

from nangmai.archive import overview
from nangmai.archive.index_writer import IndexWriter, is_damage
from nangmai.archive.open_segment import OpenSegment
from nangmai.archive.records import SegmentView
from nangmai.archive.schema import connect
from nangmai.archive.segment_file import segment_path
from nangmai.archive.timeline import Gap, Timeline
from nangmai.base.clock import Clock
from nangmai.base.errors import Error, Kind


class StreamUnknown(Error):
    """There is no stream {stream!r} in this archive."""

    kind = Kind.NOT_FOUND


class IndexBroken(Error):
    """The index cannot be read ({reason}). A running recorder replaces it; otherwise run `nangmai reindex`.

    The footage itself is not touched.
    """

    kind = Kind.CORRUPT


class StreamInfo(NamedTuple):
    """A stream that was ever configured."""

    id: int
    name: str
    camera: str
    kind: str
    since_us: int


class Init(NamedTuple):
    """An init segment with what is said about it."""

    id: str
    bytes: bytes
    video: dict[str, Any] | None
    audio: dict[str, Any] | None


class Hold(NamedTuple):
    """Footage of a camera that nothing may delete."""

    id: str
    camera: str
    from_us: int
    to_us: int
    reason: str


class Event(NamedTuple):
    """Something that happened to the archive; alarms need a person."""

    id: int
    at_us: int
    name: str
    alarm: bool
    facts: dict[str, Any]


_SEGMENT = """SELECT seq, start_us, end_us, init_id, state, end_reason, size_bytes, fragments, volume_id
FROM segment """
#: starts with the segment that may reach into the interval, then walks the index in order of time
_FROM = "coalesce((SELECT max(start_us) FROM segment WHERE stream_id = ?1 AND start_us <= ?2), ?2)"


class Index:
    """The read side."""

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._local = threading.local()
        self._connections: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._generation = 0
        self._volumes: dict[int, Path] = {}
        self._streams: dict[str, StreamInfo] = {}
        self._live: dict[str, dict[int, OpenSegment]] = {}
        self._timelines: dict[str, Timeline] = {}
        self._writer: IndexWriter | None = None
        self._turn = threading.Condition()
        self._readers = 0
        self._is_exchanged = False

    # -- set up by the archive ---------------------------------------------------------------------------------------

    def attach(self, writer: IndexWriter | None, volumes: dict[int, Path]) -> None:
        """The thread that changes rows, and where the volumes are mounted."""
        self._writer = writer
        self._volumes = volumes

    def add_live(self, segment: OpenSegment) -> None:
        """From now on its fragments can be read."""
        with self._lock:
            self._live.setdefault(segment.stream, {})[segment.seq] = segment

    def drop_live(self, segment: OpenSegment) -> None:
        """Its row says everything now, or it does not exist."""
        with self._lock:
            self._live.get(segment.stream, {}).pop(segment.seq, None)

    def add_timeline(self, stream: str, timeline: Timeline) -> None:
        """The gap record of a stream, as far as it is in memory."""
        self._timelines[stream] = timeline

    @contextlib.contextmanager
    def exchanged(self) -> Iterator[None]:
        """While another file takes the index's place nobody reads; then everybody opens the new one."""
        with self._turn:
            self._is_exchanged = True
            self._turn.wait_for(lambda: not self._readers)
        try:
            self.close()
            self._streams = {}
            yield
        finally:
            with self._turn:
                self._is_exchanged = False
                self._turn.notify_all()

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._connections:
                connection.close()
            self._connections.clear()
            self._generation += 1

    # -- streams and their parameters --------------------------------------------------------------------------------

    def streams(self) -> list[StreamInfo]:
        """Every stream that was ever configured, by name."""
        rows = self.query("SELECT id, name, camera, kind, since_us FROM stream ORDER BY name")
        return [StreamInfo._make(row) for row in rows]

    def stream(self, name: str) -> StreamInfo:
        """One stream."""
        if name not in self._streams:
            self._streams = {info.name: info for info in self.streams()}
        try:
            return self._streams[name]
        except KeyError as error:
            raise StreamUnknown(stream=name) from error

    def init(self, init_id: str) -> Init | None:
        """The init segment of that id."""
        for _, segment in self._live_segments():
            if segment.init.id == init_id:
                return _init(segment.init.id, segment.init.bytes, segment.init.description)
        rows = self.query("SELECT id, bytes, description FROM init WHERE id = ?", init_id)
        return _init(*rows[0]) if rows else None

    # -- footage -----------------------------------------------------------------------------------------------------

    def segments(self, stream: str, from_us: int, to_us: int) -> Iterator[SegmentView]:
        """Segments that touch `[from_us, to_us)`, in order, the open one included."""
        info = self.stream(stream)
        live = {segment.seq: segment.view() for _, segment in self._live_segments(stream)}
        rows = self.query(
            _SEGMENT + f"WHERE stream_id = ?1 AND start_us >= {_FROM} AND start_us < ?3 AND state <> 'deleting' "
            "ORDER BY start_us",
            info.id,
            from_us,
            to_us,
        )
        found = [self._view(stream, row) for row in rows if row[0] not in live]
        found += live.values()
        return iter(
            sorted(
                (view for view in found if view.start_us < to_us and view.end_us > from_us), key=lambda view: view.seq
            )
        )

    def segment(self, stream: str, seq: int) -> SegmentView | None:
        """Segment number `seq`."""
        live = self._live.get(stream, {}).get(seq)
        if live is not None:
            return live.view()
        info = self.stream(stream)
        rows = self.query(_SEGMENT + "WHERE id = (? << 32) + ? AND state <> 'deleting'", info.id, seq)
        return self._view(stream, rows[0]) if rows else None

    def segment_at(self, stream: str, at_us: int) -> SegmentView | None:
        """The segment that holds `at_us`, or the last one before it."""
        info = self.stream(stream)
        live = [segment for _, segment in self._live_segments(stream) if segment.start_us <= at_us]
        if live:
            return max(live, key=lambda segment: segment.seq).view()
        rows = self.query(
            _SEGMENT + "WHERE stream_id = ? AND start_us <= ? AND state = 'closed' ORDER BY start_us DESC LIMIT 1",
            info.id,
            at_us,
        )
        return self._view(stream, rows[0]) if rows else None

    def gaps(self, stream: str, from_us: int, to_us: int) -> list[Gap]:
        """Gaps that touch `[from_us, to_us)`, in order; the running one ends now."""
        info = self.stream(stream)
        timeline = self._timelines.get(stream)
        pending = timeline.pending() if timeline else []
        rows = self.query(
            "SELECT start_us, end_us, cause, detail FROM gap WHERE stream_id = ?1 AND start_us < ?3 AND start_us >= "
            "coalesce((SELECT max(start_us) FROM gap WHERE stream_id = ?1 AND start_us <= ?2), ?2) ORDER BY start_us",
            info.id,
            from_us,
            to_us,
        )
        found = {row[0]: Gap._make(row) for row in rows}
        found |= {gap.start_us: gap for gap in pending}
        if timeline is not None:
            running = next((gap for gap in pending if gap.end_us is None), None)
            for gap in [gap for gap in found.values() if gap.end_us is None and gap != running]:
                del found[gap.start_us]
        now_us = self._clock.wall_us()
        closed = [
            gap._replace(end_us=max(now_us, gap.start_us)) if gap.end_us is None else gap for gap in found.values()
        ]
        return sorted(gap for gap in closed if gap.start_us < to_us and (gap.end_us or 0) > from_us)

    def recorded(self, stream: str, from_us: int, to_us: int) -> list[tuple[int, int]]:
        """What is recorded and still there, neighbours joined."""
        return overview.recorded(self, stream, from_us, to_us)

    def activity(self, stream: str, from_us: int, to_us: int, buckets: int) -> list[int | None]:
        """The highest activity in each of `buckets` equal parts; None where nothing is recorded."""
        return overview.activity(self, stream, from_us, to_us, buckets)

    def completeness(self, stream: str, from_us: int, to_us: int, zone: tzinfo = UTC) -> list[overview.Day]:
        """Recorded time and gaps by cause, day by day of `zone`."""
        return overview.completeness(self, stream, from_us, to_us, zone)

    def summary(self) -> list[overview.StreamSummary]:
        """Oldest, newest and size of every stream."""
        return overview.summary(self)

    # -- holds, events, outbox ---------------------------------------------------------------------------------------

    def holds(self, camera: str | None = None) -> list[Hold]:
        """All holds, or those on one camera."""
        rows = self.query("SELECT id, camera, from_us, to_us, reason FROM hold ORDER BY id")
        return [Hold._make(row) for row in rows if camera in (None, row[1])]

    def add_hold(self, hold: Hold) -> None:
        """Nothing may delete this footage; returns when that is durable."""
        self._change(lambda transaction: transaction.journal("hold_added", **hold._asdict()))

    def remove_hold(self, hold_id: str) -> None:
        """The footage follows its retention again."""
        self._change(lambda transaction: transaction.journal("hold_removed", id=hold_id))

    def events(self, after_id: int = 0, limit: int = 1000) -> list[Event]:
        """Events after the one of that number, oldest first."""
        rows = self.query(
            "SELECT id, at_us, name, alarm, facts FROM event WHERE id > ? ORDER BY id LIMIT ?", after_id, limit
        )
        return [Event(row[0], row[1], row[2], bool(row[3]), json.loads(row[4])) for row in rows]

    def add_ticket_use(self, use: dict[str, Any]) -> None:
        """Put a use of a ticket into the outbox; does not wait."""
        body = json.dumps(use, ensure_ascii=False)
        if self._writer is not None:
            self._writer.submit(
                lambda transaction: (
                    transaction.connection.execute("INSERT INTO ticket_use (body) VALUES (?)", (body,)) and None
                )
            )

    def ticket_uses(self, limit: int = 1000) -> list[tuple[int, dict[str, Any]]]:
        """The oldest uses that web has not acknowledged, with their numbers."""
        rows = self.query("SELECT id, body FROM ticket_use ORDER BY id LIMIT ?", limit)
        return [(row[0], json.loads(row[1])) for row in rows]

    def acknowledge_ticket_uses(self, up_to_id: int) -> None:
        """Web has these."""
        self._change(
            lambda transaction: (
                transaction.connection.execute("DELETE FROM ticket_use WHERE id <= ?", (up_to_id,)) and None
            )
        )

    def checkpoints(self, after: int = 0, limit: int = 100) -> list[tuple[int, str]]:
        """Numbers and texts of the signed checkpoints after that number."""
        rows = self.query("SELECT number, note FROM checkpoint WHERE number > ? ORDER BY number LIMIT ?", after, limit)
        return [(row[0], row[1]) for row in rows]

    def now_us(self) -> int:
        """The moment up to which the record reaches."""
        return self._clock.wall_us()

    def live_spans(self, stream: str) -> list[tuple[SegmentView, int]]:
        """Segments that are in memory only, with their highest activity."""
        return [(segment.view(), segment.activity) for _, segment in self._live_segments(stream)]

    def first_live_seq(self, stream: str) -> int | None:
        """The lowest number whose row does not say everything yet."""
        return min((segment.seq for _, segment in self._live_segments(stream)), default=None)

    # -- inside ------------------------------------------------------------------------------------------------------

    def query(self, text: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of a read-only statement, on this thread's connection."""
        generation = self._generation
        try:
            with self._reading():
                generation = self._generation
                return self._connection().execute(text, values).fetchall()
        except sqlite3.Error as error:
            self._report(error, generation)
            raise IndexBroken(reason=str(error)) from error

    def _report(self, error: sqlite3.Error, generation: int) -> None:
        """Damage is the index thread's business, unless the file that was read has been replaced meanwhile."""
        with self._lock:
            if is_damage(error) and generation == self._generation and self._writer is not None:
                self._writer.report_damage(str(error))

    @contextlib.contextmanager
    def _reading(self) -> Iterator[None]:
        with self._turn:
            self._turn.wait_for(lambda: not self._is_exchanged)
            self._readers += 1
        try:
            yield
        finally:
            with self._turn:
                self._readers -= 1
                self._turn.notify_all()

    def _connection(self) -> sqlite3.Connection:
        local = self._local
        if getattr(local, "generation", None) != self._generation:
            connection = connect(self._path, read_only=True)
            with self._lock:
                self._connections.append(connection)
                local.connection, local.generation = connection, self._generation
        connection = local.connection
        assert isinstance(connection, sqlite3.Connection)
        return connection

    def _live_segments(self, stream: str | None = None) -> list[tuple[int, OpenSegment]]:
        with self._lock:
            chosen = self._live.values() if stream is None else [self._live.get(stream, {})]
            return [item for segments in chosen for item in segments.items()]

    def _view(self, stream: str, row: tuple[Any, ...]) -> SegmentView:
        seq, start_us, end_us, init_id, state, end_reason, size_bytes, packed, volume_id = row
        path = segment_path(self._volumes[volume_id], stream, seq)
        end_us = start_us if end_us is None else end_us
        return SegmentView(stream, seq, path, start_us, end_us, init_id, state, end_reason, size_bytes, packed)

    def _change(self, operation: Any) -> None:
        if self._writer is not None:
            self._writer.call(operation)


def _init(init_id: str, init: bytes, description: str) -> Init:
    with contextlib.suppress(ValueError):
        said = json.loads(description)
        return Init(init_id, init, said.get("video"), said.get("audio"))
    return Init(init_id, init, None, None)
