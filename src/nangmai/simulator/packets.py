"""Packetising, once, when a clip is loaded: RFC 6184, RFC 7798, RFC 3640, RFC 3551, framed as RFC 2326 §10.12.

A picture becomes one buffer in which all its RTP packets stand behind their interleaved headers. Sending only patches
sequence number, timestamp and SSRC of each packet, and the 32 digits of the stamp; nothing is built per picture.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from nangmai.simulator import bitstream
from nangmai.simulator.bitstream import Codec
from nangmai.simulator.clip import AudioTrack, Clip, ClipPicture
from nangmai.simulator.stamp import STAMP_UUID, stamp_nal

MTU_BYTES = 1400
VIDEO_PAYLOAD_TYPE, AAC_PAYLOAD_TYPE = 96, 97
_FRAME = struct.Struct(
    ">cBHBBHII"
)  #: `$`, channel, length; RTP V=2, marker and payload type, sequence, timestamp, SSRC
HEADER_BYTES = 4
RTP_BYTES = 12


@dataclass(slots=True)
class PacketizedPicture:
    """All packets of one picture in one patchable buffer."""

    buffer: bytearray
    frames: list[int]  #: offset of each `$`
    headers: list[int]  #: offset of each sequence number: `$` + 6
    stamp_at: int
    payload_bytes: int
    dts_90k: int
    pts_90k: int
    is_key: bool
    number: int  #: its place in the order of presentation: what the barcode shows

    def packets(self) -> list[bytes]:
        """A copy of each RTP packet, without its interleaved header."""
        ends = [*self.frames[1:], len(self.buffer)]
        return [bytes(self.buffer[start + HEADER_BYTES : end]) for start, end in zip(self.frames, ends, strict=True)]


@dataclass(slots=True)
class PacketizedClip:
    """A clip as its cameras send it."""

    clip: Clip
    pictures: list[PacketizedPicture]
    audio: list[bytes]  #: one RTP packet a frame, framed


def packetize(
    clip: Clip, *, in_band_sets: bool = True, aggregate: bool = False, mtu_bytes: int = MTU_BYTES
) -> PacketizedClip:
    """Prepare every picture and sound frame of the clip."""
    shown = sorted(picture.pts_90k for picture in clip.pictures)
    numbers = {pts_90k: number for number, pts_90k in enumerate(shown)}
    pictures = []
    for picture in clip.pictures:
        nals = _with_stamp(clip.codec, list(picture.nals))
        if picture.is_key and in_band_sets:
            nals = _with_sets(clip.codec, nals, clip.parameter_sets)
        payloads = _payloads(clip.codec, nals, aggregate, mtu_bytes - RTP_BYTES)
        pictures.append(_lay_out(payloads, picture, numbers[picture.pts_90k]))
    return PacketizedClip(clip, pictures, _audio_packets(clip.audio))


def _with_stamp(codec: Codec, nals: list[bytes]) -> list[bytes]:
    at = next((n for n, nal in enumerate(nals) if bitstream.is_coded_slice(codec, nal)), len(nals))
    return [*nals[:at], stamp_nal(codec), *nals[at:]]


def _with_sets(codec: Codec, nals: list[bytes], sets: tuple[bytes, ...]) -> list[bytes]:
    delimiter = bitstream.H264_AUD if codec == "h264" else bitstream.H265_AUD
    at = 1 if bitstream.nal_type(codec, nals[0]) == delimiter else 0
    return [*nals[:at], *sets, *nals[at:]]


def _payloads(codec: Codec, nals: list[bytes], aggregate: bool, limit: int) -> list[bytes]:
    """RTP payloads of one picture: single NAL units, fragments, and (when asked) aggregates of small neighbours."""
    payloads: list[bytes] = []
    small: list[bytes] = []
    for nal in nals:
        if aggregate and len(nal) < 200 and sum(len(one) + 2 for one in small) + len(nal) + 4 <= limit:
            small.append(nal)
            continue
        payloads += _aggregated(codec, small)
        small = []
        payloads += [nal] if len(nal) <= limit else _fragments(codec, nal, limit)
    return payloads + _aggregated(codec, small)


def _aggregated(codec: Codec, nals: list[bytes]) -> list[bytes]:
    """STAP-A (RFC 6184 §5.7.1) or AP (RFC 7798 §4.4.2)."""
    if len(nals) < 2:
        return nals
    if codec == "h264":
        header = bytes([max(nal[0] & 0x60 for nal in nals) | 24])
    else:
        header = bytes([48 << 1, min(nal[1] for nal in nals)])
    return [header + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)]


def _fragments(codec: Codec, nal: bytes, limit: int) -> list[bytes]:
    """FU-A (RFC 6184 §5.8) or FU (RFC 7798 §4.4.3)."""
    if codec == "h264":
        kind, prefix, body = nal[0] & 0x1F, bytes([nal[0] & 0xE0 | 28]), nal[1:]
    else:
        kind, prefix, body = nal[0] >> 1 & 0x3F, bytes([nal[0] & 0x81 | 49 << 1, nal[1]]), nal[2:]
    size = limit - len(prefix) - 1
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    last = len(pieces) - 1
    return [
        prefix + bytes([(0x80 if n == 0 else 0) | (0x40 if n == last else 0) | kind]) + piece
        for n, piece in enumerate(pieces)
    ]


def _lay_out(payloads: list[bytes], picture: ClipPicture, number: int) -> PacketizedPicture:
    buffer = bytearray()
    frames = []
    for at, payload in enumerate(payloads):
        frames.append(len(buffer))
        marker = 0x80 if at == len(payloads) - 1 else 0
        buffer += framed(0, marker | VIDEO_PAYLOAD_TYPE, payload)
    return PacketizedPicture(
        buffer=buffer,
        frames=frames,
        headers=[at + HEADER_BYTES + 2 for at in frames],
        stamp_at=buffer.find(STAMP_UUID) + len(STAMP_UUID),
        payload_bytes=sum(map(len, payloads)),
        dts_90k=picture.dts_90k,
        pts_90k=picture.pts_90k,
        is_key=picture.is_key,
        number=number,
    )


def framed(channel: int, marker_and_type: int, payload: bytes) -> bytes:
    """An RTP packet behind its interleaved header; sequence, timestamp and SSRC still zero."""
    return _FRAME.pack(b"$", channel, RTP_BYTES + len(payload), 0x80, marker_and_type, 0, 0, 0) + payload


def _audio_packets(audio: AudioTrack | None) -> list[bytes]:
    if audio is None:
        return []
    if audio.codec == "aac":  # AAC-hbr: one access unit, 13 bits of size and 3 of index (RFC 3640 §3.3.6)
        return [
            framed(2, 0x80 | AAC_PAYLOAD_TYPE, struct.pack(">HH", 16, len(frame) << 3) + frame)
            for frame in audio.frames
        ]
    kind = 8 if audio.codec == "pcma" else 0
    return [framed(2, kind, frame) for frame in audio.frames]
