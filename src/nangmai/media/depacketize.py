"""Finds the depacketiser for a stream that an SDP describes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from nangmai.media.h264 import H264Depacketizer
from nangmai.media.h265 import H265Depacketizer
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.rtp import RtpStats
from nangmai.media.sdp import MediaDescription


class Depacketizer(Protocol):
    """Takes the packets of one stream and calls back with pictures or audio frames. No packet makes it raise."""

    stats: RtpStats

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        """One RTP packet in `buffer[start:end]`.

        Slices of it may be kept until the picture is complete or `detach()`.
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
    return None
