"""A clip: coded pictures (and sound) in memory, to be sent round and round. Reads any MP4 or MKV without decoding."""

from __future__ import annotations

import fractions
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

import av
import av.error

from nangmai.base.errors import Error, Kind
from nangmai.base.units import TIMESCALE_90K
from nangmai.simulator import bitstream
from nangmai.simulator.bitstream import Codec

_CODECS: dict[str, Codec] = {"h264": "h264", "hevc": "h265"}


class ClipUnusable(Error):
    """The file {path} cannot be served: {reason}. Give an MP4 or MKV file with H.264 or H.265 video."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True, slots=True)
class ClipPicture:
    """One coded picture: its NAL units without parameter sets, times in 1/90000 s from the clip's first decode time."""

    nals: tuple[bytes, ...]
    dts_90k: int
    pts_90k: int
    is_key: bool


@dataclass(frozen=True, slots=True)
class AudioTrack:
    """Coded sound: one entry a frame, each of the same number of samples."""

    codec: Literal["aac", "pcma", "pcmu"]
    sample_rate: int
    channels: int
    frame_samples: int
    frames: tuple[bytes, ...]
    config: bytes = b""


@dataclass(frozen=True)
class Clip:
    """Video with optional sound. `parts` are ranges that each start with a key picture and join seamlessly."""

    codec: Codec
    width: int
    height: int
    fps: float
    parameter_sets: tuple[bytes, ...]
    pictures: tuple[ClipPicture, ...]
    duration_90k: int
    audio: AudioTrack | None = None
    parts: tuple[range, ...] = field(default=())

    @property
    def bitrate_bps(self) -> float:
        """Mean rate of the coded pictures."""
        size_bytes = sum(len(nal) for picture in self.pictures for nal in picture.nals)
        return size_bytes * 8 * TIMESCALE_90K / self.duration_90k


def open_clip(path: Path) -> Clip:
    """Read a file's first video track, and its AAC or G.711 track when there is one."""
    try:
        with av.open(str(path)) as container:
            return _read(container, path)
    except (av.error.FFmpegError, OSError) as error:
        raise ClipUnusable(path=path, reason=str(error)) from error


def _read(container: av.container.InputContainer, path: Path) -> Clip:
    if not container.streams.video:
        raise ClipUnusable(path=path, reason="it has no video")
    video = container.streams.video[0]
    codec = _CODECS.get(video.codec_context.name)
    if codec is None:
        raise ClipUnusable(path=path, reason=f"its video is {video.codec_context.name}")
    audio = container.streams.audio[0] if container.streams.audio else None
    sets, length_bytes = bitstream.parameter_sets_of(codec, bytes(video.codec_context.extradata or b"\0\0\1"))
    coded: list[tuple[list[bytes], int, int]] = []
    frames: list[bytes] = []
    for packet in container.demux([stream for stream in (video, audio) if stream is not None]):
        if packet.size == 0:
            continue
        if packet.stream is not video:
            frames.append(bytes(packet))
            continue
        nals = (
            bitstream.split_lengths(bytes(packet), length_bytes)
            if length_bytes
            else bitstream.split_annex_b(bytes(packet))
        )
        coded.append((nals, *_times_90k(packet)))
    if not coded:
        raise ClipUnusable(path=path, reason="it holds no pictures")
    for nal in coded[0][0]:
        if bitstream.is_parameter_set(codec, nal) and nal not in sets:
            sets.append(nal)
    return _assemble(codec, video, sets, coded, _audio_track(audio, frames))


def _times_90k(packet: Any) -> tuple[int, int]:
    base = packet.time_base or fractions.Fraction(1, TIMESCALE_90K)
    pts = packet.pts or 0
    dts = packet.dts if packet.dts is not None else pts
    return round(dts * base * TIMESCALE_90K), round(pts * base * TIMESCALE_90K)


def _assemble(
    codec: Codec,
    video: av.VideoStream,
    sets: list[bytes],
    coded: list[tuple[list[bytes], int, int]],
    audio: AudioTrack | None,
) -> Clip:
    first_key = next((n for n, (nals, _, _) in enumerate(coded) if bitstream.is_key(codec, nals)), 0)
    coded = coded[first_key:]
    origin = coded[0][1]
    pictures = tuple(
        ClipPicture(
            nals=tuple(nal for nal in nals if not bitstream.is_parameter_set(codec, nal)),
            dts_90k=dts - origin,
            pts_90k=pts - origin,
            is_key=bitstream.is_key(codec, nals),
        )
        for nals, dts, pts in coded
    )
    span = pictures[-1].dts_90k
    interval = span // (len(pictures) - 1) if len(pictures) > 1 else 3600
    return Clip(
        codec=codec,
        width=video.codec_context.width,
        height=video.codec_context.height,
        fps=TIMESCALE_90K / interval,
        parameter_sets=tuple(sets),
        pictures=pictures,
        duration_90k=span + interval,
        audio=audio,
        parts=(range(len(pictures)),),
    )


def _audio_track(stream: av.AudioStream | None, frames: list[bytes]) -> AudioTrack | None:
    if stream is None or not frames:
        return None
    context = stream.codec_context
    if context.name == "aac":
        config = bytes(context.extradata or b"")
        return AudioTrack("aac", context.sample_rate, context.channels, 1024, tuple(frames), config)
    if context.name in ("pcm_alaw", "pcm_mulaw"):
        name: Literal["pcma", "pcmu"] = "pcma" if context.name == "pcm_alaw" else "pcmu"
        joined = b"".join(frames)
        size = context.sample_rate * context.channels // 50
        whole = tuple(joined[at : at + size] for at in range(0, len(joined) - size + 1, size))
        return AudioTrack(name, context.sample_rate, context.channels, context.sample_rate // 50, whole)
    return None
