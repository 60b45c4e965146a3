"""Packets find their order, time runs through every wrap."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.media.ntp import ntp_from_us, us_from_ntp
from nangmai.media.rtcp import SenderReport, receiver_report, sender_report
from nangmai.media.rtp import ReorderBuffer, RtpStats, Sequence, Timeline, payload_bounds
from unit.media.clips import Camera

CAMERA = Camera("h264")


def packet(number: int, ssrc: int = 1) -> bytes:
    return CAMERA.but(ssrc=ssrc).packet(number, 0, b"x", False)


@pytest.mark.parametrize(
    ("made", "payload"),
    [
        (CAMERA.packet(1, 1, b"abc", False), b"abc"),
        (CAMERA.but(padding=5).packet(1, 1, b"abc", False), b"abc"),
        (CAMERA.but(first_byte=0x83, header_extra=bytes(12)).packet(1, 1, b"abc", False), b"abc"),
        (CAMERA.but(first_byte=0x90, header_extra=b"\0\0\0\2" + bytes(8)).packet(1, 1, b"abc", False), b"abc"),
        (CAMERA.packet(1, 1, b"", False), b""),
        (CAMERA.packet(1, 1, b"abc", False)[:11], None),
        (CAMERA.but(first_byte=0x40).packet(1, 1, b"abc", False), None),
        (CAMERA.but(first_byte=0x8F).packet(1, 1, b"abc", False), None),
        (CAMERA.but(first_byte=0x90, header_extra=b"\0\0\xff\xff").packet(1, 1, b"abc", False), None),
        (CAMERA.but(first_byte=0x90).packet(1, 1, b"abc", False), None),
        (CAMERA.but(first_byte=0xA0).packet(1, 1, b"ab\0", False), None),
        (CAMERA.but(first_byte=0xA0).packet(1, 1, b"ab\xff", False), None),
    ],
)
def test_the_payload_lies_behind_whatever_the_header_holds(made: bytes, payload: bytes | None) -> None:
    framed = b"###" + made + b"###"
    begin, end = payload_bounds(memoryview(framed), 3, 3 + len(made))
    assert (framed[begin:end] if end >= 0 else None) == payload


@given(st.integers(0, 0xFFFFFFFF), st.lists(st.integers(-(1 << 31) + 1, (1 << 31) - 1), max_size=50))
def test_time_is_unwrapped_to_64_bits(start: int, steps: list[int]) -> None:
    timeline = Timeline()
    times, timestamp = [timeline.unwrap(start)], start
    for step in steps:
        timestamp = (timestamp + step) & 0xFFFFFFFF
        times.append(timeline.unwrap(timestamp))
        assert times[-1] & 0xFFFFFFFF == timestamp
    assert [b - a for a, b in pairwise(times)] == steps


@given(st.integers(0, 0xFFFFFFFF), st.integers(0, 0xFFFFFFFF))
def test_an_epoch_begins_far_ahead(last: int, first: int) -> None:
    timeline = Timeline()
    before = timeline.unwrap(last)
    timeline.begin_epoch()
    assert timeline.unwrap(first) - before >= 1 << 32


@given(st.integers(0, 0xFFFF), st.lists(st.integers(0, 0x7FFF), max_size=60))
def test_missing_packets_are_counted_across_wraps(start: int, gaps: list[int]) -> None:
    stats = RtpStats()
    sequence = Sequence(stats)
    assert sequence.accept(start, 1) == -2
    for gap in gaps:
        start = (start + 1 + gap) & 0xFFFF
        assert sequence.accept(start, 1) == gap
    assert (stats.lost, stats.reordered, stats.ssrc_changes) == (sum(gaps), 0, 0)


def test_two_consecutive_packets_from_far_behind_are_a_new_beginning() -> None:
    stats = RtpStats()
    sequence = Sequence(stats)
    sequence.accept(30_000, 1)
    assert [sequence.accept(number, 1) for number in (7, 8, 9)] == [-1, 1, 0]
    assert (stats.lost, stats.reordered) == (1, 0)


def test_a_single_packet_from_far_behind_is_not() -> None:
    sequence = Sequence(RtpStats())
    sequence.accept(30_000, 1)
    assert [sequence.accept(number, 1) for number in (7, 30_001, 9, 30_002)] == [-1, 0, -1, 0]


# --- reordering ---


@given(
    st.integers(0, 0xFFFF),
    st.lists(st.integers(0, 20), min_size=1, max_size=200),
    st.sets(st.integers(1, 199)),
)
def test_packets_shuffled_within_the_window_come_out_in_order(start: int, delays: list[int], lost: set[int]) -> None:
    sent = [number for number in range(len(delays)) if number not in lost]
    shuffled = [0, *sorted(sent[1:], key=lambda number: (number + delays[number], number))]
    buffer = ReorderBuffer(max_packets=64)
    out: list[bytes] = []
    for number in shuffled:
        out += buffer.push(packet(start + number), 0)
    out += buffer.flush()
    assert out == [packet(start + number) for number in sent]


def test_a_missing_packet_is_waited_for_no_longer_than_allowed() -> None:
    buffer = ReorderBuffer(max_packets=1000, max_wait_us=100)
    assert buffer.push(packet(1), 0) == [packet(1)]
    assert buffer.push(packet(3), 10) == []
    assert buffer.push(packet(4), 110) == []
    assert buffer.push(packet(5), 111) == [packet(3), packet(4), packet(5)]


def test_no_more_packets_are_held_than_allowed() -> None:
    buffer = ReorderBuffer(max_packets=3, max_wait_us=1 << 40)
    buffer.push(packet(1), 0)
    assert [len(buffer.push(packet(number), 0)) for number in (3, 5, 7, 9)] == [0, 0, 0, 1]


def test_a_late_packet_is_passed_on_for_the_depacketiser_to_count() -> None:
    buffer = ReorderBuffer(max_packets=0)
    buffer.push(packet(10), 0)
    assert buffer.push(packet(12), 0) == [packet(12)]
    assert buffer.push(packet(11), 0) == [packet(11)]


def test_another_source_lets_everything_go() -> None:
    buffer = ReorderBuffer()
    buffer.push(packet(1), 0)
    buffer.push(packet(3), 0)
    assert buffer.push(packet(900, ssrc=2), 0) == [packet(3), packet(900, ssrc=2)]


def test_numbers_that_start_over_are_followed() -> None:
    buffer = ReorderBuffer()
    buffer.push(packet(30_000), 0)
    assert buffer.push(packet(7), 0) == [packet(7)]
    assert buffer.push(packet(8), 0) == [packet(8)]
    assert buffer.push(packet(10), 0) == []
    assert buffer.push(packet(9), 0) == [packet(9), packet(10)]


def test_what_is_no_packet_disappears() -> None:
    assert ReorderBuffer().push(b"\x80" * 11, 0) == []


# --- reports ---


@given(st.integers(0, 1 << 52))
def test_ntp_time_gives_back_the_same_microsecond(wall_us: int) -> None:
    wall_us %= 4_000_000_000_000_000  # 2096: era 1 ends in 2104
    assert us_from_ntp(ntp_from_us(wall_us)) == wall_us


def report(ntp: int) -> bytes:
    return b"\x80\xc8\0\6" + (9).to_bytes(4, "big") + ntp.to_bytes(8, "big") + (1234).to_bytes(4, "big") + bytes(8)


def test_a_sender_report_tells_how_far_the_cameras_clock_is_off() -> None:
    wall_us = 1_790_000_000_123_456
    compound = b"\x80\xc9\0\1abcd" + report(ntp_from_us(wall_us))
    found = sender_report(compound, received_us=1_000)
    assert found == SenderReport(9, ntp_from_us(wall_us), 1234, 1_000)
    stats = RtpStats(last_sender_report=found)
    assert stats.clock_offset_us(wall_minus_mono_us=wall_us - 1_000 - 2_500) == 2_500


def test_a_camera_without_a_clock_has_no_offset() -> None:
    stats = RtpStats(last_sender_report=sender_report(report(0), 0))
    assert stats.last_sender_report is not None
    assert stats.clock_offset_us(0) is None
    assert RtpStats().clock_offset_us(0) is None


@pytest.mark.parametrize("broken", [b"", b"\x80", b"\x00\xc8\0\6" + bytes(24), report(1)[:20], b"\x80\xc8\0\1abcd"])
def test_a_broken_report_is_no_report(broken: bytes) -> None:
    assert sender_report(broken, 0) is None


def test_a_receiver_report_answers_with_what_was_heard() -> None:
    heard = SenderReport(9, 0x0123456789ABCDEF, 0, received_us=1_000_000)
    made = receiver_report(1, 9, lost=3, highest_sequence=0x1FFFF, last_report=heard, now_us=1_500_000)
    assert len(made) == 32
    assert made[:4] == b"\x81\xc9\0\7"
    assert made[24:28] == bytes.fromhex("456789ab")
    assert int.from_bytes(made[28:32], "big") == 32768  # half a second in 1/65536 s
