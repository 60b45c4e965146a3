"""What the tests of the RTSP client share: clips of their own making, and a listener to a source's callbacks."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Coroutine
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import uvloop

from nangmai.base.clock import SystemClock
from nangmai.base.errors import Error
from nangmai.devices.contract import Source, SourceState
from nangmai.devices.limits import HostLimits
from nangmai.devices.source import open_source
from nangmai.media.picture import AudioFrame, Picture

PATIENCE_S = 30.0  #: far more than anything takes; tests end as soon as they know


def in_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run a test in an event loop of its own, of the kind that the recorder uses."""

    @functools.wraps(test)
    def run(*args: Any, **kwargs: Any) -> None:
        uvloop.run(test(*args, **kwargs))

    return run


class Listener:
    """Keeps what a source says."""

    def __init__(self) -> None:
        self.pictures: list[Picture] = []
        self.sounds: list[AudioFrame] = []
        self.states: list[tuple[SourceState, Error | None]] = []
        self._changed = asyncio.Event()

    def on_picture(self, picture: Picture) -> None:
        self.pictures.append(picture)
        self._changed.set()

    def on_audio(self, frame: AudioFrame) -> None:
        self.sounds.append(frame)
        self._changed.set()

    def on_state(self, state: SourceState, error: Error | None) -> None:
        self.states.append((state, error))
        self._changed.set()

    async def until(self, is_met: Callable[[], bool]) -> None:
        """Wait for something to become true; fails when it does not."""
        async with asyncio.timeout(PATIENCE_S):
            while not is_met():
                self._changed.clear()
                await self._changed.wait()

    async def error(self) -> Error:
        """The first error that a state came with."""
        await self.until(lambda: any(error for _, error in self.states))
        return next(error for _, error in self.states if error)

    @property
    def state_names(self) -> list[SourceState]:
        return [state for state, _ in self.states]


def listen(url: str, listener: Listener, transport: str = "tcp", *, audio: bool = False, stall_s: float = 10) -> Source:
    """A started source."""
    source = open_source(
        url,
        transport=transport,  # type: ignore[arg-type]
        audio=audio,
        events=listener,
        hosts=HostLimits(),
        clock=SystemClock(),
        stall_s=stall_s,
    )
    source.start()
    return source


def make_clip(
    path: Path, encoder: str = "libx264", *, seconds: int = 12, audio: bool = False, bitrate: int = 300_000
) -> Path:
    """A moving test picture, 320x240 at 10 pictures a second, with AAC sound if wanted."""
    with av.open(str(path), "w") as container:
        video = container.add_stream(encoder, rate=10)
        video.width, video.height, video.pix_fmt, video.bit_rate = 320, 240, "yuv420p", bitrate
        video.gop_size = 10
        video.codec_context.max_b_frames = 0
        video.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "x265-params": "log-level=none:bframes=0:keyint=10",
        }
        sound = container.add_stream("aac", rate=16000, layout="mono") if audio else None
        noise = np.random.default_rng(1).integers(0, 255, (240, 320, 3), dtype=np.uint8)
        for number in range(seconds * 10):
            frame = av.VideoFrame.from_ndarray(np.roll(noise, 4 * number, axis=1), format="rgb24")
            frame.pts, frame.time_base = number, Fraction(1, 10)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        if sound:
            samples = (np.sin(np.arange(seconds * 16000) / 20) * 8000).astype(np.int16)
            for begin in range(0, len(samples), 1024):
                part = av.AudioFrame.from_ndarray(samples[None, begin : begin + 1024], format="s16", layout="mono")
                part.sample_rate, part.pts = 16000, begin
                container.mux(sound.encode(part))
            container.mux(sound.encode(None))
    return path


def clip_packets(path: Path, kind: str) -> list[bytes]:
    """The coded pictures or frames of a clip, as its file holds them."""
    with av.open(str(path)) as container:
        stream = getattr(container.streams, kind)[0]
        return [bytes(packet) for packet in container.demux(stream) if packet.size]


def slices(picture: bytes, codec: str) -> tuple[bytes, ...]:
    """The coded slices of a picture with 4-byte lengths: what must be the same however parameter sets travel."""
    units = []
    position = 0
    while position < len(picture):
        size = int.from_bytes(picture[position : position + 4], "big")
        unit = picture[position + 4 : position + 4 + size]
        kind = unit[0] & 0x1F if codec == "h264" else unit[0] >> 1 & 0x3F
        if kind in range(1, 6) if codec == "h264" else kind < 32:
            units.append(unit)
        position += 4 + size
    return tuple(units)
