"""One recorder node: archive, streams, live hub, HTTP and the exchange with web, put together and kept in step.

Owns the order of start and stop and what happens once a second. Recording depends on nothing else here: whatever fails
beside it is logged, reported, and tried again. See docs/design/planes.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import gc
import logging
from collections.abc import Iterator

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from nangmai.archive.archive import Archive
from nangmai.archive.opening import state_folder
from nangmai.base.clock import Clock, SystemClock
from nangmai.base.errors import Error, Kind
from nangmai.base.log import RepeatLimiter
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.devices.limits import HostLimits
from nangmai.protocol.keys import key_id, parse_public_key
from nangmai.protocol.messages import CameraState, HealthState
from nangmai.recorder.config import RecorderConfig
from nangmai.recorder.control import Control, remembered, retention_under, sound_under
from nangmai.recorder.gate import Gate
from nangmai.recorder.live import Hub
from nangmai.recorder.metrics import Metrics
from nangmai.recorder.serve import make_app
from nangmai.recorder.streams import CameraStream, camera_states
from nangmai.recorder.timing import WallEstimate

_log = logging.getLogger(__name__)

START_SPREAD_S = 0.05  #: between two sources: 64 streams are all under way after three seconds
LOOK_UP_S = 60
STOP_S = 10.0  #: an orderly stop takes no longer
CLOCK_OFFSET_LIMIT_US = 2 * US_PER_S
GC_THRESHOLD = 50_000  #: pictures make no cycles; the collector would only walk over what lives for ever


class ListenFailed(Error):
    """The recorder cannot listen on {address}: {reason}. Choose another `listen` in its file, or stop what is there."""

    kind = Kind.PRECONDITION


class TicketKeyMissing(Error):
    """The ticket key {path} cannot be read: {reason}."""

    kind = Kind.PRECONDITION


class Node:
    """A recorder from its file to an orderly stop."""

    def __init__(self, config: RecorderConfig, clock: Clock | None = None) -> None:
        self.config = config
        self.clock: Clock = clock or SystemClock()
        self.started_mono_us = self.clock.mono_us()
        self.hub = Hub(self.clock)
        self.tickets = Gate(config.recorder.name, self.clock, _own_keys(config))
        self.streams: list[CameraStream] = []
        self.metrics = Metrics(self.streams, self._figures)
        self.port = 0
        self._wall = WallEstimate(self.clock)
        self._limiter = RepeatLimiter(clock=self.clock)
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._gaps: list[tuple[str, int]] = []
        self.has_sound = False  #: whether sound may be recorded and heard

    async def start(self) -> None:
        """Mend and open the archive, listen, then connect to the cameras one after the other."""
        self.archive = await asyncio.to_thread(self._open_archive)
        self.has_sound = sound_under(self.config, remembered(self.archive.state))
        try:
            hosts = HostLimits(clock=self.clock)
            for camera in self.config.camera:
                for kind in camera.urls():
                    self.streams.append(
                        CameraStream(
                            camera,
                            kind,
                            archive=self.archive,
                            hub=self.hub,
                            wall=self._wall,
                            clock=self.clock,
                            hosts=hosts,
                            limiter=self._limiter,
                            has_sound=self.has_sound,
                        )
                    )
            self.control = Control(self)
            self.tickets.report = self.control.report_use
            await self._listen()
        except BaseException:
            await self.stop()
            raise
        gc.collect()
        gc.freeze()
        gc.set_threshold(GC_THRESHOLD, 20, 100)
        self._tasks = [
            asyncio.create_task(self._start_sources()),
            asyncio.create_task(self._every_second()),
            asyncio.create_task(self._every_minute()),
            asyncio.create_task(self.control.run()),
        ]

    async def stop(self) -> None:
        """Leave the cameras, close the segments, sign what there is; pages are told."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(STOP_S / 2):
                self.archive.expect_end()
                await asyncio.gather(*(stream.stop() for stream in self.streams), return_exceptions=True)
        self.tickets.close()
        self.hub.close()
        if self._runner is not None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(STOP_S / 2):
                    await self._runner.cleanup()
        await asyncio.to_thread(self.archive.close)

    # -- what the routes and the report ask ------------------------------------------------------------------------

    def states(self) -> tuple[CameraState, ...]:
        """What every camera does now."""
        return camera_states(self.streams)

    def health(self) -> HealthState:
        """The recorder in one word and one sentence: the worst that is the case."""
        for volume in self.archive.volumes:
            if volume.state in ("critical", "failed"):
                return HealthState("alarm", f"volume {volume.path}: {volume.reason}")
        if self.archive.index_failure is not None:
            return HealthState("alarm", f"the index cannot be written: {self.archive.index_failure}")
        failed = [stream for stream in self.streams if stream.has_failed()]
        if failed:
            names = ", ".join(stream.name for stream in failed[:5]) + (" …" if len(failed) > 5 else "")
            return HealthState("alarm", f"{len(failed)} of {len(self.streams)} streams are not recorded: {names}")
        for volume in self.archive.volumes:
            if volume.state == "low":
                return HealthState("warning", f"volume {volume.path}: {volume.reason}")
        for stream in self.streams:
            offset_us = stream.stats.clock_offset_us
            if offset_us is not None and abs(offset_us) > CLOCK_OFFSET_LIMIT_US:
                return HealthState("warning", f"{stream.name}: its clock is {offset_us / US_PER_S:+.1f} s off")
        return HealthState("ok", "")

    def allow_sound(self, is_allowed: bool) -> None:
        """What the regulation in force says of sound: forbidden at once, begun within a second."""
        if is_allowed == self.has_sound:
            return
        self.has_sound = is_allowed
        _log.warning("sound is %s from now on", "recorded and heard" if is_allowed else "neither recorded nor heard")
        for stream in self.streams:
            stream.allow_sound(is_allowed)

    def forecast_days(self) -> float | None:
        """How many days of every camera there will be at the rate of the last 24 h; None = not known yet."""
        forecast = self.archive.forecast
        return min(forecast.days.values(), default=None) if forecast else None

    # -- inside ----------------------------------------------------------------------------------------------------

    def _open_archive(self) -> Archive:
        return Archive.open(
            self.config.volumes,
            state=self.config.state,
            recorder=self.config.recorder.name,
            clock=self.clock,
            flush_seconds=self.config.recorder.flush_seconds,
            retention=retention_under(self.config, remembered(state_folder(self.config.volumes, self.config.state))),
        )

    async def _listen(self) -> None:
        host, port = self.config.address
        self._runner = web.AppRunner(make_app(self), access_log=None, handle_signals=False, shutdown_timeout=2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, host, port)
        try:
            await site.start()
        except OSError as error:
            reason = error.strerror or str(error)
            raise ListenFailed(address=self.config.recorder.listen, reason=reason) from error
        self.port = self._runner.addresses[0][1]
        _log.info("recorder %s listens on http://%s:%d", self.config.recorder.name, host, self.port)

    async def _start_sources(self) -> None:
        for stream in self.streams:
            stream.start()
            await asyncio.sleep(START_SPREAD_S)

    async def _every_second(self) -> None:
        while True:
            await asyncio.sleep(1)
            try:
                self._check_clock()
                self.tickets.tick()
                self._watch()
                for stream in self.streams:
                    stream.gather()
                    if stream.is_starved() or stream.lacks_sound():
                        await stream.ask_anew()
            except Exception:  # noqa: BLE001 border of the task: it must not end
                _log.exception("a check failed")

    def _check_clock(self) -> None:
        step = self._wall.check()
        if step is not None:
            self.archive.event("recorder:clock:stepped", alarm=True, step_us=step.step_us)
            for stream in self.streams:
                stream.ingest.clock_stepped()

    def _watch(self) -> None:
        for stream in self.streams:
            if stream.has_failed() or stream.is_silent():
                message = (
                    f"{stream.name} is in service and not recording: {stream.ingest.problem or stream.ingest.state}"
                )
                self._limiter.log(_log, logging.ERROR, f"{stream.name} watch", message)

    async def _every_minute(self) -> None:
        """What the index has to be asked for, in a thread. Retention and checkpoints are the archive's own."""
        while True:
            try:
                await asyncio.to_thread(self._look_up)
            except Error as error:
                self._limiter.log(_log, logging.ERROR, f"index {error.code}", str(error))
            except Exception:  # noqa: BLE001 border of the task
                _log.exception("asking the index failed")
            gc.collect()  # broken connections are cycles that hold their buffers; what lives for ever is frozen
            await asyncio.to_thread(trim_heap)
            await asyncio.sleep(LOOK_UP_S)

    def _look_up(self) -> None:
        index = self.archive.index
        oldest_us = {found.stream: found.oldest_us for found in index.summary()}
        for stream in self.streams:
            stream.oldest_us = oldest_us.get(stream.name)
        rows = index.query("SELECT cause, count(*) FROM gap GROUP BY cause")
        self._gaps = [(str(cause), int(count)) for cause, count in rows]

    def _figures(self) -> Iterator[Metric]:
        uptime_s = (self.clock.mono_us() - self.started_mono_us) / US_PER_S
        yield GaugeMetricFamily("nangmai_uptime_seconds", "Since the process started", uptime_s)
        yield GaugeMetricFamily("nangmai_viewers", "Requests and live slots open now", self.tickets.viewers)
        free = GaugeMetricFamily("nangmai_volume_free_bytes", "What may still be written", labels=["volume"])
        size = GaugeMetricFamily("nangmai_volume_size_bytes", "Size of the file system", labels=["volume"])
        state = GaugeMetricFamily("nangmai_volume_state", "1 for the state it is in", labels=["volume", "state"])
        for volume in self.archive.volumes:
            free.add_metric([str(volume.path)], volume.space.free_bytes)
            size.add_metric([str(volume.path)], volume.space.size_bytes)
            for name in ("ok", "low", "critical", "failed"):
                state.add_metric([str(volume.path), name], float(volume.state == name))
        gaps = CounterMetricFamily("nangmai_gaps", "Intervals that were not recorded, by cause", labels=["cause"])
        for cause, count in self._gaps:
            gaps.add_metric([cause], count)
        days = GaugeMetricFamily("nangmai_forecast_days", "How many days of a camera there will be", labels=["camera"])
        if self.archive.forecast:
            for camera, held in self.archive.forecast.days.items():
                days.add_metric([camera], held)
        yield from (free, size, state, gaps, days)
        yield from self._promised()

    def _promised(self) -> Iterator[Metric]:
        """How long footage stays: the file's floors and ceilings under those of the regulation in force."""
        floor = GaugeMetricFamily("nangmai_retention_floor_days", "Footage stays at least so long", labels=["camera"])
        most = GaugeMetricFamily("nangmai_retention_ceiling_days", "Footage goes after so long", labels=["camera"])
        for camera in self.config.camera:
            floor.add_metric([camera.id], self.archive.rules.floor_us(camera.id) / US_PER_DAY)
            ceiling_us = self.archive.rules.ceiling_us(camera.id)
            if ceiling_us is not None:
                most.add_metric([camera.id], ceiling_us / US_PER_DAY)
        yield from (floor, most)


def trim_heap() -> None:
    """Give back what a burst left behind: the C library keeps the pages of freed pictures (malloc_trim(3))."""
    with contextlib.suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).malloc_trim(0)


def _own_keys(config: RecorderConfig) -> dict[str, Ed25519PublicKey]:
    keys = {}
    for name in config.tickets.keys:
        path = config.path(name)
        try:
            key = parse_public_key(path.read_text(encoding="utf-8"), str(path))
        except (OSError, UnicodeDecodeError) as error:
            raise TicketKeyMissing(path=str(path), reason=getattr(error, "strerror", None) or "not text") from error
        keys[key_id(key)] = key
    return keys
