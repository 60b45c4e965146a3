"""H.264 over RTP (RFC 6184): single NAL units, STAP-A and FU-A become coded pictures.

Interleaved mode (packetization-mode 2) is not used by any camera; its packet types count as malformed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nangmai.media.h264_sets import H264Sets
from nangmai.media.nal import KEY_SLICE, OTHER, SLICE, NalDepacketizer
from nangmai.media.picture import Picture
from nangmai.media.sets import has_recovery_point, sprop_sets

_FIRST_SLICE, _IDR = 1, 5
_SEI, _SPS, _PPS = 6, 7, 8
_STAP_A, _FU_A = 24, 28


def _kind(nal_type: int) -> int:
    if nal_type == _IDR:
        return KEY_SLICE
    return SLICE if _FIRST_SLICE <= nal_type < _IDR else OTHER


class H264Depacketizer(NalDepacketizer):
    """One H.264 stream."""

    __slots__ = ()
    FRAGMENT_HEADER_BYTES = 2
    NAL_HEADER_BYTES = 1
    KINDS = bytes(_kind(header & 0x1F) for header in range(256))

    def __init__(
        self, payload_type: int, clock_rate: int, fmtp: Mapping[str, str], on_picture: Callable[[Picture], None]
    ) -> None:
        super().__init__(H264Sets(), payload_type, clock_rate, on_picture)
        for nal in sprop_sets(fmtp.get("sprop-parameter-sets", "")):
            self._sets.add(nal)

    def _push_payload(self, buffer: memoryview, begin: int, end: int) -> None:
        indicator = buffer[begin]
        kind = indicator & 0x1F
        if kind == _FU_A:
            if end - begin < 3:
                self.stats.malformed += 1
                return
            header = buffer[begin + 1]
            if header & 0x80:
                nal_header = indicator & 0xE0 | header & 0x1F
                self._open_fragments(bytes((nal_header,)), bytes((indicator, header & 0x1F)), buffer[begin + 2 : end])
            else:
                self._go_on(buffer[begin + 2 : end])
            if header & 0x40:
                self._close_fragments()
        elif kind == _STAP_A:
            self._push_aggregate(buffer, begin + 1, end)
        elif kind < _STAP_A:
            self._add_nal(buffer[begin:end])
        else:
            self.stats.malformed += 1

    def _push_aggregate(self, buffer: memoryview, begin: int, end: int) -> None:
        """STAP-A (§5.7.1)."""
        while begin + 2 < end:
            size = buffer[begin] << 8 | buffer[begin + 1]
            begin += 2
            if begin + size > end:
                self.stats.malformed += 1
                self._is_damaged = True
                return
            self._add_nal(buffer[begin : begin + size])
            begin += size

    def _note(self, nal: bytes) -> None:
        kind = nal[0] & 0x1F
        if kind in (_SPS, _PPS):
            self._note_sets(nal)
        elif kind == _SEI and has_recovery_point(nal[1:]):
            self._is_key = True
