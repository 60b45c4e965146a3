"""Makes clips with libx264 and libx265 (inside the PyAV wheel) and keeps them: the same recipe is encoded once.

The cache lies in `$NANGMAI_CLIPS`, else in the user's cache folder. A clip gets there by rename, so a half-written one
is never seen, and two processes that make the same clip do no harm.
"""

from __future__ import annotations

import dataclasses
import fractions
import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Literal

import av
import numpy as np

from nangmai.base.errors import Error, Kind
from nangmai.simulator.bitstream import Codec
from nangmai.simulator.clip import Clip, open_clip
from nangmai.simulator.scenes import draw_pictures

_VERSION = 2  #: raise when the same recipe gives other pictures
_NOISE_SHIFT = 64
_ENCODERS = {"h264": "libx264", "h265": "libx265"}


class ClipNotMade(Error):
    """The clip {recipe} cannot be encoded: {reason}."""

    kind: ClassVar[Kind] = Kind.INVALID


class ClipAbandoned(Error):
    """The clip was not finished: the command was stopped."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


@dataclass(frozen=True)
class Recipe:
    """What a clip shows and how it is coded."""

    scene: str = "playground"
    label: str = ""
    codec: Codec = "h264"
    width: int = 320
    height: int = 180
    fps: int = 10
    seconds: float = 4.0
    quiet_seconds: float = 0.0  #: the clip's first part, with hardly anybody in the picture
    gop_seconds: float = 1.0
    b_frames: int = 0
    megabits: float | None = None  #: mean rate; None = constant quality
    quality: int = 28  #: constant rate factor
    preset: str = "ultrafast"
    noise: int = 0  #: sensor noise, standard deviation in grey levels
    audio: Literal["aac", "pcma"] | None = None
    seed: int = 1
    is_marked: bool = True  #: the barcode and a counting clock are burnt in, for whoever measures

    @property
    def pictures(self) -> int:
        """How many pictures the clip has."""
        return max(1, round(self.seconds * self.fps))

    @property
    def gop_pictures(self) -> int:
        """How many pictures lie between key pictures."""
        return max(1, round(self.gop_seconds * self.fps))

    @property
    def warm_up_pictures(self) -> int:
        """Pictures encoded first and thrown away: with a given rate, the encoder needs a GOP to settle on it."""
        return self.gop_pictures if self.megabits is not None else 0


def clips_folder() -> Path:
    """Where clips are kept."""
    given = os.environ.get("NANGMAI_CLIPS")
    if given:
        return Path(given)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nangmai" / "clips"


def clip_path(recipe: Recipe) -> Path:
    """Where the recipe's clip is kept once it is made."""
    text = f"{_VERSION} {sorted(dataclasses.asdict(recipe).items())}"
    return clips_folder() / f"{recipe.scene}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.mov"


def make_clip(recipe: Recipe, is_abandoned: Callable[[], bool] = lambda: False) -> Clip:
    """The clip of the recipe, from the cache when it is there."""
    path = clip_path(recipe)
    if not path.exists():
        encode_clip(recipe, path, is_abandoned)
    clip = open_clip(path)
    boundary = round(recipe.quiet_seconds * recipe.fps)
    if not boundary:
        return clip
    return dataclasses.replace(clip, parts=(range(boundary), range(boundary, len(clip.pictures))))


def encode_clip(recipe: Recipe, path: Path, is_abandoned: Callable[[], bool] = lambda: False) -> None:
    """Draw, encode, and move into place; asks before each picture whether anybody still wants it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(descriptor)
    try:
        with av.open(temporary, "w", format="mov") as container:
            _encode(recipe, container, is_abandoned)
        os.replace(temporary, path)
    except av.error.FFmpegError as error:
        raise ClipNotMade(recipe=recipe, reason=str(error)) from error
    finally:
        Path(temporary).unlink(missing_ok=True)


def _encode(recipe: Recipe, container: av.container.OutputContainer, is_abandoned: Callable[[], bool]) -> None:
    video = container.add_stream(_ENCODERS[recipe.codec], rate=recipe.fps, options=_options(recipe))
    assert isinstance(video, av.VideoStream)
    video.width, video.height, video.pix_fmt = recipe.width, recipe.height, "yuv420p"
    video.codec_context.gop_size = recipe.gop_pictures
    video.codec_context.max_b_frames = recipe.b_frames
    if recipe.megabits is not None:
        video.codec_context.bit_rate = round(recipe.megabits * 1e6)
    audio = _add_audio(recipe, container)
    noise = _noise(recipe) if recipe.noise else None
    for number, picture in enumerate(draw_pictures(recipe)):
        if is_abandoned():
            raise ClipAbandoned
        frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
        if noise is not None:
            _add_noise(frame, noise, number)
        frame.pts, frame.time_base = number, fractions.Fraction(1, recipe.fps)
        _mux(container, video.encode(frame), recipe)
    _mux(container, video.encode(None), recipe)
    if audio is not None:
        for sound in _sound(recipe, audio):
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))


def _mux(container: av.container.OutputContainer, packets: list[Any], recipe: Recipe) -> None:
    """Write all but the warm-up pictures, which end where a GOP ends."""
    for packet in packets:
        start = round(recipe.warm_up_pictures / recipe.fps / packet.time_base)
        if packet.pts >= start:
            packet.pts -= start
            packet.dts -= start
            container.mux(packet)


def _noise(recipe: Recipe) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Sensor noise for a surface larger than the picture; negative values wrap, as the sum does."""
    shape = (recipe.height + _NOISE_SHIFT, recipe.width + _NOISE_SHIFT)
    grain = np.random.default_rng(recipe.seed).normal(0, recipe.noise, shape)
    return np.clip(np.rint(grain), -15, 15).astype(np.int8).view(np.uint8)


def _add_noise(frame: av.VideoFrame, noise: np.ndarray[Any, np.dtype[np.uint8]], number: int) -> None:
    """Another part of the noise for every picture, on luma alone; it keeps 16 from both ends, so nothing overflows."""
    plane = frame.planes[0]
    luma = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)[:, : plane.width]
    down, across = number * 37 % _NOISE_SHIFT, number * 53 % _NOISE_SHIFT
    luma += noise[down : down + plane.height, across : across + plane.width]


def _options(recipe: Recipe) -> dict[str, str]:
    gop = recipe.gop_pictures
    if recipe.codec == "h264":
        options = {"preset": recipe.preset, "x264-params": f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0"}
    else:
        parameters = f"keyint={gop}:min-keyint={gop}:scenecut=0:open-gop=0:bframes={recipe.b_frames}:log-level=none"
        options = {"preset": recipe.preset, "x265-params": parameters}
    if recipe.megabits is None:
        options["crf"] = str(recipe.quality)
    return options


def _add_audio(recipe: Recipe, container: av.container.OutputContainer) -> av.AudioStream | None:
    if recipe.audio is None:
        return None
    if recipe.audio == "aac":
        stream = container.add_stream("aac", rate=16_000, layout="mono")
    else:
        stream = container.add_stream("pcm_alaw", rate=8_000, layout="mono")
    assert isinstance(stream, av.AudioStream)
    return stream


def _sound(recipe: Recipe, stream: av.AudioStream) -> Iterator[av.AudioFrame]:
    """A quiet two-tone hum with a beep every second, so that a listener can tell it goes on."""
    rate = stream.codec_context.sample_rate
    time_s = np.arange(round(recipe.seconds * rate)) / rate
    wave = 0.05 * np.sin(2 * np.pi * 220 * time_s) + 0.15 * np.sin(2 * np.pi * 880 * time_s) * (time_s % 1 < 0.08)
    samples = (wave * 32767).astype(np.int16)
    form = stream.codec_context.format.name
    for at in range(0, len(samples) - 1023, 1024):
        chunk = np.ascontiguousarray(samples[np.newaxis, at : at + 1024])
        coded = chunk.astype(np.float32) / 32768 if form.startswith("flt") else chunk
        frame = av.AudioFrame.from_ndarray(coded, format=form, layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = rate, at, fractions.Fraction(1, rate)
        yield frame
