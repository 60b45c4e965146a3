"""Looks at a source once and says what it offers, or in one sentence why it cannot be recorded."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from nangmai.base.clock import Clock, SystemClock
from nangmai.base.errors import Error
from nangmai.base.log import mask_secrets
from nangmai.base.units import TIMESCALE_90K
from nangmai.devices.contract import SourceState, TransportName
from nangmai.devices.errors import CameraSilent, MediaStalled
from nangmai.devices.ffmpeg.source import FfmpegSource
from nangmai.devices.limits import HostLimits
from nangmai.devices.rtsp.client import RtspClient, Timing
from nangmai.media.picture import AudioFrame, Picture, VideoParameters
from nangmai.media.rtsp import parse_url

_LOOK_AGAIN_S = 0.2
_ENOUGH_PICTURES = 12  #: to measure a frame rate that the parameter sets do not tell
_SOUND_GRACE_S = 1.0  #: sound that is described comes within this after the pictures, or it does not come


@dataclass
class _Findings:
    """What has come so far."""

    wants_audio: bool
    clock: Clock
    parameters: VideoParameters | None = None
    times_90k: list[int] = field(default_factory=list)
    audio: AudioFrame | None = None
    error: Error | None = None
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    _complete_us: int | None = None

    # the callbacks of SourceEvents

    def on_picture(self, picture: Picture) -> None:
        self.parameters = picture.parameters or self.parameters
        self.times_90k.append(picture.pts_90k)
        self.changed.set()

    def on_audio(self, frame: AudioFrame) -> None:
        self.audio = self.audio or frame
        self.changed.set()

    def on_state(self, state: SourceState, error: Error | None) -> None:
        self.error = error or self.error
        self.changed.set()

    @property
    def is_complete(self) -> bool:
        """Everything that was asked for is known, or will not come."""
        if self.parameters is None:
            return False
        if self.parameters.fps is None and len(self.times_90k) < _ENOUGH_PICTURES:
            return False
        if self.audio is not None or not self.wants_audio:
            return True
        self._complete_us = self._complete_us or self.clock.mono_us()
        return self.clock.mono_us() - self._complete_us > _SOUND_GRACE_S * 1_000_000

    @property
    def fps(self) -> float | None:
        """As declared, else as measured: the median step between presentation times."""
        if self.parameters is not None and self.parameters.fps is not None:
            return round(self.parameters.fps, 3)
        times = sorted(set(self.times_90k))
        steps = [later - earlier for earlier, later in pairwise(times)]
        return round(TIMESCALE_90K / median(steps), 3) if steps else None

    def as_dict(self) -> dict[str, Any]:
        """The `video` and `audio` of the report."""
        video, audio = self.parameters, self.audio.parameters if self.audio else None
        assert video is not None
        return {
            "video": {
                "codec": video.codec,
                "width": video.width,
                "height": video.height,
                "fps": self.fps,
                "codecs": video.codecs,
            },
            "audio": {
                "codec": audio.codec,
                "sample_rate": audio.sample_rate,
                "channels": audio.channels,
                "codecs": audio.codecs,
            }
            if audio
            else None,
        }


async def probe(url: str, transport: TransportName = "tcp", timeout_s: float = 10) -> dict[str, Any]:
    """The report of `nangmai probe`; raises the error that says why there is none."""
    look = _probe_ffmpeg if transport == "ffmpeg" else _probe_rtsp
    return await look(url, transport, timeout_s)


async def _probe_rtsp(url: str, transport: TransportName, timeout_s: float) -> dict[str, Any]:
    assert transport != "ffmpeg"
    clock = SystemClock()
    findings = _Findings(wants_audio=True, clock=clock)

    def on_unit(unit: Picture | AudioFrame) -> None:
        if isinstance(unit, Picture):
            findings.on_picture(unit)
        else:
            findings.on_audio(unit)

    client = RtspClient(
        parse_url(url),
        transport=transport,
        audio=True,
        on_unit=on_unit,
        on_media=lambda: None,
        hosts=HostLimits(clock=clock),
        clock=clock,
        timing=Timing(connect_s=timeout_s, answer_s=timeout_s, stall_s=timeout_s),
    )

    def is_complete() -> bool:
        if client.prepared is not None:
            findings.wants_audio = len(client.prepared.tracks) > 1
        return findings.is_complete

    playing = asyncio.create_task(client.run())
    playing.add_done_callback(lambda _: findings.changed.set())
    try:
        await _until(lambda: is_complete() or playing.done(), findings.changed, timeout_s)
        if playing.done() and not is_complete():
            playing.result()
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)
    if findings.parameters is None:
        silent = MediaStalled if client.prepared else CameraSilent
        raise silent(url=str(client.url), seconds=f"{timeout_s:g}")
    server = client.prepared.server if client.prepared else ""
    return {**findings.as_dict(), "server": server or None, "transport": transport}


async def _until(is_over: Callable[[], bool], changed: asyncio.Event, timeout_s: float) -> None:
    loop = asyncio.get_running_loop()
    ends = loop.time() + timeout_s
    while not is_over() and loop.time() < ends:
        changed.clear()
        with suppress(TimeoutError):
            async with asyncio.timeout(_LOOK_AGAIN_S):
                await changed.wait()


async def _probe_ffmpeg(url: str, transport: TransportName, timeout_s: float) -> dict[str, Any]:
    clock = SystemClock()
    findings = _Findings(wants_audio=True, clock=clock)
    source = FfmpegSource(
        url, audio=True, events=findings, hosts=HostLimits(clock=clock), clock=clock, stall_s=timeout_s
    )
    source.start()
    try:
        await _until(lambda: findings.is_complete or findings.error is not None, findings.changed, timeout_s)
    finally:
        await source.stop()
    if findings.parameters is None:
        raise findings.error or CameraSilent(url=mask_secrets(url), seconds=f"{timeout_s:g}")
    return {**findings.as_dict(), "server": None, "transport": transport}
