"""Packets carry a picture whole: put together again as the RFCs say, they are the NAL units that went in."""

from __future__ import annotations

import pytest

from nangmai.simulator.bitstream import Codec
from nangmai.simulator.clip import Clip
from nangmai.simulator.packets import RTP_BYTES, packetize
from nangmai.simulator.stamp import stamp_nal


def reassembled(codec: Codec, packets: list[bytes]) -> list[bytes]:
    """A depacketiser for whole pictures without loss: RFC 6184 §5.6-5.8, RFC 7798 §4.4."""
    nals: list[bytes] = []
    header = 1 if codec == "h264" else 2
    for packet in packets:
        payload = packet[RTP_BYTES:]
        kind = payload[0] & 31 if codec == "h264" else payload[0] >> 1 & 63
        if kind == {"h264": 24, "h265": 48}[codec]:
            at = header
            while at < len(payload):
                size = int.from_bytes(payload[at : at + 2], "big")
                nals.append(payload[at + 2 : at + 2 + size])
                at += 2 + size
        elif kind == {"h264": 28, "h265": 49}[codec]:
            flags = payload[header]
            if flags & 0x80:
                start = payload[0] & 0xE0 | flags & 31 if codec == "h264" else payload[0] & 0x81 | (flags & 63) << 1
                nals.append(bytes([start]) + payload[1:header])
            nals[-1] += payload[header + 1 :]
        else:
            nals.append(payload)
    return nals


@pytest.mark.parametrize("aggregate", [False, True])
@pytest.mark.parametrize("mtu_bytes", [120, 1400])
def test_packets_put_together_are_the_pictures_that_went_in(clip: Clip, aggregate: bool, mtu_bytes: int) -> None:
    made = packetize(clip, aggregate=aggregate, mtu_bytes=mtu_bytes)
    for picture, packed in zip(clip.pictures, made.pictures, strict=True):
        sets = list(clip.parameter_sets) if picture.is_key else []
        nals = reassembled(clip.codec, packed.packets())
        assert [nal for nal in nals if nal not in sets] == _with_stamp(clip.codec, list(picture.nals))
        assert [nal for nal in nals if nal in sets] == sets


def _with_stamp(codec: Codec, nals: list[bytes]) -> list[bytes]:
    at = next(n for n, nal in enumerate(nals) if (nal[0] & 31 < 6 if codec == "h264" else nal[0] >> 1 & 63 < 32))
    return [*nals[:at], stamp_nal(codec), *nals[at:]]


def test_no_packet_is_larger_than_asked(clip: Clip) -> None:
    made = packetize(clip, mtu_bytes=200)
    assert max(len(packet) for picture in made.pictures for packet in picture.packets()) <= 200


def test_the_marker_stands_on_the_last_packet_of_a_picture_alone(clip: Clip) -> None:
    for picture in packetize(clip, mtu_bytes=200).pictures:
        markers = [packet[1] >> 7 for packet in picture.packets()]
        assert markers == [0] * (len(markers) - 1) + [1]


def test_interleaved_headers_frame_the_buffer_without_a_gap(clip: Clip) -> None:
    for picture in packetize(clip).pictures:
        at = 0
        for frame in picture.frames:
            assert frame == at
            assert picture.buffer[at : at + 2] == b"$\0"
            at += 4 + int.from_bytes(picture.buffer[at + 2 : at + 4], "big")
        assert at == len(picture.buffer)


def test_without_in_band_sets_a_key_picture_carries_none(clip: Clip) -> None:
    key = packetize(clip, in_band_sets=False).pictures[0]
    assert not set(clip.parameter_sets) & set(reassembled(clip.codec, key.packets()))


def test_each_sound_frame_says_its_size(clip: Clip) -> None:
    assert clip.audio is not None
    for frame, packet in zip(clip.audio.frames, packetize(clip).audio, strict=True):
        assert packet[16:18] == b"\x00\x10"
        assert int.from_bytes(packet[18:20], "big") >> 3 == len(frame)
        assert packet[20:] == frame
