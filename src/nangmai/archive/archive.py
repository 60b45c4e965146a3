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

from nangmai.archive.checkpoints import CHECKPOINT_FOLDER, INTERVAL_US, write_checkpoint
from nangmai.archive.deletion import Deleter
from nangmai.archive.forecast import Forecast
from nangmai.archive.index import Index
from nangmai.archive.index_writer import IndexWriter, Transaction
from nangmai.archive.keys import public_hex
from nangmai.archive.mending import Mender
from nangmai.archive.open_segment import OpenSegment
from nangmai.archive.opening import Opened, open_parts, stream_start, stream_timeline
from nangmai.archive.retention import RetentionRules
from nangmai.archive.rows import put_init, put_segment, set_meta
from nangmai.archive.segment_file import check_stream_name
from nangmai.archive.stream import StreamWriter
from nangmai.archive.volume import State, Volume
from nangmai.archive.writer import VolumeWriter
from nangmai.base.clock import Clock
from nangmai.base.units import US_PER_S

_log = logging.getLogger(__name__)

_ALARM_US = 60 * US_PER_S

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
        self._mender = Mender(
            state=opened.state,
            key=opened.key.public_key(),
            index=opened.index,
            volumes=opened.volumes,
            clock=clock,
            settled_seq=self._settled_seq,
            notify=self.event,
        )
        self._index_writer = IndexWriter(
            opened.connection, opened.journal, flush_seconds, self._on_tick, self._mender.replace
        )
        self._mender.attach(self._index_writer)
        self._closed_seq = dict(opened.last_seq)
        self._deleter = Deleter(
            index=opened.index,
            writer=self._index_writer,
            volumes=opened.volumes,
            rules=rules,
            clock=clock,
            trusted=opened.trusted,
            notify=self.event,
        )
        self._refused_mono_us = -_ALARM_US
        self._checkpoint_mono_us = clock.mono_us()
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
        self._deleter.start()
        if self._opened.is_rebuilding:
            self._mender.fill(self._opened.adopted_from_us)

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
            on_refused=self.on_refused,
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

    def set_retention(self, rules: RetentionRules) -> None:
        """From the next pass on these floors and ceilings count."""
        if rules != self.rules:
            self.rules = self._deleter.rules = rules

    def retain(self) -> int:
        """One pass of retention now; returns how many segments went."""
        return self._deleter.run_once(is_prompt=True)

    @property
    def forecast(self) -> Forecast | None:
        """How many days each camera will hold, from the last 24 h."""
        return self._deleter.forecast

    @property
    def index_failure(self) -> str | None:
        """Why the index cannot be written at the moment; recording goes on."""
        return self._index_writer.failure

    def wait_rebuilt(self) -> None:
        """Wait until an index that was lost is whole again."""
        self._mender.wait()

    def expect_end(self) -> None:
        """The streams are about to end, all at once: their last units are taken however many wait for the disk."""
        for writer in self._writers:
            writer.take_all()

    def close(self) -> None:
        """End every segment (`stopped`), sync, sign a checkpoint, note since when the recorder is down, let go."""
        self._deleter.close()
        self._mender.close()
        for stream in self._streams.values():
            stream.close()
        for writer in self._writers:
            writer.close()
        for stream in self._streams.values():
            stream.timeline.missing("recorder_down", "", self._clock.wall_us())
            stream.timeline.settle()
        self._tick()
        self._checkpoint()
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

    def on_refused(self, stream: str) -> None:
        """A volume cannot keep up: an alarm, at most once a minute (rule 24)."""
        now_us = self._clock.mono_us()
        if now_us - self._refused_mono_us >= _ALARM_US:
            self._refused_mono_us = now_us
            self.event("archive:stream:refused", alarm=True, stream=stream, reason="the write buffer is full")

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

        self._tick()

        def written(_: object) -> None:
            for segment, state in segments:
                if state == "closed":
                    self._closed_seq[segment.stream] = max(self._closed_seq.get(segment.stream, 0), segment.seq)
                    self.index.drop_live(segment)

        self._index_writer.submit(write).add_done_callback(written)

    def on_lost(self, segment: OpenSegment, from_us: int, cause: str, detail: str) -> int:
        """Could not be written: the gap record says so from the first picture on."""
        timeline = self._streams[segment.stream].timeline
        return timeline.lost(segment.seq, from_us, lambda: segment.ordered_end_us, cause, detail)

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
        if after in ("low", "critical"):
            self._deleter.wake()

    def _settled_seq(self, stream: str) -> int:
        """Up to which number no file of a stream is written to any more."""
        if stream not in self._streams:
            return 1 << 62
        closed, live = self._closed_seq.get(stream, 0), self.index.first_live_seq(stream)
        return closed if live is None else min(closed, live - 1)

    def _checkpoint(self) -> None:
        folder, key, time_us = self.state / CHECKPOINT_FOLDER, self._opened.key, self._clock.wall_us()
        self._checkpoint_mono_us = self._clock.mono_us()
        self._index_writer.submit(
            lambda transaction: write_checkpoint(transaction, folder, self.recorder, key, time_us)
        )

    def _on_tick(self) -> None:
        """Once a flush, in the index thread; every hour a checkpoint."""
        self._tick()
        if self._clock.mono_us() - self._checkpoint_mono_us >= INTERVAL_US:
            self._checkpoint()

    def _tick(self) -> None:
        """What changed in the gap records goes into the index, and that the recorder is alive."""
        changes = [(stream, *stream.timeline.changes()) for stream in self._streams.values()]
        alive_us = self._clock.wall_us()
        trusted = f"{self._deleter.trusted_us()} {self._clock.mono_us()} {self._clock.boot_id()}"

        def write(transaction: Transaction) -> None:
            for stream, gaps, gone in changes:
                if gone is not None:
                    transaction.journal("gap_gone", stream=stream.name, start_us=gone)
                for gap in gaps:
                    transaction.journal("gap", stream=stream.name, **gap._asdict())
            set_meta(transaction.connection, "alive_us", alive_us)
            set_meta(transaction.connection, "trusted", trusted)

        def written(_: object) -> None:
            for stream, gaps, gone in changes:
                stream.timeline.written(gaps, gone)

        self._index_writer.submit(write).add_done_callback(written)
