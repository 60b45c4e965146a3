"""Reception is reported to the camera in its own terms (RFC 3550 §6.4.2)."""

from __future__ import annotations

import struct

from nangmai.devices.rtsp.intake import Intake
from nangmai.media.rtp import RtpStats


class Counting:
    """A depacketiser that only counts."""

    def __init__(self) -> None:
        self.stats = RtpStats()
        self.rtcp: list[bytes] = []

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        self.stats.packets += 1

    def detach(self) -> None:
        """Nothing is kept."""

    def push_rtcp(self, packet: bytes, received_us: int) -> None:
        self.rtcp.append(packet)


def packet(sequence: int, ssrc: int = 7) -> memoryview:
    return memoryview(struct.pack(">BBHII", 0x80, 96, sequence, 0, ssrc))


def highest(report: bytes) -> int:
    return struct.unpack_from(">I", report, 16)[0]  # type: ignore[no-any-return]


def test_nothing_is_reported_before_anything_came() -> None:
    assert Intake(Counting(), is_video=True).report(0) is None


def test_a_report_names_the_source_and_its_highest_sequence_number() -> None:
    intake = Intake(Counting(), is_video=True)
    intake.look(packet(500), 0, 12, 0)
    report = intake.report(1)
    assert report is not None
    assert report[:2] == b"\x81\xc9"
    assert struct.unpack_from(">I", report, 8) == (7,)
    assert highest(report) == 500


def test_the_highest_sequence_number_counts_its_rounds() -> None:
    counting = Counting()
    intake = Intake(counting, is_video=True)
    intake.look(packet(65_000), 0, 12, 0)
    counting.stats.packets = 65_536 + 1000
    intake.look(packet((65_000 + 65_536 + 1000) % 65_536), 0, 12, 0)
    report = intake.report(1)
    assert report is not None
    assert highest(report) == 65_000 + 65_536 + 1000


def test_what_the_camera_says_of_its_clock_is_handed_on() -> None:
    counting = Counting()
    Intake(counting, is_video=True).push_rtcp(memoryview(b"..sr.."), 2, 4, 0)
    assert counting.rtcp == [b"sr"]


def test_a_packet_too_short_for_a_header_is_no_news() -> None:
    intake = Intake(Counting(), is_video=True)
    intake.look(packet(1), 0, 11, 0)
    assert intake.report(0) is None
