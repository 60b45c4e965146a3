"""One track of a session on its way from the wire to its depacketiser, and the reports that go back (RFC 3550 §6.4)."""

from __future__ import annotations

import secrets

from nangmai.devices.rtsp.connection import Push
from nangmai.media.depacketize import Depacketizer
from nangmai.media.rtcp import receiver_report


class Intake:
    """Where a track's packets and sender reports go, whichever way they came."""

    def __init__(self, depacketizer: Depacketizer, *, is_video: bool) -> None:
        self.is_video = is_video
        self.depacketizer = depacketizer
        self.push: Push = depacketizer.push
        self._ssrc = secrets.randbits(32)
        self._source_ssrc: int | None = None
        self._first_sequence = 0
        self._last_sequence = 0

    def push_rtcp(self, buffer: memoryview, start: int, end: int, now_us: int) -> None:
        """What the camera says about its clock."""
        self.depacketizer.push_rtcp(bytes(buffer[start:end]), now_us)

    def look(self, buffer: memoryview, start: int, end: int, now_us: int) -> None:
        """Note source and sequence number of a packet; once per report is enough."""
        if end - start < 12:
            return
        ssrc = int.from_bytes(buffer[start + 8 : start + 12], "big")
        self._last_sequence = int.from_bytes(buffer[start + 2 : start + 4], "big")
        if ssrc != self._source_ssrc:
            self._source_ssrc, self._first_sequence = ssrc, self._last_sequence

    def report(self, now_us: int) -> bytes | None:
        """A receiver report, once anything was received."""
        if self._source_ssrc is None:
            return None
        stats = self.depacketizer.stats
        expected = self._first_sequence + stats.packets + stats.lost
        cycles = (expected - self._last_sequence + 0x8000) >> 16  # of the 16-bit sequence number, to the nearest
        return receiver_report(
            self._ssrc,
            self._source_ssrc,
            lost=stats.lost,
            highest_sequence=max(cycles, 0) << 16 | self._last_sequence,
            last_report=stats.last_sender_report,
            now_us=now_us,
        )
