"""The event loop's end of the archive: one `StreamWriter` a stream. It never waits; other threads do the writing."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

from nangmai.archive.open_segment import OpenSegment, make_init_row
from nangmai.archive.records import SegmentView, Unit
from nangmai.archive.rows import InitRow
from nangmai.archive.segment_file import init_id_of, segment_path
from nangmai.archive.timeline import Timeline
from nangmai.archive.writer import VolumeWriter
from nangmai.base.clock import Clock
from nangmai.media.picture import AudioParameters, VideoParameters

#: the writer for a new segment, or the gap cause and its detail when there is none
ChooseWriter = Callable[[], VolumeWriter | tuple[str, str]]


@dataclasses.dataclass
class StreamStart:
    """Where a stream continues: its next number, and the chain and segment it links to."""

    next_seq: int
    previous_chain: bytes


class StreamWriter:
    """Records one stream: `begin`, `write` units, `end`; `missing` says why there is nothing to write."""

    def __init__(
        self,
        *,
        name: str,
        camera: str,
        recorder: str,
        recorder_key: str,
        start: StreamStart,
        timeline: Timeline,
        choose_writer: ChooseWriter,
        on_refused: Callable[[str], None],
        clock: Clock,
    ) -> None:
        self.name = name
        self.camera = camera
        self.timeline = timeline
        self._recorder = recorder
        self._recorder_key = recorder_key
        self._start = start
        self._choose_writer = choose_writer
        self._on_refused = on_refused
        self._clock = clock
        self._segment: OpenSegment | None = None
        self._previous: OpenSegment | None = None
        self._last_end_us = 0
        self._init: tuple[tuple[bytes, VideoParameters, AudioParameters | None], InitRow] | None = None

    def begin(
        self,
        init: bytes,
        parameters: VideoParameters,
        audio: AudioParameters | None,
        start_us: int,
        start_mono_us: int,
        camera_ntp: int | None,
    ) -> int:
        """Open a new segment at a key picture; its file appears with its first unit. Ends a segment still open.

        Returns the start in effect, never before what is recorded already: units count from it.
        """
        if self._segment is not None:
            self.end(start_us, "rotated")
        writer = self._choose_writer()
        if isinstance(writer, tuple):
            self.timeline.missing(*writer, self._clock.wall_us())
            return start_us
        seq = self._start.next_seq
        self._start.next_seq += 1
        asked_us, start_us = start_us, self.timeline.begin(seq, start_us)
        row = self._init_row(init, parameters, audio)
        identity = {
            "recorder": self._recorder,
            "recorder_key": self._recorder_key,
            "volume": writer.volume.uuid,
            "camera": self.camera,
            "stream": self.name,
            "seq": seq,
            "init_id": row.id,
            "boot_id": self._clock.boot_id(),
            "start_us": start_us,
            "start_mono_us": start_mono_us,
            "start_ntp": camera_ntp,
            "clock_step_us": start_us - asked_us,
            **describe(parameters, audio),
        }
        self._segment = OpenSegment(
            writer=writer,
            stream=self.name,
            seq=seq,
            path=segment_path(writer.volume.path, self.name, seq),
            init=row,
            identity=identity,
            previous=self._previous,
            previous_chain=self._start.previous_chain,
        )
        self._last_end_us = start_us
        self._previous = self._segment
        return start_us

    def write(self, unit: Unit) -> bool:
        """Hand one unit over. False = it was refused and the segment is closed: `begin` anew at the next key picture.

        The reason (a full buffer, a failed disk, no volume with room) is in the gap record already.
        """
        segment = self._segment
        if segment is None:
            return False
        if segment.failure is not None:
            self._segment = None
            return False
        if not segment.writer.put(segment, unit):
            self.end(unit.start_us, "disk")
            self.timeline.missing("disk_slow", "the write buffer is full", unit.start_us)
            self._on_refused(self.name)
            return False
        self._last_end_us = max(unit.end_us, segment.start_us + 1)
        return True

    def end(self, end_us: int, reason: str) -> None:
        """Close the open segment at `end_us`."""
        segment, self._segment = self._segment, None
        if segment is None:
            return
        has_units = self._last_end_us > segment.start_us
        end_us = max(end_us, segment.start_us + 1) if has_units else segment.start_us
        segment.ordered_end_us = end_us
        segment.writer.put_end(segment, end_us, reason)
        self.timeline.end(segment.seq, end_us, reason)

    def missing(self, cause: str, detail: str = "") -> None:
        """From now on nothing is recorded because of `cause`; ends with the next `begin`."""
        if self._segment is not None:
            self.end(self._last_end_us, "signal_lost")
        self.timeline.missing(cause, detail, self._clock.wall_us())

    @property
    def open_segment(self) -> SegmentView | None:
        """The fragments of the open segment that have been written so far."""
        segment = self._segment
        return segment.view() if segment is not None and segment.has_fragments else None

    def close(self) -> None:
        """End what is open, in order."""
        self.end(self._last_end_us, "stopped")

    def _init_row(self, init: bytes, video: VideoParameters, audio: AudioParameters | None) -> InitRow:
        known = (init, video, audio)
        if self._init is None or self._init[0] != known:
            description = describe(video, audio)
            self._init = (known, make_init_row(init_id_of(init, description), init, description))
        return self._init[1]


def describe(video: VideoParameters, audio: AudioParameters | None) -> dict[str, Any]:
    """What identities and the index say about an init segment."""
    return {
        "video": {name: getattr(video, name) for name in ("codec", "codecs", "width", "height", "fps")},
        "audio": {name: getattr(audio, name) for name in ("codec", "codecs", "sample_rate", "channels")}
        if audio
        else None,
    }
