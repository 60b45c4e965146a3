"""The streams of a recorder: each a source, its ingest and its place in the archive, made from a table of the file."""

from __future__ import annotations

import zlib

from nangmai.archive.archive import Archive
from nangmai.base.clock import Clock
from nangmai.base.log import RepeatLimiter
from nangmai.base.units import US_PER_S
from nangmai.devices.contract import Source, SourceStats
from nangmai.devices.limits import HostLimits
from nangmai.devices.source import open_source
from nangmai.protocol.messages import CameraState, StreamState
from nangmai.recorder.config import CameraTable, StreamKind
from nangmai.recorder.ingest import SEGMENT_90K, StreamIngest
from nangmai.recorder.live import Hub
from nangmai.recorder.problems import CameraAbsent, CameraSwitchedOff
from nangmai.recorder.timing import WallEstimate

NOT_RECORDING_US = 30 * US_PER_S  #: a camera in service that has not been recorded for so long is an alarm (rule 25)
STARVED_US = 90 * US_PER_S  #: no key picture for so long: smart codecs send one a minute at least


class CameraStream:
    """One stream of one camera, from its address to its segments."""

    def __init__(
        self,
        camera: CameraTable,
        kind: StreamKind,
        *,
        archive: Archive,
        hub: Hub,
        wall: WallEstimate,
        clock: Clock,
        hosts: HostLimits,
        limiter: RepeatLimiter,
        has_sound: bool,
    ) -> None:
        self.camera = camera
        self.kind = kind
        self.name = f"{camera.id}.{kind}"
        self.oldest_us: int | None = None
        self._clock = clock
        self._source: Source | None = None
        self._past_reconnects = 0
        self._is_asked_for_sound = False
        self._live = hub.stream(camera.id, kind)
        self._live.on_watched = self.gather
        writer = archive.add_stream(self.name, camera.id, kind)
        self.ingest = StreamIngest(
            self.name,
            writer=writer,
            live=self._live,
            wall=wall,
            clock=clock,
            limiter=limiter,
            first_segment_90k=SEGMENT_90K // 2 + zlib.crc32(self.name.encode()) % (SEGMENT_90K // 2),
        )
        self.ingest.has_sound = has_sound and camera.audio and kind == "main"
        if not camera.enabled:
            writer.missing("maintenance", "switched off in the recorder's file")
            self.ingest.stop(CameraSwitchedOff())
            return
        if camera.absent:
            self.ingest.stop(CameraAbsent())
            return
        self._hosts = hosts
        self._source = self._open()
        self.ingest.camera_offset = lambda: self.stats.clock_offset_us

    def _open(self) -> Source:
        self._is_asked_for_sound = self.ingest.has_sound
        return open_source(
            self.camera.urls()[self.kind],
            transport=self.camera.transport_name,
            audio=self.ingest.has_sound,
            events=self.ingest,
            hosts=self._hosts,
            clock=self._clock,
        )

    @property
    def camera_id(self) -> str:
        """The camera it belongs to."""
        return self.camera.id

    @property
    def stats(self) -> SourceStats:
        """What came over the network."""
        return self._source.stats if self._source else SourceStats()

    def start(self) -> None:
        """Connect, and record for ever."""
        if self._source:
            self._source.start()

    def gather(self) -> None:
        """Let the source read at leisure unless somebody watches; called every second."""
        if self._source:
            self._source.gather(is_allowed=not self._live.viewers)

    def allow_sound(self, is_allowed: bool) -> None:
        """Take sound, or drop from now on what the camera still sends; it is asked for none at the next connection."""
        self.ingest.has_sound = is_allowed and self.camera.audio and self.kind == "main"

    def lacks_sound(self) -> bool:
        """Whether it should be recorded with sound and the camera has not been asked for it."""
        return self._source is not None and self.ingest.has_sound and not self._is_asked_for_sound

    async def ask_anew(self) -> None:
        """Connect again: what comes cannot be recorded, and a new description may tell why (another codec, say)."""
        if self._source:
            await self._source.stop()
            self.ingest.on_state("connecting", None)
            self._past_reconnects += self.stats.reconnects + 1
            self._source = self._open()
            self._source.start()

    async def stop(self) -> None:
        """Say goodbye to the camera and close the segment."""
        if self._source:
            await self._source.stop()
        self.ingest.stop()

    def has_failed(self) -> bool:
        """Whether it should be recording and has not been for a while."""
        since_us = self._clock.wall_us() - self.ingest.since_us
        return self.camera.is_expected and self.ingest.state != "recording" and abs(since_us) > NOT_RECORDING_US

    def is_starved(self) -> bool:
        """Whether pictures come, and none of them has been a key picture for longer than any camera's interval."""
        waited_us = self._clock.mono_us() - self.ingest.waiting_since_us
        return self.ingest.state == "waiting_for_key_picture" and waited_us > STARVED_US

    def is_silent(self) -> bool:
        """Whether it is said to record and no picture has come for a while: nobody has noticed yet."""
        last_us = self.ingest.last_picture_mono_us
        is_late = last_us is not None and self._clock.mono_us() - last_us > NOT_RECORDING_US
        return is_late and self.ingest.state == "recording"

    def state(self) -> StreamState:
        """What web and the interface are told."""
        ingest, stats, problem = self.ingest, self.stats, self.ingest.problem
        parameters = ingest.parameters
        return StreamState(
            state=ingest.state,
            since_us=ingest.since_us,
            message=str(problem) if problem else "",
            codec=parameters.codec if parameters else None,
            width=parameters.width if parameters else None,
            height=parameters.height if parameters else None,
            fps=ingest.fps,
            bitrate_bps=ingest.bitrate_bps,
            oldest_us=self.oldest_us,
            newest_us=ingest.newest_us,
            clock_offset_us=stats.clock_offset_us,
            lost_packets=stats.lost,
            reconnects=self._past_reconnects + stats.reconnects,
            code=problem.code if problem else "",
            facts=problem.told_facts if problem else {},
        )


def camera_states(streams: list[CameraStream]) -> tuple[CameraState, ...]:
    """The streams as cameras, in the order of the file."""
    cameras: dict[str, tuple[CameraTable, dict[str, StreamState]]] = {}
    for stream in streams:
        cameras.setdefault(stream.camera.id, (stream.camera, {}))[1][stream.kind] = stream.state()
    return tuple(CameraState(id, table.name, table.area, states) for id, (table, states) in cameras.items())
