"""Pictures made to order, and a notebook that takes what ingest records, as the archive would."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

from nangmai.archive.records import Unit
from nangmai.base.clock import ManualClock
from nangmai.base.errors import Error
from nangmai.base.log import RepeatLimiter
from nangmai.base.units import t90k_from_us
from nangmai.media.picture import AudioParameters, Picture, VideoParameters
from nangmai.protocol.messages import StreamStateName
from nangmai.recorder.ingest import StreamIngest
from nangmai.recorder.timing import WallEstimate

PARAMETERS = VideoParameters(
    codec="h264", width=640, height=360, fps=25.0, codecs="avc1.4d401e", sample_entry=b"\0\0\0\x08avc1", reorder_depth=0
)
INTERVAL_90K = 3600
INTERVAL_US = 40_000


@dataclasses.dataclass
class Segment:
    """One segment as it was handed over."""

    start_us: int
    start_mono_us: int
    parameters: VideoParameters
    audio: AudioParameters | None
    units: list[Unit] = dataclasses.field(default_factory=list)
    end_us: int | None = None
    reason: str = ""

    @property
    def pictures(self) -> int:
        return sum(unit.pictures for unit in self.units)


class Notebook:
    """Takes the place of the archive's `StreamWriter`."""

    def __init__(self) -> None:
        self.segments: list[Segment] = []
        self.gaps: list[tuple[str, str]] = []
        self.is_open = False
        self.accepts = True
        self._recorded_until_us = 0

    def begin(self, init: bytes, parameters: VideoParameters, audio: AudioParameters | None, start_us: int,
              start_mono_us: int, camera_ntp: int | None) -> int:  # fmt: skip
        assert not self.is_open
        assert init.startswith(b"\0\0\0")
        self.is_open = True
        start_us = max(start_us, self._recorded_until_us)
        self.segments.append(Segment(start_us, start_mono_us, parameters, audio))
        return start_us

    def write(self, unit: Unit) -> bool:
        assert self.is_open
        if not self.accepts:
            self.is_open = False
            self.segments[-1].end_us = self._recorded_until_us = unit.start_us
            self.segments[-1].reason = "disk"
            return False
        self.segments[-1].units.append(unit)
        return True

    def end(self, end_us: int, reason: str) -> None:
        assert self.is_open
        self.is_open = False
        segment = self.segments[-1]
        assert end_us > segment.start_us
        segment.end_us = self._recorded_until_us = end_us
        segment.reason = reason

    def missing(self, cause: str, detail: str = "") -> None:
        self.gaps.append((cause, detail))


class Screen:
    """Takes the place of the live side."""

    def __init__(self) -> None:
        self.pictures = 0
        self.states: list[StreamStateName] = []

    def publish(self, picture: Picture, wall_us: int) -> None:
        self.pictures += 1

    def set_state(self, state: StreamStateName, since_us: int, problem: Error | None) -> None:
        self.states.append(state)


class Bench:
    """An ingest with everything around it, and a camera that sends on time."""

    def __init__(self, parameters: VideoParameters = PARAMETERS, gop: int = 25) -> None:
        self.clock = ManualClock()
        self.wall = WallEstimate(self.clock)
        self.notebook = Notebook()
        self.screen = Screen()
        self.ingest = StreamIngest(
            "cam-01.main",
            writer=self.notebook,
            live=self.screen,
            wall=self.wall,
            clock=self.clock,
            limiter=RepeatLimiter(clock=self.clock),
        )
        self.ingest.has_sound = True
        self.parameters = parameters
        self.gop = gop
        self.number = 0
        self.media_90k = 123_456_789
        self.sent: list[Picture] = []

    @property
    def segments(self) -> list[Segment]:
        return self.notebook.segments

    @property
    def recorded(self) -> int:
        return sum(segment.pictures for segment in self.segments)

    def stream(self) -> None:
        """The camera is connected."""
        self.ingest.on_state("streaming", None)

    def send(self, pictures: int = 1, *, size: int = 100, is_damaged: bool = False) -> None:
        """The next pictures, each an interval after the one before."""
        for _ in range(pictures):
            self.clock.advance(INTERVAL_US)
            self.media_90k += INTERVAL_90K
            self.deliver(self.number % self.gop == 0, size=size, is_damaged=is_damaged)
            self.number += 1

    def deliver(self, is_key: bool, *, pts_90k: int | None = None, size: int = 100, is_damaged: bool = False) -> None:
        """One picture now."""
        pts_90k = self.media_90k if pts_90k is None else pts_90k
        data = len(self.sent).to_bytes(4, "big") * (size // 4)
        self.sent.append(Picture(pts_90k, data, is_key, self.clock.mono_us(), self.parameters, is_damaged))
        self.ingest.on_picture(dataclasses.replace(self.sent[-1]))

    def pause(self, duration_us: int) -> None:
        """Nothing comes for a while; the camera's clock goes on."""
        self.clock.advance(duration_us)
        self.media_90k += t90k_from_us(duration_us)

    def written(self) -> Iterator[bytes]:
        """All samples in order."""
        for segment in self.segments:
            for unit in segment.units:
                yield from unit.parts[2:]
