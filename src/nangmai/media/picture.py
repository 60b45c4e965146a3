"""What a depacketiser delivers: coded pictures, audio frames, and the parameters they need to be decoded.

These types never hold a view into a receive buffer: whoever gets one may keep it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VideoCodec = Literal["h264", "h265"]
AudioCodec = Literal["aac", "pcma", "pcmu", "opus"]


@dataclass(frozen=True, slots=True)
class VideoParameters:
    """How to decode a video stream, from its parameter sets; two of equal value need no new init segment."""

    codec: VideoCodec
    width: int
    height: int
    fps: float | None  #: from the timing the encoder declares; None where it declares none
    codecs: str  #: RFC 6381, such as `hvc1.1.6.L153.B0`
    sample_entry: bytes  #: the `avc1` or `hvc1` box, ready for `stsd`
    reorder_depth: int  #: pictures of delay that B-frames ask for; 0 = decode order is presentation order


@dataclass(frozen=True, slots=True)
class AudioParameters:
    """How to decode an audio stream."""

    codec: AudioCodec
    sample_rate: int
    channels: int
    codecs: str
    sample_entry: bytes


@dataclass(slots=True)
class Picture:
    """One coded picture (access unit). Pictures are delivered in decode order."""

    pts_90k: int  #: RTP timestamp unwrapped to 64 bits
    data: bytes  #: NAL units with 4-byte lengths, order and SEI untouched
    is_key: bool  #: IDR, CRA, BLA, or a recovery point (gradual refresh)
    received_us: int  #: monotonic, of the read that completed it
    parameters: VideoParameters | None  #: those in force for this picture; None = not known yet
    is_damaged: bool  #: packets of it, or of an earlier picture of its GOP, were lost


@dataclass(slots=True)
class AudioFrame:
    """One coded audio frame."""

    pts: int  #: in units of the sample rate, unwrapped to 64 bits
    data: bytes
    samples: int
    received_us: int
    parameters: AudioParameters
