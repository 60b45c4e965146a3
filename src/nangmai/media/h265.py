"""H.265 over RTP (RFC 7798): single NAL units, aggregation packets and fragmentation units become coded pictures.

Decoding order numbers are skipped where `sprop-max-don-diff` announces them: cameras send in decoding order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nangmai.media.h265_sets import H265Sets
from nangmai.media.nal import KEY_SLICE, OTHER, SLICE, NalDepacketizer
from nangmai.media.picture import Picture
from nangmai.media.sets import has_recovery_point, sprop_sets

_FIRST_IRAP, _LAST_IRAP, _LAST_SLICE = 16, 23, 31
_VPS, _SPS, _PPS = 32, 33, 34
_PREFIX_SEI = 39
_AP, _FU, _PACI = 48, 49, 50


def _kind(nal_type: int) -> int:
    if _FIRST_IRAP <= nal_type <= _LAST_IRAP:
        return KEY_SLICE
    return SLICE if nal_type <= _LAST_SLICE else OTHER


class H265Depacketizer(NalDepacketizer):
    """One H.265 stream."""

    __slots__ = ("_has_don",)
    FRAGMENT_HEADER_BYTES = 3
    NAL_HEADER_BYTES = 2
    KINDS = bytes(_kind(header >> 1 & 0x3F) for header in range(256))

    def __init__(
        self, payload_type: int, clock_rate: int, fmtp: Mapping[str, str], on_picture: Callable[[Picture], None]
    ) -> None:
        super().__init__(H265Sets(), payload_type, clock_rate, on_picture)
        for name in ("sprop-vps", "sprop-sps", "sprop-pps"):
            for nal in sprop_sets(fmtp.get(name, "")):
                self._sets.add(nal)
        self._has_don = fmtp.get("sprop-max-don-diff", "0").strip() not in ("", "0")

    def _push_payload(self, buffer: memoryview, begin: int, end: int) -> None:
        first = buffer[begin]
        kind = first >> 1 & 0x3F
        if kind == _FU:
            payload = begin + 3
            header = buffer[begin + 2] if payload < end else 0
            if self._has_don and header & 0x80:
                payload += 2
            if payload >= end:
                self.stats.malformed += 1
                return
            if header & 0x80:
                second, inner = buffer[begin + 1], header & 0x3F
                nal_header = bytes((first & 0x81 | inner << 1, second))
                self._open_fragments(nal_header, bytes((first, second, inner)), buffer[payload:end])
            else:
                self._go_on(buffer[payload:end])
            if header & 0x40:
                self._close_fragments()
        elif kind == _AP:
            self._push_aggregate(buffer, begin + 2, end)
        elif kind >= _PACI:
            self.stats.malformed += 1
        elif self._has_don:
            self._add_nal(memoryview(bytes(buffer[begin : begin + 2]) + bytes(buffer[begin + 4 : end])))
        else:
            self._add_nal(buffer[begin:end])

    def _push_aggregate(self, buffer: memoryview, begin: int, end: int) -> None:
        """Aggregation packet (§4.4.2)."""
        don_bytes = 2 if self._has_don else 0
        while begin + don_bytes + 2 < end:
            begin += don_bytes
            don_bytes = don_bytes and 1
            size = buffer[begin] << 8 | buffer[begin + 1]
            begin += 2
            if begin + size > end:
                self.stats.malformed += 1
                self._is_damaged = True
                return
            self._add_nal(buffer[begin : begin + size])
            begin += size

    def _note(self, nal: bytes) -> None:
        kind = nal[0] >> 1 & 0x3F
        if _VPS <= kind <= _PPS:
            self._note_sets(nal)
        elif kind == _PREFIX_SEI and has_recovery_point(nal[2:]):
            self._is_key = True
