"""A camera by RTSP, kept up for ever."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from nangmai.base.clock import Clock
from nangmai.devices.contract import SourceEvents, SourceStats
from nangmai.devices.limits import Door, HostLimits
from nangmai.devices.persistence import PersistentSource
from nangmai.devices.rtsp.client import RtspClient, Timing
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.rtsp import RtspUrl


class RtspSource(PersistentSource):
    """One stream of a camera."""

    def __init__(
        self,
        url: RtspUrl,
        *,
        transport: Literal["tcp", "udp"],
        audio: bool,
        events: SourceEvents,
        hosts: HostLimits,
        clock: Clock,
        timing: Timing,
    ) -> None:
        super().__init__(str(url), events=events, hosts=hosts, clock=clock)
        self._url = url
        self._transport = transport
        self._audio = audio
        self._timing = timing
        self._client: RtspClient | None = None

    @property
    def stats(self) -> SourceStats:
        client = self._client
        if client is None:
            return self._past
        past, received = self._past, [intake.depacketizer.stats for intake in client.intakes]
        wall_minus_mono_us = self._clock.wall_us() - self._clock.mono_us()
        offset_us = received[0].clock_offset_us(wall_minus_mono_us) if received else None
        return replace(
            past,
            bytes=past.bytes + client.received_bytes,
            packets=past.packets + sum(stats.packets for stats in received),
            lost=past.lost + sum(stats.lost for stats in received),
            resyncs=past.resyncs + client.resyncs,
            last_media_mono_us=client.last_media_us or past.last_media_mono_us,
            clock_offset_us=past.clock_offset_us if offset_us is None else offset_us,
        )

    def gather(self, *, is_allowed: bool) -> None:
        if self._client is not None:
            self._client.gather(is_allowed=is_allowed)

    async def _play(self) -> None:
        self._client = RtspClient(
            self._url,
            transport=self._transport,
            audio=self._audio,
            on_unit=self._deliver,
            on_media=self._media_flows,
            hosts=self._hosts,
            clock=self._clock,
            timing=self._timing,
        )
        try:
            await self._client.run()
        finally:
            self._past = self.stats
            self._client = None

    def _deliver(self, unit: Picture | AudioFrame) -> None:
        if isinstance(unit, Picture):
            self._events.on_picture(unit)
        else:
            self._events.on_audio(unit)

    def _blocked_s(self) -> float:
        return self._hosts.refusal_wait_s(Door(self._url.host, self._url.port, self._url.credentials))
