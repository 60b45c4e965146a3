"""H.265 over RTP (RFC 7798): single NAL units, aggregation packets and fragmentation units become coded pictures.

Decoding order numbers are skipped where `sprop-max-don-diff` announces them: cameras send in decoding order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from nangmai.media.h265_sets import H265Sets
from nangmai.media.nal import NalDepacketizer
from nangmai.media.picture import Picture
from nangmai.media.sets import has_recovery_point, sprop_sets

_FIRST_IRAP, _LAST_IRAP, _LAST_SLICE = 16, 23, 31
_VPS, _SPS, _PPS = 32, 33, 34
_PREFIX_SEI = 39
_AP, _FU, _PACI = 48, 49, 50


class H265Depacketizer(NalDepacketizer):
    """One H.265 stream."""

    __slots__ = ("_has_don",)
    FRAGMENT_HEADER_BYTES = 3
    NAL_HEADER_BYTES = 2

    def __init__(
        self, payload_type: int, clock_rate: int, fmtp: Mapping[str, str], on_picture: Callable[[Picture], None]
    ) -> None:
        super().__init__(H265Sets(), payload_type, clock_rate, on_picture)
        for name in ("sprop-vps", "sprop-sps", "sprop-pps"):
            for nal in sprop_sets(fmtp.get(name, "")):
                self._sets.add(nal)
        self._has_don = fmtp.get("sprop-max-don-diff", "0").strip() not in ("", "0")

    def _push_payload(self, buffer: memoryview, begin: int, end: int) -> None:
        kind = buffer[begin] >> 1 & 0x3F
        if kind == _FU:
            self._push_fragment(buffer, begin, end)
        elif kind == _AP:
            self._push_aggregate(buffer, begin + 2, end)
        elif kind >= _PACI:
            self.stats.malformed += 1
        elif self._has_don:
            self._add_nal(memoryview(bytes(buffer[begin : begin + 2]) + bytes(buffer[begin + 4 : end])))
        else:
            self._add_nal(buffer[begin:end])

    def _push_fragment(self, buffer: memoryview, begin: int, end: int) -> None:
        """FU (§4.4.3)."""
        payload = begin + 3
        if end <= payload:
            self.stats.malformed += 1
            return
        header = buffer[begin + 2]
        if header & 0x80:
            if self._has_don:
                payload += 2
                if end <= payload:
                    self.stats.malformed += 1
                    return
            first, second = buffer[begin], buffer[begin + 1]
            kind = header & 0x3F
            self._open_fragments(
                bytes((first & 0x81 | kind << 1, second)), bytes((first, second, kind)), buffer[payload:end]
            )
        elif self._middle:
            self._append(buffer[payload:end])
        else:
            self._is_damaged = True  # its start was lost
            return
        if header & 0x40:
            self._close_fragments()

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

    def _is_slice(self, header: int) -> bool:
        return header >> 1 & 0x3F <= _LAST_SLICE

    def _is_key_slice(self, header: int) -> bool:
        return _FIRST_IRAP <= header >> 1 & 0x3F <= _LAST_IRAP

    def _note(self, nal: bytes) -> None:
        kind = nal[0] >> 1 & 0x3F
        if _VPS <= kind <= _PPS:
            self._note_sets(nal)
        elif kind == _PREFIX_SEI and has_recovery_point(nal[2:]):
            self._is_key = True
