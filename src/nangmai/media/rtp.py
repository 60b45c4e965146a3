"""RTP (RFC 3550): headers, sequence numbers, 64-bit time, statistics, and putting UDP packets back in order.

Knows nothing of what a packet carries.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from nangmai.media.rtcp import SenderReport

HEADER_BYTES = 12
PLAIN_HEADER = 0x80  #: first byte of a packet without padding, extension and contributing sources
HEADER = struct.Struct(">BBHII")  #: flags, marker and payload type, sequence number, timestamp, SSRC

_MAX_MISORDER = 100  # RFC 3550 A.1
_EPOCH = 1 << 32


def payload_bounds(buffer: memoryview, start: int, end: int) -> tuple[int, int]:
    """Where the payload of the packet in `buffer[start:end]` lies (§5.1, §5.3.1); (0, -1) when the header is broken."""
    if end - start < HEADER_BYTES:
        return 0, -1
    first = buffer[start]
    begin = start + HEADER_BYTES + 4 * (first & 0x0F)
    if first & 0x10:
        if begin + 4 > end:
            return 0, -1
        begin += 4 + 4 * (buffer[begin + 2] << 8 | buffer[begin + 3])
    if first & 0x20:
        padding = buffer[end - 1]
        if not padding:
            return 0, -1
        end -= padding
    if begin > end or first >> 6 != 2:
        return 0, -1
    return begin, end


@dataclass(slots=True)
class RtpStats:
    """What a stream has been through since it began."""

    packets: int = 0
    bytes: int = 0  #: of coded media delivered
    lost: int = 0  #: packets that the sequence numbers say are missing
    reordered: int = 0  #: packets that came too late, or twice, and were dropped
    ssrc_changes: int = 0
    malformed: int = 0  #: packets or NAL units that broke their own format
    last_sender_report: SenderReport | None = None

    def clock_offset_us(self, wall_minus_mono_us: int) -> int | None:
        """The camera's clock minus the server's, by the last sender report;

        `wall_minus_mono_us` ties its receipt to wall time.
        """
        report = self.last_sender_report
        if report is None or report.wall_us is None:
            return None
        return report.wall_us - (report.received_us + wall_minus_mono_us)


class Sequence:
    """Tells consecutive packets from lost, late and restarted ones (RFC 3550 A.1)."""

    __slots__ = ("_restart", "_stats", "next", "ssrc")

    def __init__(self, stats: RtpStats) -> None:
        self._stats = stats
        self._restart = -1
        self.next = -1
        self.ssrc = -1

    def accept(self, sequence: int, ssrc: int) -> int:
        """How many packets are missing before this one;

        -1 = it came too late and has to be dropped; -2 = a new source begins.
        """
        if ssrc != self.ssrc:
            if self.ssrc >= 0:
                self._stats.ssrc_changes += 1
            self.ssrc = ssrc
            self.next = (sequence + 1) & 0xFFFF
            return -2
        gap = (sequence - self.next) & 0xFFFF
        if gap >= 0x8000:
            if gap >= 0x10000 - _MAX_MISORDER or sequence != self._restart:
                self._restart = (sequence + 1) & 0xFFFF
                self._stats.reordered += 1
                return -1
            # The second of two consecutive packets far behind: the sender has started over, and the first was dropped.
            self._stats.reordered -= 1
            gap = 1
        self.next = (sequence + 1) & 0xFFFF
        self._stats.lost += gap
        return gap


class Timeline:
    """Unwraps 32-bit RTP timestamps to 64 bits. The low 32 bits stay those of the packet.

    A new source counts from a random start of its own, so it begins a new epoch: a jump forward that no one can take
    for continuity.
    """

    __slots__ = ("_epoch_is_over", "time")

    def __init__(self) -> None:
        self.time = 0
        self._epoch_is_over = True

    def begin_epoch(self) -> None:
        """The next timestamp is from another source."""
        self._epoch_is_over = True

    def unwrap(self, timestamp: int) -> int:
        """The 64-bit time of a packet: the one nearest to the packet before (RFC 3550 §5.1)."""
        if self._epoch_is_over:
            self._epoch_is_over = False
            self.time = ((self.time >> 32) + 2) * _EPOCH + timestamp
            return self.time
        step = (timestamp - self.time) & 0xFFFFFFFF
        self.time += step if step < 0x80000000 else step - _EPOCH
        return self.time


class ReorderBuffer:
    """Puts packets that came over UDP back in order; a missing one is waited for while at most `max_packets` packets
    are held, and
    the oldest of them no longer than `max_wait_us`."""

    def __init__(self, max_packets: int = 64, max_wait_us: int = 200_000) -> None:
        self._max_packets = max_packets
        self._max_wait_us = max_wait_us
        self._ssrc = b""
        self._next = 0
        self._restart = -1
        self._held: dict[int, tuple[int, bytes]] = {}  #: sequence number -> when it came, packet

    def push(self, packet: bytes, received_us: int) -> list[bytes]:
        """The packets whose turn it now is.

        One that comes too late is passed on at once: the depacketiser counts and drops it.
        """
        if len(packet) < HEADER_BYTES:
            return []
        sequence = packet[2] << 8 | packet[3]
        ready: list[bytes] = []
        if packet[8:12] != self._ssrc or sequence == self._restart:
            ready += self.flush()
            self._ssrc = packet[8:12]
            self._next = sequence
            self._restart = -1
        distance = (sequence - self._next) & 0xFFFF
        if distance >= 0x8000:
            if distance < 0x10000 - _MAX_MISORDER:
                self._restart = (sequence + 1) & 0xFFFF
            return [*ready, packet]
        self._held.setdefault(sequence, (received_us, packet))
        return ready + self._release(received_us)

    def _release(self, now_us: int) -> list[bytes]:
        ready = []
        while self._held:
            if self._next not in self._held:
                waited_us = now_us - min(came_us for came_us, _ in self._held.values())
                if len(self._held) <= self._max_packets and waited_us <= self._max_wait_us:
                    break
                self._next = min(self._held, key=lambda sequence: (sequence - self._next) & 0xFFFF)
            ready.append(self._held.pop(self._next)[1])
            self._next = (self._next + 1) & 0xFFFF
        return ready

    def flush(self) -> list[bytes]:
        """Everything still held, in order."""
        order = sorted(self._held, key=lambda sequence: (sequence - self._next) & 0xFFFF)
        held = [self._held[sequence][1] for sequence in order]
        self._held.clear()
        return held
