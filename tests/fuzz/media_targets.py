"""What is fuzzed of the media: any bytes end in items or in errors of our own, in bounded time and memory."""

from __future__ import annotations

from typing import Any

from nangmai.base.errors import Error
from nangmai.media.aac import read_config, read_esds
from nangmai.media.depacketize import Depacketizer, depacketizer
from nangmai.media.h264_sets import H264Sets
from nangmai.media.h265_sets import H265Sets
from nangmai.media.isobmff import cut_at_key, init_segment, parse_moof, parse_prft, scan_file
from nangmai.media.isobmff.boxes import walk
from nangmai.media.isobmff.join import JoinedMovie
from nangmai.media.isobmff.movie import parse_init
from nangmai.media.opus import packet_samples
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.rtcp import sender_report
from nangmai.media.rtp import ReorderBuffer
from nangmai.media.sdp import MediaDescription
from nangmai.media.sets import has_recovery_point, sprop_sets

HBR = {"mode": "AAC-hbr", "sizelength": "13", "indexlength": "3", "indexdeltalength": "3", "config": "1408"}
STREAMS = [
    MediaDescription("video", "H264", 96, 90_000),
    MediaDescription("video", "H265", 96, 90_000),
    MediaDescription("video", "H265", 96, 90_000, fmtp={"sprop-max-don-diff": "2"}),
    MediaDescription("audio", "MPEG4-GENERIC", 96, 16_000, 1, fmtp=HBR),
    MediaDescription("audio", "OPUS", 96, 48_000, 2),
    MediaDescription("audio", "PCMA", 96, 8_000, 1),
]
#: of an instruction: what the packet before is followed by
SAME_TIME, MARKED, DETACH, SKIPS, GOES_BACK, RAW, NEW_SOURCE = 1, 2, 4, 8, 16, 32, 64
SEAL = b"seal" * 4


def instruction(flags: int, payload: bytes) -> bytes:
    """One step of `fuzz_rtp`: a packet with a header made as `flags` say."""
    return bytes((flags, len(payload) >> 8, len(payload) & 0xFF)) + payload


def fuzz_rtp(data: bytes) -> None:
    """The first byte chooses the codec; then come instructions: flags, length, payload."""
    if not data:
        return
    got: list[Any] = []
    made = depacketizer(STREAMS[data[0] % len(STREAMS)], got.append)
    assert made is not None
    packets = list(_packets(data[1:]))
    buffer = memoryview(bytearray(sum(len(packet) for packet, _ in packets) + 1))
    at = 0
    for packet, is_detached in packets:
        buffer[at : at + len(packet)] = packet
        made.push(buffer, at, at + len(packet), at)
        at += len(packet)
        if is_detached:
            made.detach()
            buffer[:at] = b"\xee" * at
            at = 0
    _check_units(got, made, sum(len(packet) for packet, _ in packets), len(packets))


def _packets(data: bytes) -> list[tuple[bytes, bool]]:
    packets = []
    number, time, source = 65_530, 0xFFFFF000, 1
    at = 0
    while at + 3 <= len(data):
        flags, size = data[at], data[at + 1] << 8 | data[at + 2]
        payload = data[at + 3 : at + 3 + size]
        at += 3 + size
        number += 3 if flags & SKIPS else -2 if flags & GOES_BACK else 1
        time += 0 if flags & SAME_TIME else 3600
        source += 1 if flags & NEW_SOURCE else 0
        if not flags & RAW:
            head = bytes((0x80, 96 | (0x80 if flags & MARKED else 0)))
            head += (number & 0xFFFF).to_bytes(2, "big") + (time & 0xFFFFFFFF).to_bytes(4, "big")
            payload = head + source.to_bytes(4, "big") + payload
        packets.append((payload, bool(flags & DETACH)))
    return packets


def _check_units(got: list[Any], made: Depacketizer, size: int, count: int) -> None:
    stats = made.stats
    assert 0 <= stats.packets <= count
    assert min(stats.lost, stats.malformed, stats.reordered) >= 0
    assert sum(len(unit.data) for unit in got) <= 5 * size + 64
    for unit in got:
        if isinstance(unit, Picture):
            _check_picture(unit)
        else:
            assert isinstance(unit, AudioFrame)
            assert unit.data
            assert unit.samples >= 0


def _check_picture(picture: Picture) -> None:
    at = 0
    while at < len(picture.data):
        size = int.from_bytes(picture.data[at : at + 4], "big")
        assert size > 0
        at += 4 + size
    assert at == len(picture.data) > 0
    if picture.parameters is not None:
        assert parse_init(init_segment(picture.parameters, None)).video == picture.parameters


def fuzz_interleaved(data: bytes) -> None:
    """Interleaved frames, in runs and one by one: the same pictures."""
    if not data:
        return
    description = STREAMS[data[0] % 3]
    frames = b"".join(
        b"$\0" + len(packet).to_bytes(2, "big") + packet for packet, _ in _packets(data[1:]) if len(packet) < 65536
    )
    frames = frames[: len(frames) - data[0] // 8 % 4]
    seen = []
    for in_runs in (False, True):
        got: list[Any] = []
        made = depacketizer(description, got.append)
        assert made is not None
        view, at = memoryview(frames), 0
        while at + 4 <= len(frames):
            after = made.push_run(view, at, len(frames), 0x2400, 0) if in_runs else at
            if after == at:
                after = at + 4 + (frames[at + 2] << 8 | frames[at + 3])
                if after > len(frames):
                    break
                made.push(view, at + 4, after, 0)
            at = after
        seen.append(([(picture.data, picture.pts_90k, picture.is_damaged) for picture in got], made.stats))
    assert seen[0] == seen[1]


def fuzz_reordering(data: bytes) -> None:
    """Every packet comes out once, in whatever order."""
    buffer = ReorderBuffer(max_packets=8, max_wait_us=50)
    pushed = [packet + bytes((index & 0xFF,)) for index, (packet, _) in enumerate(_packets(data)) if len(packet) >= 12]
    out: list[bytes] = []
    for index, packet in enumerate(pushed):
        out += buffer.push(packet, index * 10)
    out += buffer.flush()
    assert len(out) <= len(pushed)
    assert set(out) <= set(pushed)


def fuzz_small_parts(data: bytes) -> None:
    """Everything that is parsed by itself."""
    has_recovery_point(data)
    sender_report(data, 0)
    packet_samples(data)
    sprop_sets(data.decode("latin-1"))
    for sets in (H264Sets(), H265Sets()):
        sets.add(data)
        sets.parameters()
    for parse in (read_config, read_esds, parse_moof, parse_prft, parse_init, lambda piece: list(walk(piece))):
        try:
            parse(data)
        except Error as error:
            str(error)


def fuzz_mp4(data: bytes) -> None:
    """A file, with and without seals: scanned, cut, joined."""
    for seal in (None, SEAL):
        found = scan_file(lambda offset, size: data[offset : offset + size], len(data), seal)
        assert 0 <= found.whole_size <= len(data)
        assert (found.damage is None) == (found.whole_size == len(data) and found.head is not None)
        end = found.head.size if found.head else 0
        for unit in found.units:
            assert unit.offset >= end
            assert 0 < unit.data_offset <= unit.media_size <= unit.size
            end = unit.offset + unit.size
        assert end <= found.whole_size or not found.units
        assert len(cut_at_key(found.units, 0, 1 << 64)) <= len(found.units)
        if found.head is None:
            continue
        joined = JoinedMovie()
        try:
            joined.add_segment(found.head.init, 0)
            for unit in found.units:
                joined.add_unit(data[unit.offset : unit.offset + unit.data_offset], data, unit.offset)
            head = joined.head()
        except Error as error:
            str(error)
            continue
        assert [box.type for box in walk(head + bytes(joined.media_bytes))] == [b"ftyp", b"moov", b"mdat"]


RTP = {
    "rtp": fuzz_rtp,
    "interleaved": fuzz_interleaved,
    "reordering": fuzz_reordering,
    "small parts": fuzz_small_parts,
}
