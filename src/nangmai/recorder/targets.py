"""What ingest needs of the archive and the live side, and what it counts. Contract: docs/design/pipeline.md."""

from __future__ import annotations

from typing import Protocol

from nangmai.archive.records import Unit
from nangmai.base.errors import Error
from nangmai.media.picture import AudioParameters, Picture, VideoParameters
from nangmai.protocol.messages import StreamStateName


class LiveTarget(Protocol):
    """What ingest needs of the live side."""

    def publish(self, picture: Picture, wall_us: int) -> None: ...
    def set_state(self, state: StreamStateName, since_us: int, problem: Error | None) -> None: ...


class SegmentTarget(Protocol):
    """What ingest needs of the archive: docs/design/pipeline.md, `StreamWriter`."""

    def begin(
        self,
        init: bytes,
        parameters: VideoParameters,
        audio: AudioParameters | None,
        start_us: int,
        start_mono_us: int,
        camera_ntp: int | None,
    ) -> int: ...
    def write(self, unit: Unit) -> bool: ...
    def end(self, end_us: int, reason: str) -> None: ...
    def missing(self, cause: str, detail: str = "") -> None: ...


class StreamCounters:
    """What has gone through a stream since the process started."""

    __slots__ = ("bytes", "damaged_fragments", "dropped_pictures", "fragments", "jumps", "pictures", "segments")

    def __init__(self) -> None:
        self.pictures = 0
        self.bytes = 0
        self.fragments = 0
        self.damaged_fragments = 0
        self.segments = 0
        self.jumps = 0
        self.dropped_pictures = 0  #: received and not recorded: before a key picture, or refused by the disk
