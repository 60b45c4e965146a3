"""Finds the depacketiser for a stream that an SDP describes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

from nangmai.media.aac import AacDepacketizer
from nangmai.media.bits import BitstreamInvalid
from nangmai.media.g711 import G711Depacketizer, g711_parameters
from nangmai.media.h264 import H264Depacketizer
from nangmai.media.h265 import H265Depacketizer
from nangmai.media.opus import SAMPLE_RATE as OPUS_RATE
from nangmai.media.opus import OpusDepacketizer, opus_parameters
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.rtp import RtpStats
from nangmai.media.sdp import MediaDescription

_MAX_CHANNELS = 8
_MAX_SAMPLE_RATE = 192_000


class Depacketizer(Protocol):
    """Takes the packets of one stream and calls back with pictures or audio frames. No packet makes it raise."""

    stats: RtpStats

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        """One RTP packet in `buffer[start:end]`.

        Slices of it may be kept until the picture is complete or `detach()`.
        """

    def push_run(self, buffer: memoryview, start: int, end: int, tag: int, received_us: int) -> int:
        """Whole interleaved frames of this stream from `start` on; returns where they end.

        Optional: what it does not take goes through `push`. `tag` is `$` and the channel as one 16-bit number.
        """

    def detach(self) -> None:
        """Copy what is still referenced: the caller will overwrite the buffer."""

    def push_rtcp(self, packet: bytes, received_us: int) -> None:
        """One RTCP compound packet."""


def depacketizer(media: MediaDescription, on_unit: Callable[[Picture | AudioFrame], None]) -> Depacketizer | None:
    """The depacketiser for a medium; None for a codec that is not recorded."""
    if media.kind == "video":
        rate = media.clock_rate or 90_000
        if media.encoding == "H264":
            return H264Depacketizer(media.payload_type, rate, media.fmtp, on_unit)
        if media.encoding == "H265":
            return H265Depacketizer(media.payload_type, rate, media.fmtp, on_unit)
    elif media.kind == "audio":
        return _audio_depacketizer(media, on_unit)
    return None


def _audio_depacketizer(
    media: MediaDescription, on_frame: Callable[[Picture | AudioFrame], None]
) -> Depacketizer | None:
    kind, fmtp = media.payload_type, media.fmtp
    channels = max(media.channels, 1)
    if channels > _MAX_CHANNELS or media.clock_rate > _MAX_SAMPLE_RATE:
        return None
    if media.encoding in ("PCMA", "PCMU"):
        codec: Literal["pcma", "pcmu"] = "pcma" if media.encoding == "PCMA" else "pcmu"
        rate = media.clock_rate or 8000
        return G711Depacketizer(kind, rate, g711_parameters(codec, rate, channels), on_frame)
    if media.encoding == "OPUS":
        is_stereo = fmtp.get("sprop-stereo", "0").strip() == "1"
        return OpusDepacketizer(kind, OPUS_RATE, opus_parameters(2 if is_stereo else 1), on_frame)
    if media.encoding == "MPEG4-GENERIC" and media.clock_rate:
        try:
            return AacDepacketizer(kind, media.clock_rate, channels, fmtp, on_frame)
        except BitstreamInvalid:
            return None
    return None
