"""RTCP (RFC 3550 §6): the camera's sender reports in, receiver reports out."""

from __future__ import annotations

import struct
from typing import NamedTuple

from nangmai.media.ntp import us_from_ntp

SENDER_REPORT = 200
RECEIVER_REPORT = 201
BYE = 203

_HEADER = struct.Struct(">BBH")
_SENDER_INFO = struct.Struct(">IQIII")
_RECEIVER_REPORT = struct.Struct(">BBHI IIIIII")


class SenderReport(NamedTuple):
    """What a camera says about its clock: media time `rtp` was wall time `ntp`."""

    ssrc: int
    ntp: int  #: 64-bit NTP time, 0 = the camera has none (§6.4.1)
    rtp: int
    received_us: int  #: monotonic

    @property
    def wall_us(self) -> int | None:
        """The camera's wall time in microseconds since 1970; None when it told none."""
        return us_from_ntp(self.ntp) if self.ntp else None


def sender_report(compound: bytes, received_us: int) -> SenderReport | None:
    """The first sender report of a compound packet (§6.4.1); None when there is none, or the packet is broken."""
    offset = 0
    while offset + _HEADER.size <= len(compound):
        first, kind, words = _HEADER.unpack_from(compound, offset)
        end = offset + 4 + 4 * words
        if first >> 6 != 2 or end > len(compound):
            return None
        if kind == SENDER_REPORT and end - offset >= _HEADER.size + _SENDER_INFO.size:
            ssrc, ntp, rtp, _, _ = _SENDER_INFO.unpack_from(compound, offset + 4)
            return SenderReport(ssrc, ntp, rtp, received_us)
        offset = end
    return None


def receiver_report(
    own_ssrc: int, source_ssrc: int, *, lost: int, highest_sequence: int, last_report: SenderReport | None, now_us: int
) -> bytes:
    """A receiver report with one block (§6.4.2): what keeps a camera that listens for them sending."""
    last, delay = 0, 0
    if last_report is not None:
        last = last_report.ntp >> 16 & 0xFFFFFFFF
        delay = min(max(now_us - last_report.received_us, 0) * 65536 // 1_000_000, 0xFFFFFFFF)
    return _RECEIVER_REPORT.pack(
        0x81,
        RECEIVER_REPORT,
        7,
        own_ssrc,
        source_ssrc,
        min(lost, 0x7FFFFF),
        highest_sequence & 0xFFFFFFFF,
        0,
        last,
        delay,
    )
