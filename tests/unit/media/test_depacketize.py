"""Whatever a camera does to its packets, the pictures come out as the encoder made them."""

from __future__ import annotations

import base64
from itertools import pairwise

import pytest

from nangmai.media.depacketize import depacketizer
from nangmai.media.sdp import MediaDescription
from unit.media.clips import Camera, Codec, Coded, clip, make_depacketizer, receive

CODECS: list[Codec] = ["h264", "h265"]
both = pytest.mark.parametrize("codec", CODECS)


def is_set(codec: Codec, nal: bytes) -> bool:
    return nal[0] & 0x1F in (7, 8) if codec == "h264" else nal[0] >> 1 & 0x3F in (32, 33, 34)


def key_numbers(codec: Codec, pictures: tuple[Coded, ...]) -> list[int]:
    return [n for n, picture in enumerate(pictures) if any(is_set(codec, nal) for nal in picture.nals)]


@both
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"mtu": 60},
        {"mtu": 20_000},
        {"aggregates": True},
        {"has_marker": False},
        {"padding": 7},
        {"first_byte": 0x82, "header_extra": b"csrc" * 2},
        {"first_byte": 0x90, "header_extra": b"\xab\xac\0\1ext!"},
        {"first_number": 0, "first_time": 0},
    ],
    ids=str,
)
def test_pictures_arrive_bit_for_bit_with_their_times(codec: Codec, changes: dict[str, object]) -> None:
    source = clip(codec, b_frames=2)
    sent = source.pictures

    got, made = receive(codec, Camera(codec).but(**changes).packets(sent))

    if changes.get("has_marker") is False:
        sent = sent[:-1]  # only the next picture would end the last one
    assert [picture.data for picture in got] == [picture.data for picture in sent]
    assert [p.pts_90k - got[0].pts_90k for p in got] == [p.pts_90k - sent[0].pts_90k for p in sent]
    assert [n for n, picture in enumerate(got) if picture.is_key] == key_numbers(codec, sent)
    assert not any(picture.is_damaged for picture in got)
    assert (made.stats.lost, made.stats.malformed, made.stats.reordered) == (0, 0, 0)
    assert made.stats.bytes == sum(len(picture.data) for picture in got)


@both
def test_the_low_32_bits_of_a_time_are_those_of_the_packet(codec: Codec) -> None:
    sent = clip(codec).pictures
    got, _ = receive(codec, Camera(codec, first_time=0xFFFFFF00).packets(sent))
    assert [p.pts_90k & 0xFFFFFFFF for p in got] == [(0xFFFFFF00 + p.pts_90k) & 0xFFFFFFFF for p in sent]


@both
def test_another_clock_rate_is_turned_into_90_khz(codec: Codec) -> None:
    sent = clip(codec).pictures
    halved = [Coded(picture.pts_90k // 2, picture.nals) for picture in sent]
    got, _ = receive(codec, Camera(codec).packets(halved), clock_rate=45_000)
    assert [b.pts_90k - a.pts_90k for a, b in pairwise(got)] == [b.pts_90k - a.pts_90k for a, b in pairwise(sent)]


@both
def test_packets_are_counted(codec: Codec) -> None:
    packets = list(Camera(codec).packets(clip(codec).pictures))
    _, made = receive(codec, packets)
    assert made.stats.packets == len(packets)


@both
def test_several_slices_make_one_picture(codec: Codec) -> None:
    source = clip(codec, slices=4, height=288)
    assert max(len(picture.nals) for picture in source.pictures) > 4
    got, _ = receive(codec, Camera(codec).packets(source.pictures))
    assert [picture.data for picture in got] == [picture.data for picture in source.pictures]


@both
def test_a_camera_that_marks_every_slice_is_found_out(codec: Codec) -> None:
    sent = clip(codec, slices=4, height=288, pictures=40).pictures
    got, _ = receive(codec, Camera(codec, marks_every_nal=True).packets(sent))
    whole = [picture.data for picture in got]
    assert whole[-20:] == [picture.data for picture in sent[-21:-1]]
    assert not any(picture.is_damaged for picture in got[-8:])


@both
def test_markers_on_parameter_sets_do_not_end_the_picture(codec: Codec) -> None:
    sent = clip(codec).pictures
    camera = Camera(codec, mtu=100_000)
    packets = []
    number = 0
    for picture in sent:
        for nal in picture.nals:
            is_last = nal is picture.nals[-1]
            packets.append(camera.packet(number, picture.pts_90k, nal, is_last or is_set(codec, nal)))
            number += 1
    got, _ = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]


@both
def test_parameter_sets_with_a_time_of_their_own_belong_to_the_picture_after_them(codec: Codec) -> None:
    sent = clip(codec).pictures[:3]
    camera = Camera(codec, mtu=100_000)
    packets = []
    for picture in sent:
        for nal in picture.nals:
            time = picture.pts_90k - 90 if is_set(codec, nal) else picture.pts_90k
            packets.append(camera.packet(len(packets), time, nal, nal is picture.nals[-1]))
    got, _ = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]
    assert got[0].parameters is not None


@both
def test_nal_units_with_start_codes_between_them_are_taken_apart(codec: Codec) -> None:
    sent = clip(codec, slices=3, height=288).pictures
    camera = Camera(codec)
    packets = []
    for picture in sent:
        blob = b"\0\0\0\1".join(picture.nals)
        payloads = camera.payloads([blob])
        for at, (payload, _) in enumerate(payloads):
            packets.append(camera.packet(len(packets), picture.pts_90k, payload, at == len(payloads) - 1))
    got, _ = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]
    assert got[0].parameters is not None


@both
def test_a_leading_start_code_is_taken_off(codec: Codec) -> None:
    sent = clip(codec).pictures
    camera = Camera(codec, mtu=100_000)
    packets = []
    for picture in sent:
        for nal in picture.nals:
            packets.append(camera.packet(len(packets), picture.pts_90k, b"\0\0\0\1" + nal, nal is picture.nals[-1]))
    got, _ = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]


@both
def test_empty_packets_and_empty_nal_units_are_passed_over(codec: Codec) -> None:
    sent = clip(codec).pictures
    camera = Camera(codec)
    packets = []
    for picture in sent:
        payloads = camera.payloads(picture.nals)
        for at, (payload, _) in enumerate(payloads):
            packets.append(camera.packet(len(packets), picture.pts_90k, b"", False))
            packets.append(camera.packet(len(packets), picture.pts_90k, payload, at == len(payloads) - 1))
    got, _ = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]


@both
def test_a_payload_type_that_the_sdp_did_not_name_is_adopted_from_the_first_packet(codec: Codec) -> None:
    sent = clip(codec).pictures
    got, _ = receive(codec, Camera(codec, payload_type=108).packets(sent))
    assert len(got) == len(sent)


@both
def test_packets_of_another_payload_type_are_left_alone_afterwards(codec: Codec) -> None:
    sent = clip(codec).pictures
    camera = Camera(codec)
    foreign = camera.but(payload_type=99, ssrc=99).packet(5, 5, b"metadata", True)
    packets = [item for packet in camera.packets(sent) for item in (packet, foreign)]
    got, made = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]
    assert made.stats.ssrc_changes == 0


# --- loss ---


@both
def test_a_lost_packet_damages_its_gop_and_no_other(codec: Codec) -> None:
    sent = clip(codec, gop=8, slices=2, height=288).pictures
    camera = Camera(codec, mtu=100)
    packets = list(camera.packets(sent))
    first_time = sent[10].pts_90k
    victim = next(n for n, p in enumerate(packets) if p[4:8] == _time(camera, first_time)) + 1
    got, made = receive(codec, packets[:victim] + packets[victim + 1 :])
    assert made.stats.lost == 1
    assert [n for n, picture in enumerate(got) if picture.is_damaged] == list(range(10, 16))
    assert [p.data == q.data for p, q in zip(got, sent, strict=True)] == [n != 10 for n in range(24)]
    assert got[10].data in sent[10].data  # the slice that is left, and nothing else


@both
def test_a_picture_of_which_no_slice_is_left_is_not_delivered(codec: Codec) -> None:
    sent = clip(codec, gop=8).pictures
    camera = Camera(codec, mtu=100)
    packets = list(camera.packets(sent))
    last_of_key = [n for n, p in enumerate(packets) if p[4:8] == _time(camera, sent[8].pts_90k)][-1]
    got, _ = receive(codec, packets[:last_of_key] + packets[last_of_key + 1 :])
    assert [p.data for p in got] == [p.data for n, p in enumerate(sent) if n != 8]
    assert [n for n, picture in enumerate(got) if picture.is_damaged] == list(range(8, 15))
    assert [n for n, picture in enumerate(got) if picture.is_key] == [0, 15]


@both
def test_pictures_lost_whole_damage_the_rest_of_their_gop_only(codec: Codec) -> None:
    sent = clip(codec, gop=8).pictures
    camera = Camera(codec)
    gone = {_time(camera, sent[n].pts_90k) for n in (5, 6, 7)}
    got, _ = receive(codec, [packet for packet in camera.packets(sent) if packet[4:8] not in gone])
    assert [p.data for p in got] == [p.data for n, p in enumerate(sent) if n not in (5, 6, 7)]
    assert not any(picture.is_damaged for picture in got)  # the next picture is a key picture, whole


@both
def test_a_key_picture_that_lost_its_first_packets_is_damaged(codec: Codec) -> None:
    sent = clip(codec, gop=8, slices=4, height=288).pictures
    camera = Camera(codec)
    packets = list(camera.packets(sent))
    times = [packet[4:8] for packet in packets]
    at = times.index(_time(camera, sent[8].pts_90k))
    some = times.count(times[at]) // 3
    got, _ = receive(codec, packets[:at] + packets[at + some :])
    assert [n for n, picture in enumerate(got) if picture.is_damaged] == list(range(8, 16))


@both
def test_late_and_repeated_packets_are_dropped_and_counted(codec: Codec) -> None:
    sent = clip(codec).pictures
    packets = list(Camera(codec).packets(sent))
    doubled = [
        item for n, packet in enumerate(packets) for item in ([packet, packets[n - 1]] if n % 9 == 8 else [packet])
    ]
    got, made = receive(codec, doubled)
    assert [picture.data for picture in got] == [picture.data for picture in sent]
    assert made.stats.reordered == len(doubled) - len(packets)


@both
def test_a_new_source_starts_a_new_epoch_of_time(codec: Codec) -> None:
    sent = clip(codec).pictures
    camera = Camera(codec)
    packets = [*camera.packets(sent[:8]), *camera.but(ssrc=7, first_number=9, first_time=4).packets(sent[8:])]
    got, made = receive(codec, packets)
    assert [picture.data for picture in got] == [picture.data for picture in sent]
    assert made.stats.ssrc_changes == 1
    assert got[8].pts_90k - got[7].pts_90k > 1 << 32
    assert [b.pts_90k - a.pts_90k for a, b in pairwise(got[8:])] == [
        b.pts_90k - a.pts_90k for a, b in pairwise(sent[8:])
    ]


@both
def test_a_sender_that_starts_its_numbers_over_is_followed(codec: Codec) -> None:
    sent = clip(codec).pictures
    camera = Camera(codec, first_number=30_000)
    packets = [*camera.packets(sent[:8]), *camera.but(first_number=9).packets(sent[8:])]
    got, made = receive(codec, packets)
    assert (made.stats.lost, made.stats.reordered) == (1, 0)
    assert [p.data for p in got[-8:]] == [p.data for p in sent[-8:]]
    assert not any(picture.is_damaged for picture in got[-8:])


# --- parameters ---


@both
def test_parameters_of_the_sdp_count_until_the_stream_brings_its_own(codec: Codec) -> None:
    source = clip(codec)
    sets = [nal for nal in source.pictures[0].nals if is_set(codec, nal)]
    bare = [Coded(p.pts_90k, tuple(nal for nal in p.nals if not is_set(codec, nal))) for p in source.pictures]
    coded = [base64.b64encode(nal).decode() for nal in sets]
    names = ["sprop-vps", "sprop-sps", "sprop-pps"]
    fmtp = {"sprop-parameter-sets": ",".join(coded)} if codec == "h264" else dict(zip(names, coded, strict=True))
    with_sdp, _ = receive(codec, Camera(codec).packets(bare), fmtp=fmtp)
    in_band, _ = receive(codec, Camera(codec).packets(source.pictures))
    without, _ = receive(codec, Camera(codec).packets(bare))
    assert with_sdp[0].parameters == in_band[0].parameters
    assert with_sdp[0].parameters is not None
    assert with_sdp[0].is_key
    assert without[0].parameters is None


@both
def test_repeated_sets_keep_the_same_object_and_new_ones_replace_it(codec: Codec) -> None:
    small, large = clip(codec), clip(codec, width=320, height=192)
    later = [Coded(picture.pts_90k + 24 * 3600, picture.nals) for picture in large.pictures]
    got, _ = receive(codec, Camera(codec).packets([*small.pictures, *later]))
    first, second = got[0].parameters, got[24].parameters
    assert first is not None
    assert second is not None
    assert all(picture.parameters is first for picture in got[:24])
    assert all(picture.parameters is second for picture in got[24:])
    assert (first.width, first.height, second.width, second.height) == (160, 96, 320, 192)


@both
def test_broken_parameter_sets_leave_the_old_ones_in_force(codec: Codec) -> None:
    sent = clip(codec).pictures
    broken = b"\x67\x42\0\x1f\xff" if codec == "h264" else b"\x42\x01\x01\x01\x60\0"
    spoiled = [Coded(p.pts_90k, (broken, *p.nals)) if n == 4 else p for n, p in enumerate(sent)]
    got, _ = receive(codec, Camera(codec).packets(spoiled))
    assert got[4].data == spoiled[4].data
    assert got[4].parameters is got[0].parameters


# --- key pictures ---


def test_a_recovery_point_makes_a_key_picture_of_a_gradual_refresh() -> None:
    sent = clip("h264", gop=8, **{"intra-refresh": "1"}).pictures
    got, _ = receive("h264", Camera("h264").packets(sent))
    assert [n for n, picture in enumerate(got) if picture.is_key] == [
        n for n, picture in enumerate(sent) if any(nal[0] & 0x1F == 6 and nal[1] == 6 for nal in picture.nals) or n == 0
    ]
    assert sum(picture.is_key for picture in got) > 1


def test_an_open_gop_of_h265_begins_with_a_cra_picture() -> None:
    sent = clip("h265", gop=8, b_frames=2, **{"open-gop": "1"}).pictures
    got, _ = receive("h265", Camera("h265").packets(sent))
    kinds = [max(nal[0] >> 1 & 0x3F for nal in picture.nals if nal[0] >> 1 & 0x3F < 32) for picture in sent]
    assert 21 in kinds
    assert [picture.is_key for picture in got] == [kind >= 16 for kind in kinds]


def test_decoding_order_numbers_are_skipped_where_the_sdp_announces_them() -> None:
    sent = clip("h265").pictures
    for aggregates in (False, True):
        camera = Camera("h265", has_don=True, aggregates=aggregates)
        got, _ = receive("h265", camera.packets(sent), fmtp={"sprop-max-don-diff": "1"})
        assert [picture.data for picture in got] == [picture.data for picture in sent]


# --- the quick way ---


@both
def test_runs_of_interleaved_frames_give_the_same_pictures(codec: Codec) -> None:
    sent = clip(codec, width=320, height=192).pictures
    packets = list(Camera(codec, mtu=100).packets(sent))
    frames = b"".join(b"$\0" + len(packet).to_bytes(2, "big") + packet for packet in packets)
    other = b"$\1\0\4abcd"
    frames = frames.replace(b"$\0", other + b"$\0", 1) + other
    got: list[object] = []
    made = make_depacketizer(codec, got)
    view = memoryview(frames)
    at, pushed = 0, 0
    while at < len(frames):
        after = made.push_run(view, at, len(frames), 0x2400, 0)
        if after == at:
            after += 4 + int.from_bytes(frames[at + 2 : at + 4], "big")
            if frames[at + 1] == 0:
                made.push(view, at + 4, after, 0)
                pushed += 1
        at = after
    expected, plain = receive(codec, packets)
    assert [p.data for p in got] == [p.data for p in expected]  # type: ignore[attr-defined]
    assert made.stats == plain.stats
    assert pushed < len(packets) / 10


@both
def test_a_run_stops_at_a_frame_that_has_not_arrived_whole(codec: Codec) -> None:
    packets = list(Camera(codec, mtu=100).packets(clip(codec).pictures[:1]))
    frames = b"".join(b"$\0" + len(packet).to_bytes(2, "big") + packet for packet in packets)
    starts = [n for n in range(len(packets)) if packets[n][12] & 0x1F == 28 or packets[n][12] >> 1 == 49]
    first = starts[0]
    before = sum(4 + len(packet) for packet in packets[: first + 1])
    made = make_depacketizer(codec, [])
    view = memoryview(frames)
    at = 0
    for packet in packets[: first + 1]:
        made.push(view, at + 4, at + 4 + len(packet), 0)
        at += 4 + len(packet)
    cut = before + 4 + len(packets[first + 1]) + 4 + 50
    assert made.push_run(view, before, cut, 0x2400, 0) == before + 4 + len(packets[first + 1])


def test_codecs_that_are_not_recorded_have_no_depacketiser() -> None:
    for kind, encoding in (("video", "JPEG"), ("audio", "G722"), ("application", "VND.ONVIF.METADATA")):
        assert depacketizer(MediaDescription(kind, encoding, 26, 90_000), lambda unit: None) is None


def _time(camera: Camera, pts_90k: int) -> bytes:
    return ((camera.first_time + pts_90k) & 0xFFFFFFFF).to_bytes(4, "big")
