"""The archive of one recorder: its volumes, its index, its streams. This is where the parts meet.

Event loop, writer threads and index thread talk here, each through calls that do not wait for another. What is on the
disk is the truth; see docs/design/archive.md.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Literal

from nangmai.archive.index import Index
from nangmai.archive.index_writer import IndexWriter, Transaction
from nangmai.archive.keys import public_hex
from nangmai.archive.open_segment import OpenSegment
from nangmai.archive.opening import Opened, open_parts, stream_start, stream_timeline
from nangmai.archive.retention import RetentionRules
from nangmai.archive.rows import put_init, put_segment, set_meta
from nangmai.archive.segment_file import check_stream_name
from nangmai.archive.stream import StreamWriter
from nangmai.archive.volume import State, Volume
from nangmai.archive.writer import VolumeWriter
from nangmai.base.clock import Clock

_log = logging.getLogger(__name__)

#: called from any thread with the event's name, whether it is an alarm, and its facts
EventListener = Callable[[str, bool, dict[str, Any]], None]


class Archive:
    """All volumes of a recorder with their index."""

    index: Index

    def __init__(
        self, opened: Opened, *, recorder: str, clock: Clock, flush_seconds: float, rules: RetentionRules
    ) -> None:
        self.recorder = recorder
        self.state = opened.state
        self.volumes: Sequence[Volume] = opened.volumes
        self.index = opened.index
        self.rules = rules
        self.on_event: EventListener = lambda *_: None
        self._opened = opened
        self._clock = clock
        self._streams: dict[str, StreamWriter] = {}
        self._index_writer = IndexWriter(opened.connection, opened.journal, flush_seconds, self._tick)
        self._writers = [
            VolumeWriter(volume, self, flush_seconds) for volume in opened.volumes if volume.marker is not None
        ]
        for volume in opened.volumes:
            volume.on_change = self._on_volume_change
        self.index.attach(self._index_writer, opened.volume_paths)

    @classmethod
    def open(
        cls,
        volumes: Sequence[Path],
        *,
        state: Path | None = None,
        recorder: str,
        clock: Clock,
        flush_seconds: float = 4,
        retention: RetentionRules | None = None,
    ) -> Archive:
        """Open or make an archive: locks it, verifies its volumes, mends what a crash has left, starts its threads."""
        opened = open_parts(volumes, state=state, recorder=recorder, clock=clock)
        archive = cls(
            opened, recorder=recorder, clock=clock, flush_seconds=flush_seconds, rules=retention or RetentionRules()
        )
        archive._start()
        return archive

    def _start(self) -> None:
        self._index_writer.start()
        for name, alarm, facts in self._opened.events:
            self.event(name, alarm=alarm, **facts)
        for volume in self.volumes:
            volume.measure()
        for writer in self._writers:
            writer.start()

    def add_stream(self, name: str, camera: str, kind: Literal["main", "sub"]) -> StreamWriter:
        """The writer of a stream; the first call ever fixes since when it should have been recorded."""
        if name in self._streams:
            return self._streams[name]
        check_stream_name(name)
        known = {info.name: info for info in self.index.streams()}.get(name)
        if known is None or (known.camera, known.kind) != (camera, kind):
            since_us = known.since_us if known else self._clock.wall_us()
            entry = {"name": name, "camera": camera, "stream_kind": kind, "since_us": since_us}
            self._index_writer.call(lambda transaction: transaction.journal("stream", **entry))
        info = self.index.stream(name)
        timeline = stream_timeline(self.index, info)
        self.index.add_timeline(name, timeline)
        self._streams[name] = StreamWriter(
            name=name,
            camera=camera,
            recorder=self.recorder,
            recorder_key=public_hex(self._opened.key.public_key()),
            start=stream_start(self.index, info, self._opened.last_seq.get(name, 0)),
            timeline=timeline,
            choose_writer=self._choose_writer,
            clock=self._clock,
        )
        return self._streams[name]

    def flush(self) -> None:
        """Wait until everything handed over is durable and in the index."""
        for writer in self._writers:
            writer.drain()
            writer.flush()
        self._tick()
        self._index_writer.call(lambda transaction: None)

    def close(self) -> None:
        """End every segment (`stopped`), sync, note since when the recorder is down, and let go of everything."""
        for stream in self._streams.values():
            stream.close()
        for writer in self._writers:
            writer.close()
        for stream in self._streams.values():
            stream.timeline.missing("recorder_down", "", self._clock.wall_us())
            stream.timeline.settle()
        self._tick()
        self._index_writer.close()
        self.index.close()
        for descriptor in self._opened.locks:
            os.close(descriptor)

    def event(self, name: str, *, alarm: bool = False, **facts: Any) -> None:
        """Keep an event (`source:subject:action`), and tell whoever listens."""
        at_us = self._clock.wall_us()
        _log.log(logging.WARNING if alarm else logging.INFO, "%s %s", name, facts)
        self._index_writer.submit(
            lambda transaction: transaction.journal("event", at_us=at_us, name=name, alarm=alarm, facts=facts)
        )
        self.on_event(name, alarm, facts)

    # -- called by the threads of the volumes ------------------------------------------------------------------------

    def on_started(self, segment: OpenSegment) -> None:
        """Its first fragment can be read."""
        self.index.add_live(segment)

    def on_durable(self, segments: list[tuple[OpenSegment, str]]) -> None:
        """Synced: the rows may say so."""
        rows = [(segment.init, segment.row(state)) for segment, state in segments]

        def write(transaction: Transaction) -> None:
            for init, row in rows:
                put_init(transaction.connection, init)
                put_segment(transaction.connection, row)

        def written(_: object) -> None:
            for segment, state in segments:
                if state == "closed":
                    self.index.drop_live(segment)

        self._index_writer.submit(write).add_done_callback(written)

    def on_lost(self, segment: OpenSegment, from_us: int, cause: str, detail: str) -> None:
        """Could not be written: the gap record says so from the first picture on."""
        if not segment.has_fragments:
            self.index.drop_live(segment)
        self._streams[segment.stream].timeline.lost(segment.seq, from_us, segment.ordered_end_us, cause, detail)

    def on_chain_break(self, segment: OpenSegment, reason: str) -> None:
        """The chain starts anew, and `check` will find the reason."""
        self._index_writer.submit(
            lambda transaction: transaction.journal(
                "chain_break", stream=segment.stream, seq=segment.seq, reason=reason
            )
        )

    # -- inside ------------------------------------------------------------------------------------------------------

    def _choose_writer(self) -> VolumeWriter | tuple[str, str]:
        """The first volume with room; then one that is low; else why there is none."""
        for state in ("ok", "low"):
            for writer in self._writers:
                if writer.volume.state == state:
                    return writer
        worst = next((volume for volume in self.volumes if volume.state == "critical"), self.volumes[0])
        return worst.cause, worst.reason

    def _on_volume_change(self, volume: Volume, before: State, after: State, reason: str) -> None:
        alarm = after in ("critical", "failed")
        facts = {"volume": str(volume.path), "before": before, "after": after, "reason": reason}
        self.event("archive:volume:changed", alarm=alarm, **facts)

    def _tick(self) -> None:
        """Once a flush: what changed in the gap records goes into the index, and that the recorder is alive."""
        changes = [(stream, *stream.timeline.changes()) for stream in self._streams.values()]
        alive_us = self._clock.wall_us()

        def write(transaction: Transaction) -> None:
            for stream, gaps, gone in changes:
                if gone is not None:
                    transaction.journal("gap_gone", stream=stream.name, start_us=gone)
                for gap in gaps:
                    transaction.journal("gap", stream=stream.name, **gap._asdict())
            set_meta(transaction.connection, "alive_us", alive_us)

        def written(_: object) -> None:
            for stream, gaps, gone in changes:
                stream.timeline.written(gaps, gone)

        self._index_writer.submit(write).add_done_callback(written)
