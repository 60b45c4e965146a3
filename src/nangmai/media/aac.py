"""AAC over RTP (RFC 3640) and in MP4 (ISO/IEC 14496-3 §1.6, 14496-14): AU headers, AudioSpecificConfig, `esds`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from nangmai.media.audio import AudioDepacketizer
from nangmai.media.bits import BitReader, BitstreamInvalid
from nangmai.media.isobmff.boxes import full_box
from nangmai.media.isobmff.entries import audio_sample_entry
from nangmai.media.picture import AudioFrame, AudioParameters

_RATES = (96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350)
_CHANNELS = (0, 1, 2, 3, 4, 5, 6, 8)
_AAC_LC, _SBR, _PS, _ESCAPE = 2, 5, 29, 31
_MAX_FRAME_BYTES = 1 << 16
_ADTS_BYTES = 7


class AacConfig(NamedTuple):
    """An AudioSpecificConfig (§1.6.2.1) and what it says."""

    specific: bytes
    object_type: int
    sample_rate: int  #: of the core coder, in which frames are counted
    channels: int
    frame_samples: int


def read_config(specific: bytes, channels: int = 1) -> AacConfig:
    """Parse an AudioSpecificConfig; `channels` counts where it leaves them to the stream itself."""
    reader = BitReader(specific)
    object_type = _read_object_type(reader)
    sample_rate = _read_rate(reader)
    configuration = reader.read(4)
    core_type = object_type
    if object_type in (_SBR, _PS):
        _read_rate(reader)
        core_type = _read_object_type(reader)
    is_short = reader.flag() if core_type in (1, _AAC_LC, 3, 4, 6, 7) else False
    if configuration >= len(_CHANNELS):
        raise BitstreamInvalid(what=f"unknown AAC channel configuration {configuration}")
    count = _CHANNELS[configuration] or channels
    return AacConfig(specific, object_type, sample_rate, count, 960 if is_short else 1024)


def low_complexity_config(sample_rate: int, channels: int) -> AacConfig:
    """The configuration of plain AAC-LC, for a camera whose SDP gives none."""
    if sample_rate not in _RATES or channels not in _CHANNELS[1:]:
        raise BitstreamInvalid(what=f"AAC at {sample_rate} Hz with {channels} channels is unknown")
    bits = _AAC_LC << 11 | _RATES.index(sample_rate) << 7 | _CHANNELS.index(channels) << 3
    return read_config(bits.to_bytes(2, "big"))


def adts_header_bytes(frame: bytes) -> int:
    """How long the ADTS header before a single raw block is (ISO/IEC 14496-3 §1.A.2); 0 when there is none."""
    if len(frame) <= _ADTS_BYTES or frame[0] != 0xFF or frame[1] & 0xF6 != 0xF0:
        return 0
    size = (frame[3] & 3) << 11 | frame[4] << 3 | frame[5] >> 5
    if size != len(frame) or frame[6] & 3:
        return 0
    return _ADTS_BYTES if frame[1] & 1 else _ADTS_BYTES + 2  # and a checksum


def adts_config(frame: bytes, channels: int = 1) -> AacConfig:
    """What an ADTS header says, as the AudioSpecificConfig that takes its place."""
    object_type, rate = (frame[2] >> 6) + 1, frame[2] >> 2 & 0xF
    configuration = (frame[2] & 1) << 2 | frame[3] >> 6
    return read_config((object_type << 11 | rate << 7 | configuration << 3).to_bytes(2, "big"), channels)


def _read_object_type(reader: BitReader) -> int:
    object_type = reader.read(5)
    return 32 + reader.read(6) if object_type == _ESCAPE else object_type


def _read_rate(reader: BitReader) -> int:
    index = reader.read(4)
    if index == 15:
        rate = reader.read(24)
    elif index < len(_RATES):
        rate = _RATES[index]
    else:
        raise BitstreamInvalid(what=f"unknown AAC sampling frequency index {index}")
    if not rate:
        raise BitstreamInvalid(what="an AAC sampling frequency of 0")
    return rate


def aac_parameters(config: AacConfig) -> AudioParameters:
    """Parameters of an AAC stream."""
    entry = audio_sample_entry(b"mp4a", config.channels, config.sample_rate, _esds(config.specific))
    return AudioParameters("aac", config.sample_rate, config.channels, f"mp4a.40.{config.object_type}", entry)


def _descriptor(tag: int, *parts: bytes) -> bytes:
    payload = b"".join(parts)
    size = bytes((len(payload) >> shift & 0x7F) | (0x80 if shift else 0) for shift in (21, 14, 7, 0))
    return bytes((tag,)) + size + payload


def _esds(specific: bytes) -> bytes:
    """`esds` (ISO/IEC 14496-14 §5.6) around the AudioSpecificConfig."""
    decoder = _descriptor(0x04, bytes((0x40, 0x15)), bytes(11), _descriptor(0x05, specific))
    return full_box(b"esds", 0, 0, _descriptor(0x03, bytes(3), decoder, _descriptor(0x06, b"\x02")))


def read_esds(content: bytes) -> AacConfig:
    """The AudioSpecificConfig inside an `esds` payload, after its version and flags."""
    at, end = 0, len(content)
    skips = {0x03: 3, 0x04: 13}
    while at < end:
        tag, at = content[at], at + 1
        size = 0
        for _ in range(4):
            byte = content[at] if at < end else 0
            size, at = size << 7 | byte & 0x7F, at + 1
            if not byte & 0x80:
                break
        if tag == 0x05:
            return read_config(content[at : at + size])
        at += skips.get(tag, size)
    raise BitstreamInvalid(what="an esds without AudioSpecificConfig")


class _AuHeader(NamedTuple):
    """The form of AU headers (RFC 3640 §3.2.1), from the fmtp line."""

    size_bits: int
    index_bits: int
    delta_bits: int
    constant_size: int


#: fields of an AU header that no camera sends; where they are announced, the rest cannot be found
_OTHER_FIELDS = (
    "ctsdeltalength",
    "dtsdeltalength",
    "randomaccessindication",
    "streamstateindication",
    "auxiliarydatasizelength",
)


def _field(fmtp: Mapping[str, str], name: str, default: int, limit: int) -> int:
    try:
        value = int(fmtp.get(name, default))
    except ValueError:
        return default
    if not 0 <= value <= limit:
        raise BitstreamInvalid(what=f"{name} is {value}, at most {limit} is possible")
    return value


class AacDepacketizer(AudioDepacketizer):
    """One AAC stream in mode AAC-hbr, AAC-lbr or generic without timing fields."""

    __slots__ = ("_config", "_form", "_partial", "_partial_size", "_partial_time")

    def __init__(
        self,
        payload_type: int,
        clock_rate: int,
        channels: int,
        fmtp: Mapping[str, str],
        on_frame: Callable[[AudioFrame], None],
    ) -> None:
        try:
            self._config = read_config(bytes.fromhex(fmtp.get("config", "").strip()), channels)
        except (ValueError, BitstreamInvalid):
            self._config = low_complexity_config(clock_rate, channels)
        super().__init__(payload_type, clock_rate, aac_parameters(self._config), on_frame)
        if any(_field(fmtp, name, 0, 32) for name in _OTHER_FIELDS):
            raise BitstreamInvalid(what="its AU headers have timing fields")
        is_low = fmtp.get("mode", "").lower() == "aac-lbr"
        self._form = _AuHeader(
            _field(fmtp, "sizelength", 6 if is_low else 13, 16),
            _field(fmtp, "indexlength", 2 if is_low else 3, 16),
            _field(fmtp, "indexdeltalength", 2 if is_low else 3, 16),
            _field(fmtp, "constantsize", 0, _MAX_FRAME_BYTES),
        )
        self._partial = b""
        self._partial_size = 0
        self._partial_time = -1

    def _push_payload(self, payload: bytes, time: int, is_marked: bool) -> None:
        try:
            sizes, begin = self._read_headers(payload)
        except BitstreamInvalid:
            self.stats.malformed += 1
            return
        if len(sizes) == 1 and sizes[0][0] > len(payload) - begin:
            self._push_part(payload[begin:], sizes[0][0], time, is_marked)
            return
        self._forget_partial()
        step = self._config.frame_samples * self._clock_rate // self._config.sample_rate
        for size, index in sizes:
            if begin + size > len(payload):
                self.stats.malformed += 1
                return
            self._deliver_unit(time + index * step, payload[begin : begin + size])
            begin += size

    def _read_headers(self, payload: bytes) -> tuple[list[tuple[int, int]], int]:
        """(size, index from the first) of every access unit, and where they begin (RFC 3640 §3.2.1)."""
        form = self._form
        if form.constant_size:
            count = len(payload) // form.constant_size
            return [(form.constant_size, index) for index in range(count)], 0
        if not form.size_bits:
            return [(len(payload), 0)], 0
        bits = int.from_bytes(payload[:2], "big")
        begin = 2 + (bits + 7) // 8
        if begin > len(payload):
            raise BitstreamInvalid(what="AU headers reach beyond the packet")
        reader = BitReader(payload[2:begin])
        sizes: list[tuple[int, int]] = []
        index = 0
        while bits >= form.size_bits + (form.delta_bits if sizes else form.index_bits):
            size = reader.read(form.size_bits)
            width = form.delta_bits if sizes else form.index_bits
            delta = reader.read(width)
            index += delta + 1 if sizes else 0
            bits -= form.size_bits + width
            sizes.append((size, index))
        return sizes, begin

    def _push_part(self, part: bytes, size: int, time: int, is_marked: bool) -> None:
        """An access unit that does not fit one packet comes in parts, each with the whole size (RFC 3640 §3.2.3)."""
        if self._partial_time != time or self._partial_size != size:
            self._partial = b""
        if size > _MAX_FRAME_BYTES:
            self.stats.malformed += 1
            return
        self._partial += part
        self._partial_time, self._partial_size = time, size
        if len(self._partial) >= size or is_marked:
            if len(self._partial) == size:
                self._deliver_unit(time, self._partial)
            else:
                self.stats.malformed += 1
            self._forget_partial()

    def _forget_partial(self) -> None:
        self._partial = b""
        self._partial_time = -1

    def _deliver_unit(self, time: int, unit: bytes) -> None:
        unit = unit[adts_header_bytes(unit) :]  # some cameras leave it in
        if unit:
            self._deliver(time, self._config.frame_samples, unit)
