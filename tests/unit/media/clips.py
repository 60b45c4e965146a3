"""Small coded clips made with PyAV, and a packetiser of the tests' own that can be as odd as cameras are."""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

import av
import numpy as np

from nangmai.media.depacketize import Depacketizer, depacketizer
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.sdp import MediaDescription

Codec = Literal["h264", "h265"]
PICTURE_90K = 3600
SSRC = 0x1234ABCD
HEADER = struct.Struct(">BBHII")


@dataclass(frozen=True)
class Coded:
    """One access unit as its NAL units."""

    pts_90k: int
    nals: tuple[bytes, ...]

    @property
    def data(self) -> bytes:
        """As a sample of an MP4."""
        return b"".join(len(nal).to_bytes(4, "big") + nal for nal in self.nals)


@dataclass(frozen=True)
class Clip:
    codec: Codec
    width: int
    height: int
    pictures: tuple[Coded, ...]
    extradata: bytes
    b_frames: int


def split_annex_b(data: bytes) -> tuple[bytes, ...]:
    """NAL units between start codes."""
    return tuple(piece.rstrip(b"\0") for piece in data.split(b"\0\0\1") if piece.rstrip(b"\0"))


@functools.cache
def clip(
    codec: Codec,
    *,
    pictures: int = 24,
    width: int = 160,
    height: int = 96,
    gop: int = 8,
    b_frames: int = 0,
    slices: int = 1,
    seed: int = 1,
    **options: str,
) -> Clip:
    """Noise and a moving bar, coded with libx264 or libx265; times in 1/90000 s at 25 pictures a second."""
    name = "libx264" if codec == "h264" else "libx265"
    context: Any = av.CodecContext.create(name, "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate, context.gop_size = Fraction(1, 25), Fraction(25), gop
    if codec == "h264":
        context.options = {"bf": str(b_frames), "slices": str(slices), "sc_threshold": "0", "preset": "fast", **options}
    else:
        extra = ":".join(f"{key}={value}" for key, value in options.items())
        parameters = (
            f"bframes={b_frames}:keyint={gop}:scenecut=0:slices={slices}:log-level=none:pools=1:frame-threads=1"
        )
        context.options = {"preset": "ultrafast", "x265-params": parameters + (":" + extra if extra else "")}
    random = np.random.default_rng(seed)
    coded: list[Coded] = []
    for number in range(pictures):
        pixels = random.integers(0, 60, (height, width, 3), dtype=np.uint8)
        pixels[:, number * 5 % width : number * 5 % width + 12] = 220
        frame = av.VideoFrame.from_ndarray(pixels, format="rgb24")
        frame.pts, frame.time_base = number, Fraction(1, 25)
        coded += [_coded(packet) for packet in context.encode(frame)]
    coded += [_coded(packet) for packet in context.encode(None)]
    return Clip(codec, width, height, tuple(coded), bytes(context.extradata or b""), b_frames)


def _coded(packet: Any) -> Coded:
    return Coded(round(packet.pts * packet.time_base * 90_000), split_annex_b(bytes(packet)))


@dataclass(frozen=True)
class Camera:
    """How a stream is cut into packets."""

    codec: Codec
    mtu: int = 600
    has_marker: bool = True
    marks_every_nal: bool = False
    aggregates: bool = False
    header_extra: bytes = b""  #: contributing sources or extension, with `first_byte` saying so
    first_byte: int = 0x80
    padding: int = 0
    has_don: bool = False
    ssrc: int = SSRC
    payload_type: int = 96
    first_number: int = 65_500
    first_time: int = 0xFFFFF000

    def but(self, **changes: Any) -> Camera:
        return replace(self, **changes)

    def payloads(self, nals: Iterable[bytes]) -> list[tuple[bytes, bool]]:
        """RTP payloads, each with whether a NAL unit ends with it."""
        nals = list(nals)
        out: list[tuple[bytes, bool]] = []
        small: list[bytes] = []
        for nal in nals:
            if self.aggregates and len(nal) + 4 + sum(len(one) + 4 for one in small) < self.mtu:
                small.append(nal)
                continue
            out += self._aggregate(small)
            small = []
            out += self._fragments(nal) if len(nal) > self.mtu else [(self._single(nal), True)]
        return out + self._aggregate(small)

    def _single(self, nal: bytes) -> bytes:
        return nal[:2] + b"\0\7" + nal[2:] if self.has_don else nal

    def _aggregate(self, nals: list[bytes]) -> list[tuple[bytes, bool]]:
        if len(nals) < 2:
            return [(self._single(nal), True) for nal in nals]
        if self.codec == "h264":
            return [(b"\x78" + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals), True)]
        out = bytes((48 << 1, 1))
        for number, nal in enumerate(nals):
            don = (b"\1" if number else b"\0\7") if self.has_don else b""
            out += don + len(nal).to_bytes(2, "big") + nal
        return [(out, True)]

    def _fragments(self, nal: bytes) -> list[tuple[bytes, bool]]:
        if self.codec == "h264":
            prefix, kind, body = bytes((nal[0] & 0xE0 | 28,)), nal[0] & 0x1F, nal[1:]
        else:
            prefix, kind, body = bytes((nal[0] & 0x81 | 49 << 1, nal[1])), nal[0] >> 1 & 0x3F, nal[2:]
        out = []
        for at in range(0, len(body), self.mtu):
            is_last = at + self.mtu >= len(body)
            flags = (0x80 if at == 0 else 0) | (0x40 if is_last else 0)
            don = b"\0\7" if self.has_don and at == 0 else b""
            out.append((prefix + bytes((flags | kind,)) + don + body[at : at + self.mtu], is_last))
        return out

    def packet(self, number: int, time: int, payload: bytes, is_marked: bool) -> bytes:
        padding = bytes(self.padding - 1) + bytes((self.padding,)) if self.padding else b""
        first = self.first_byte | (0x20 if self.padding else 0)
        second = self.payload_type | (0x80 if is_marked else 0)
        head = HEADER.pack(first, second, number & 0xFFFF, time & 0xFFFFFFFF, self.ssrc)
        return head + self.header_extra + payload + padding

    def packets(self, pictures: Iterable[Coded]) -> Iterator[bytes]:
        """The RTP packets of the pictures."""
        number = self.first_number
        for picture in pictures:
            payloads = self.payloads(picture.nals)
            for at, (payload, ends_nal) in enumerate(payloads):
                is_marked = self.has_marker and (at == len(payloads) - 1 or (self.marks_every_nal and ends_nal))
                yield self.packet(number, self.first_time + picture.pts_90k, payload, is_marked)
                number += 1


def make_depacketizer(
    codec: Codec, got: list[Any], fmtp: dict[str, str] | None = None, clock_rate: int = 90_000
) -> Depacketizer:
    made = depacketizer(MediaDescription("video", codec.upper(), 96, clock_rate, fmtp=fmtp or {}), got.append)
    assert made is not None
    return made


def receive(codec: Codec, packets: Iterable[bytes], **description: Any) -> tuple[list[Picture], Depacketizer]:
    """All pictures of the packets, through one buffer that is overwritten every few packets."""
    got: list[Any] = []
    made = make_depacketizer(codec, got, **description)
    push_through_buffer(made, packets)
    return got, made


def push_through_buffer(made: Depacketizer, packets: Iterable[bytes], held: int = 5) -> None:
    buffer = bytearray(1 << 20)
    view = memoryview(buffer)
    at = 0
    for number, packet in enumerate(packets):
        if number % held == 0:
            made.detach()
            buffer[:at] = b"\xee" * at
            at = 0
        buffer[at : at + len(packet)] = packet
        made.push(view, at, at + len(packet), number)
        at += len(packet)


def receive_audio(description: MediaDescription, packets: Iterable[bytes]) -> tuple[list[AudioFrame], Depacketizer]:
    got: list[Any] = []
    made = depacketizer(description, got.append)
    assert made is not None
    push_through_buffer(made, packets)
    return got, made
