"""From FFmpeg's packets to Pictures and AudioFrames, the same as depacketisers give. No threads, no clocks.

Nothing is decoded or re-encoded: NAL units keep their order and bytes, only their framing becomes 4-byte lengths.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, ClassVar

import av

from nangmai.base.errors import Error, Kind
from nangmai.base.units import TIMESCALE_90K
from nangmai.media.aac import aac_parameters, adts_config, adts_header_bytes, low_complexity_config, read_config
from nangmai.media.bits import BitstreamInvalid
from nangmai.media.g711 import g711_parameters
from nangmai.media.h264_sets import H264Sets
from nangmai.media.h265_sets import H265Sets
from nangmai.media.opus import opus_parameters, packet_samples
from nangmai.media.picture import AudioFrame, AudioParameters, Picture, VideoParameters

_START_CODE = b"\0\0\1"
_H264_SETS = frozenset({7, 8})
_H265_SETS = frozenset({32, 33, 34})


class StreamBroken(Error):
    """The stream breaks the rules of its own format: {reason}."""

    kind: ClassVar[Kind] = Kind.CORRUPT


def annex_b_units(data: bytes) -> Iterator[bytes]:
    """NAL units of a byte stream (H.264 Annex B, H.265 Annex B)."""
    for unit in data.split(_START_CODE)[1:]:
        clean = unit.rstrip(b"\0")
        if clean:
            yield clean


def length_units(data: bytes, length_bytes: int) -> Iterator[bytes]:
    """NAL units that are preceded by their lengths (ISO 14496-15 §5.3.3)."""
    position = 0
    while position + length_bytes <= len(data):
        begin = position + length_bytes
        position = begin + int.from_bytes(data[position:begin], "big")
        if position > len(data):
            raise StreamBroken(reason="a NAL unit is longer than its picture")
        if position > begin:
            yield data[begin:position]


def configured_sets(codec: str, record: bytes) -> tuple[list[bytes], int]:
    """Parameter sets out of `avcC` or `hvcC` (ISO 14496-15 §5.3.3, §8.3.3) and how long lengths are."""
    is_h264 = codec == "h264"
    size_at, position = (4, 5) if is_h264 else (21, 22)
    if len(record) <= position:
        raise StreamBroken(reason="its decoder configuration is too short")
    groups = (0x1F, 0xFF) if is_h264 else (0xFF,) * record[22]
    position += 0 if is_h264 else 1
    found: list[bytes] = []
    for mask in groups:
        if not is_h264:
            count, position = int.from_bytes(record[position + 1 : position + 3], "big"), position + 3
        else:
            count, position = (record[position] & mask if position < len(record) else 0), position + 1
        for _ in range(count):
            begin = position + 2
            position = begin + int.from_bytes(record[position:begin], "big")
            if position > len(record):
                raise StreamBroken(reason="its decoder configuration is cut off")
            found.append(record[begin:position])
    return found, (record[size_at] & 3) + 1


class VideoReader:
    """Pictures of one H.264 or H.265 stream."""

    def __init__(self, codec: str, extradata: bytes, time_base: Fraction) -> None:
        """`codec` is `h264` or `hevc`, as FFmpeg calls them."""
        self.parameters: VideoParameters | None = None
        self._is_h264 = codec == "h264"
        self._sets: H264Sets | H265Sets = H264Sets() if self._is_h264 else H265Sets()
        self._scale = time_base * TIMESCALE_90K
        self._length_bytes = 0  #: 0 = Annex B
        self._pts_90k = 0
        if extradata[:1] == b"\1":
            units, self._length_bytes = configured_sets(codec, extradata)
        else:
            units = list(annex_b_units(extradata))
        self._note_sets(units)

    def picture(self, packet: av.Packet[Any], received_us: int) -> Picture | None:
        """The picture in a packet; None when it holds none."""
        units = self._units(bytes(packet))
        self._note_sets(units)
        data = b"".join(part for unit in units for part in (len(unit).to_bytes(4, "big"), unit))
        if not data:
            return None
        time = packet.pts if packet.pts is not None else packet.dts
        if time is not None:
            self._pts_90k = round(time * self._scale)
        elif packet.duration:
            self._pts_90k += round(packet.duration * self._scale)
        return Picture(
            self._pts_90k, data, bool(packet.is_keyframe), received_us, self.parameters, bool(packet.is_corrupt)
        )

    def _units(self, data: bytes) -> list[bytes]:
        if self._length_bytes and not (self._length_bytes == 4 and data[:4] == b"\0\0\0\1"):
            return list(length_units(data, self._length_bytes))
        return list(annex_b_units(data))

    def _note_sets(self, units: list[bytes]) -> None:
        is_new = False
        for unit in units:
            kind = unit[0] & 0x1F if self._is_h264 else unit[0] >> 1 & 0x3F
            if kind in (_H264_SETS if self._is_h264 else _H265_SETS):
                is_new = self._sets.add(unit) or is_new
        if is_new:
            self.parameters = self._sets.parameters() or self.parameters


class AudioReader:
    """Frames of one audio stream of a codec that can be recorded."""

    def __init__(self, parameters: AudioParameters, frame_samples: int, time_base: Fraction) -> None:
        """`frame_samples` is 0 where the frame itself tells."""
        self.parameters = parameters
        self._frame_samples = frame_samples
        self._scale = time_base * parameters.sample_rate
        self._pts = 0

    def frame(self, packet: av.Packet[Any], received_us: int) -> AudioFrame | None:
        """The frame in a packet; None when it is empty."""
        data = self._payload(bytes(packet))
        if not data:
            return None
        time = packet.pts if packet.pts is not None else packet.dts
        if time is not None:
            self._pts = round(time * self._scale)
        samples = self._frame_samples or self._counted(data)
        frame = AudioFrame(self._pts, data, samples, received_us, self.parameters)
        self._pts += samples
        return frame

    def _payload(self, data: bytes) -> bytes:
        """What of a packet is recorded."""
        return data

    def _counted(self, data: bytes) -> int:
        return packet_samples(data) if self.parameters.codec == "opus" else len(data) // self.parameters.channels


class AdtsReader(AudioReader):
    """AAC whose frames bring their configuration along, as MPEG transport streams have it: recorded without it."""

    def __init__(self, sample_rate: int, channels: int, time_base: Fraction) -> None:
        """What FFmpeg has found out stands until the first frame says it."""
        config = low_complexity_config(sample_rate, channels)
        super().__init__(aac_parameters(config), config.frame_samples, time_base)
        self._time_base = time_base
        self._specific = b""

    def _payload(self, data: bytes) -> bytes:
        header_bytes = adts_header_bytes(data)
        if not header_bytes:
            return b""  # several blocks in one frame, or damage
        try:
            config = adts_config(data, self.parameters.channels)
        except BitstreamInvalid:
            return b""
        if config.specific != self._specific:
            self._specific, self.parameters = config.specific, aac_parameters(config)
            self._scale = self._time_base * config.sample_rate
        return data[header_bytes:]


def audio_reader(stream: av.AudioStream) -> AudioReader | None:
    """How to read a stream; None for a codec that is not recorded."""
    codec, time_base = stream.codec_context, Fraction(stream.time_base or Fraction(1, 90_000))
    channels = max(codec.channels, 1)
    if codec.name == "aac":
        try:
            if not codec.extradata:
                return AdtsReader(codec.sample_rate, channels, time_base)
            config = read_config(bytes(codec.extradata), channels)
        except BitstreamInvalid:
            return None
        return AudioReader(aac_parameters(config), config.frame_samples, time_base)
    if codec.name == "opus":
        return AudioReader(opus_parameters(channels), 0, time_base)
    if codec.name == "pcm_alaw":
        return AudioReader(g711_parameters("pcma", codec.sample_rate, channels), 0, time_base)
    if codec.name == "pcm_mulaw":
        return AudioReader(g711_parameters("pcmu", codec.sample_rate, channels), 0, time_base)
    return None
