"""What the depacketiser costs: nanoseconds a packet and a picture, from packets in memory to joined pictures.

The stream is that of a 4K camera at 8 Mbit/s: 25 pictures a second of 40 kB, in fragments of 1400 bytes, behind the
interleaved headers of RTSP over TCP, handed over in reads of 64 KiB. Next to the product's depacketiser run the
designs that were weighed against it. Each figure is the best of several passes, so that other load on the machine
disturbs it little.
"""

from __future__ import annotations

import json
import struct
import sys
import time
from collections.abc import Callable
from random import Random
from typing import Any

from nangmai.media.h264 import H264Depacketizer
from nangmai.media.h265 import H265Depacketizer
from nangmai.media.isobmff import DecodeOrder, Sample, TrackRun, fragment_header, picture_fragment
from nangmai.media.nal import NalDepacketizer
from nangmai.media.picture import Picture

PICTURES = 250
PICTURE_BYTES = 40_000
PAYLOAD_BYTES = 1400
READ_BYTES = 64 * 1024
PASSES = 15
_HEADER = struct.Struct(">BBHII")


def stream(codec: str) -> bytes:
    """Interleaved frames (RFC 2326 §10.12) of one camera."""
    random = Random(1)
    out = bytearray()
    number = 0
    header_bytes = 1 if codec == "h264" else 2
    for picture in range(PICTURES):
        nal = _slice_header(codec, picture % 50 == 0) + b"\x80" + random.randbytes(PICTURE_BYTES)
        for at in range(header_bytes, len(nal), PAYLOAD_BYTES):
            part = nal[at : at + PAYLOAD_BYTES]
            is_last = at + PAYLOAD_BYTES >= len(nal)
            flags = (0x80 if at == header_bytes else 0) | (0x40 if is_last else 0)
            if codec == "h264":
                payload = bytes((nal[0] & 0xE0 | 28, flags | nal[0] & 0x1F)) + part
            else:
                payload = bytes((nal[0] & 0x81 | 49 << 1, nal[1], flags | nal[0] >> 1 & 0x3F)) + part
            rtp = _HEADER.pack(0x80, 96 | (0x80 if is_last else 0), number & 0xFFFF, picture * 3600, 7) + payload
            out += b"$\0" + len(rtp).to_bytes(2, "big") + rtp
            number += 1
    return bytes(out)


def _slice_header(codec: str, is_key: bool) -> bytes:
    if codec == "h264":
        return b"\x65" if is_key else b"\x41"
    return b"\x26\x01" if is_key else b"\x02\x01"


def packets(data: bytes) -> list[list[tuple[int, int]]]:
    """(start, end) of every RTP packet, one list a read."""
    reads: list[list[tuple[int, int]]] = [[]]
    at = 0
    while at < len(data):
        size = data[at + 2] << 8 | data[at + 3]
        if reads[-1] and at + 4 + size - reads[-1][0][0] > READ_BYTES:
            reads.append([])
        reads[-1].append((at + 4, at + 4 + size))
        at += 4 + size
    return reads


class FieldByField:
    """The plain design: parse every header by itself, keep a view, join once a picture. H.265 only."""

    def __init__(self, on_picture: Callable[[bytes], None]) -> None:
        self._on_picture = on_picture
        self._next = 0
        self._timestamp = 0
        self._parts: list[bytes | memoryview] = []
        self.lost = 0

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        first, second, number, timestamp, _ = _HEADER.unpack_from(buffer, start)
        if first != 0x80:
            return
        if number != self._next:
            self.lost += 1
        self._next = (number + 1) & 0xFFFF
        if timestamp != self._timestamp:
            self._parts.clear()
            self._timestamp = timestamp
        begin = start + 12
        header = buffer[begin + 2]
        if header & 0x80:
            kind = header & 0x3F
            self._parts.append(bytes((0, 0, 0, 0, buffer[begin] & 0x81 | kind << 1, buffer[begin + 1])))
        self._parts.append(buffer[begin + 3 : end])
        if second & 0x80:
            self._on_picture(b"".join(self._parts))
            self._parts.clear()

    def detach(self) -> None:
        self._parts[:] = [b"".join(self._parts)]


class CopyingEarly(FieldByField):
    """The same, with every payload appended to one bytearray at once."""

    def __init__(self, on_picture: Callable[[bytes], None]) -> None:
        super().__init__(on_picture)
        self._picture = bytearray()

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        first, second, number, timestamp, _ = _HEADER.unpack_from(buffer, start)
        if first != 0x80:
            return
        if number != self._next:
            self.lost += 1
        self._next = (number + 1) & 0xFFFF
        if timestamp != self._timestamp:
            self._picture.clear()
            self._timestamp = timestamp
        begin = start + 12
        header = buffer[begin + 2]
        if header & 0x80:
            self._picture += bytes((0, 0, 0, 0, buffer[begin] & 0x81 | (header & 0x3F) << 1, buffer[begin + 1]))
        self._picture += buffer[begin + 3 : end]
        if second & 0x80:
            self._on_picture(bytes(self._picture))
            self._picture.clear()

    def detach(self) -> None:
        return


Drive = Callable[[NalDepacketizer | FieldByField, memoryview, list[list[tuple[int, int]]]], None]
_FRAME = struct.Struct(">HH")


def drive_by_bounds(depacketizer: NalDepacketizer | FieldByField, view: memoryview, reads: list[Any]) -> None:
    """Packets whose bounds are known already: what is left is the depacketiser."""
    push = depacketizer.push
    for read in reads:
        for start, end in read:
            push(view, start, end, 0)
        depacketizer.detach()


def drive_by_frames(depacketizer: NalDepacketizer | FieldByField, view: memoryview, reads: list[Any]) -> None:
    """Interleaved frames as they come from a socket, one by one."""
    push = depacketizer.push
    unpack = _FRAME.unpack_from
    for read in reads:
        at, end = read[0][0] - 4, read[-1][1]
        while at < end:
            tag, size = unpack(view, at)
            at += 4
            if tag == 0x2400:
                push(view, at, at + size, 0)
            at += size
        depacketizer.detach()


def drive_by_runs(depacketizer: NalDepacketizer | FieldByField, view: memoryview, reads: list[Any]) -> None:
    """The same, and runs of fragments in one call."""
    assert isinstance(depacketizer, NalDepacketizer)
    for read in reads:
        at, end = read[0][0] - 4, read[-1][1]
        if depacketizer.push_run(view, at, end, 0x2400, 0) != end:
            raise AssertionError
        depacketizer.detach()


def measure(make: Callable[[], NalDepacketizer | FieldByField], data: bytes, drive: Drive) -> float:
    """Nanoseconds a packet."""
    reads = packets(data)
    view = memoryview(data)
    figures = []
    for _ in range(PASSES):
        depacketizer = make()
        began = time.perf_counter_ns()
        drive(depacketizer, view, reads)
        figures.append((time.perf_counter_ns() - began) / sum(map(len, reads)))
    return min(figures)


def measure_call(call: Callable[[], object], times: int = 2000) -> float:
    """Nanoseconds a call."""
    figures = []
    for _ in range(PASSES):
        began = time.perf_counter_ns()
        for _ in range(times):
            call()
        figures.append((time.perf_counter_ns() - began) / times)
    return min(figures)


def main() -> None:
    """Print all figures as JSON."""
    got: list[int] = []

    def on_picture(picture: Picture) -> None:
        got.append(len(picture.data))

    def on_bytes(picture: bytes) -> None:
        got.append(len(picture))

    h264, h265 = stream("h264"), stream("h265")
    make_h264: Callable[[], NalDepacketizer] = lambda: H264Depacketizer(96, 90_000, {}, on_picture)  # noqa: E731
    make_h265: Callable[[], NalDepacketizer] = lambda: H265Depacketizer(96, 90_000, {}, on_picture)  # noqa: E731
    per_packet = {
        "h264, packet by packet": measure(make_h264, h264, drive_by_bounds),
        "h265, packet by packet": measure(make_h265, h265, drive_by_bounds),
        "h265, frame by frame": measure(make_h265, h265, drive_by_frames),
        "h265, runs of frames": measure(make_h265, h265, drive_by_runs),
        "weighed: field by field, packet by packet": measure(lambda: FieldByField(on_bytes), h265, drive_by_bounds),
        "weighed: field by field, frame by frame": measure(lambda: FieldByField(on_bytes), h265, drive_by_frames),
        "weighed: copying early, frame by frame": measure(lambda: CopyingEarly(on_bytes), h265, drive_by_frames),
    }
    if len(got) != len(per_packet) * PASSES * PICTURES:
        sys.exit("pictures are missing")
    count = sum(map(len, packets(h265)))
    samples = [Sample(PICTURE_BYTES, 3600, 0, index == 0) for index in range(50)]
    order = DecodeOrder(2)
    times = iter(range(0, 1 << 40, 3600))
    json.dump(
        {
            "packets_per_picture": count / PICTURES,
            "ns_per_packet": {name: round(value) for name, value in per_packet.items()},
            "ns_per_picture": {name: round(value * count / PICTURES) for name, value in per_packet.items()},
            "percent_of_core_for_22000_packets_per_s": {
                name: round(value * 22_000 / 1e7, 2) for name, value in per_packet.items()
            },
            "ns_picture_fragment": round(measure_call(lambda: picture_fragment(1, 3600, 3600, 0, False, 40_000))),
            "ns_fragment_header_50_pictures": round(
                measure_call(lambda: fragment_header(1, TrackRun(0, samples), None), 200)
            ),
            "ns_decode_order": round(measure_call(lambda: order.push(next(times)))),
        },
        sys.stdout,
        indent=2,
    )
    print()


if __name__ == "__main__":
    main()
