"""A source behind FFmpeg's demuxers, kept up for ever: one thread reads, the event loop gets the units.

A thread that blocks in FFmpeg cannot be interrupted, so `stop` tells it to end and does not wait longer than it may:
the read time-out ends it, and nothing it still delivers gets through.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import av
from av.container import InputContainer

from nangmai.base.clock import Clock
from nangmai.base.errors import Error
from nangmai.base.log import mask_secrets
from nangmai.base.units import US_PER_S
from nangmai.devices.contract import SourceEvents, SourceStats
from nangmai.devices.errors import MediaEnded, SourceUnreadable
from nangmai.devices.ffmpeg.opening import is_file, mapped_errors, open_container, video_reader
from nangmai.devices.ffmpeg.reading import AudioReader, VideoReader, audio_reader
from nangmai.devices.limits import HostLimits
from nangmai.devices.persistence import PersistentSource
from nangmai.media.picture import AudioFrame, Picture

_log = logging.getLogger(__name__)

_LONGEST_PAUSE_S = 5.0  #: a hole in a file's timestamps is not waited for longer

Deliver = Callable[[Picture | AudioFrame], None]


class FfmpegSource(PersistentSource):
    """One stream of something that is not RTSP."""

    def __init__(
        self, url: str, *, audio: bool, events: SourceEvents, hosts: HostLimits, clock: Clock, stall_s: float
    ) -> None:
        super().__init__(mask_secrets(url), events=events, hosts=hosts, clock=clock)
        self._url = url
        self._audio = audio
        self._stall_s = stall_s
        self._told = threading.Event()
        self._bytes = 0
        self._packets = 0
        self._last_media_us: int | None = None

    @property
    def stats(self) -> SourceStats:
        return replace(self._past, bytes=self._bytes, packets=self._packets, last_media_mono_us=self._last_media_us)

    async def _play(self) -> None:
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Exception | None] = loop.create_future()
        stopping = threading.Event()

        def deliver(unit: Picture | AudioFrame) -> None:
            if not stopping.is_set():
                self._deliver(unit)

        def end(reason: Exception | None) -> None:
            if not ended.done():
                ended.set_result(reason)

        reader = _Reader(self._url, self._audio, self._stall_s, self._clock, stopping, self._told)

        def run() -> None:
            reason = reader.run(lambda unit: _call(loop, deliver, unit))
            _call(loop, end, reason)

        self._is_first = True
        async with self._hosts.connecting(self.name):
            threading.Thread(target=run, name=f"ffmpeg {self.name}", daemon=True).start()
        try:
            reason = await ended
        finally:
            stopping.set()
        if reason is not None:
            raise reason
        self._set_state("no_signal", MediaEnded(url=self.name))  # a file has an end, and no use in waiting for more

    def _deliver(self, unit: Picture | AudioFrame) -> None:
        self._bytes += len(unit.data)
        self._packets += 1
        if isinstance(unit, AudioFrame):
            self._events.on_audio(unit)
            return
        self._last_media_us = unit.received_us
        if self._is_first:
            self._is_first = False
            self._media_flows()
        self._events.on_picture(unit)


def _call(loop: asyncio.AbstractEventLoop, function: Callable[..., None], argument: object) -> None:
    try:
        loop.call_soon_threadsafe(function, argument)
    except RuntimeError:
        return  # the loop is closed: nobody listens any more


class _Reader:
    """Lives in the thread."""

    def __init__(
        self, url: str, audio: bool, timeout_s: float, clock: Clock, stopping: threading.Event, told: threading.Event
    ) -> None:
        self._url = url
        self._name = mask_secrets(url)
        self._audio = audio
        self._timeout_s = timeout_s
        self._clock = clock
        self._stopping = stopping
        self._told = told  # of sound that cannot be recorded, once and not at every connection
        self._first: tuple[int, int] | None = None

    def run(self, deliver: Deliver) -> Exception | None:
        """Read until the end or until told to stop; the reason when something was wrong."""
        try:
            with open_container(self._url, self._timeout_s) as container, mapped_errors(self._url, self._timeout_s):
                self._read(container, deliver)
        except Error as error:
            return error
        except (ValueError, RuntimeError) as error:  # what PyAV itself raises
            return SourceUnreadable(url=self._name, reason=str(error))
        return None if is_file(self._url) else MediaEnded(url=self._name)

    def _read(self, container: InputContainer, deliver: Deliver) -> None:
        stream, video = video_reader(container, self._url)
        sounds = container.streams.audio if self._audio else ()
        sound = next(((one, reader) for one in sounds if (reader := audio_reader(one))), None)
        if sounds and not sound and not self._told.is_set():
            self._told.set()
            names = ", ".join(one.codec_context.name.upper() for one in sounds)
            _log.warning("%s: its sound (%s) is of a kind that is not recorded; its pictures are", self._name, names)
        streams = [stream, sound[0]] if sound else [stream]
        for packet in container.demux(streams):
            if self._stopping.is_set():
                return
            unit = self._unit(packet, stream, video, sound[1] if sound else None)
            if unit is not None:
                deliver(unit)

    def _unit(
        self, packet: av.Packet[Any], stream: av.VideoStream, video: VideoReader, sound: AudioReader | None
    ) -> Picture | AudioFrame | None:
        if not packet.size:
            return None
        if is_file(self._url) and packet.dts is not None and packet.time_base is not None:
            self._wait_until(round(packet.dts * packet.time_base * US_PER_S))
        if packet.stream_index == stream.index:
            return video.picture(packet, self._clock.mono_us())
        return sound.frame(packet, self._clock.mono_us()) if sound else None

    def _wait_until(self, time_us: int) -> None:
        """Let as much time pass as the timestamps say."""
        now_us = self._clock.mono_us()
        if self._first is None:
            self._first = (now_us, time_us)
        wait_us = self._first[0] + time_us - self._first[1] - now_us
        if wait_us > _LONGEST_PAUSE_S * US_PER_S:
            self._first = (now_us, time_us)
        elif wait_us > 0:
            self._stopping.wait(wait_us / US_PER_S)
