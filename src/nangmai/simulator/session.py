"""One client's subscription to one camera: its sequence numbers, timestamps, sender reports, and how packets leave.

The hot path patches the shared buffer of a picture and hands it to the kernel in one call. A client that does not keep
up loses everything up to the next key picture, and the loss is counted: a simulator that waits would hide a slow one.
"""

from __future__ import annotations

import random
import secrets
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from nangmai.base.units import TIMESCALE_90K, US_PER_S
from nangmai.simulator.packets import HEADER_BYTES, PacketizedPicture

if TYPE_CHECKING:
    from nangmai.simulator.fault import Conditions

_PATCH = struct.Struct(">HII")
_MASK = 0xFFFFFFFF
_SR = struct.Struct(">BBHIIIIII")
_SDES_CNAME = b"nangmai"
SENDER_REPORT_INTERVAL_US = 5 * US_PER_S
NTP_EPOCH_OFFSET_S = 2_208_988_800


class Outlet(Protocol):
    """Where a track's packets go."""

    def is_full(self) -> bool:
        """Whether more would only pile up."""

    def write_frames(self, buffer: bytearray, frames: list[int]) -> None:
        """Send a picture: framed packets one behind the other. The buffer is used again after the call."""

    def write_packets(self, packets: list[bytes]) -> None:
        """Send RTP packets one by one."""

    def write_rtcp(self, packet: bytes) -> None:
        """Send an RTCP packet."""

    def write_garbage(self, data: bytes) -> None:
        """Send bytes that belong to nothing."""

    def close(self) -> None:
        """Give back what the outlet holds."""


@dataclass(slots=True)
class Track:
    """The RTP state of one medium of a session."""

    kind: Literal["video", "audio"]
    clock_rate: int
    outlet: Outlet
    ssrc: int = field(default_factory=lambda: secrets.randbits(32))
    sequence: int = field(default_factory=lambda: secrets.randbits(16))
    timestamp_offset: int = field(default_factory=lambda: secrets.randbits(32))
    packets: int = 0
    octets: int = 0
    next_report_us: int = 0


@dataclass(slots=True)
class Counts:
    """What a session sent, for whoever compares it with what was recorded."""

    first_counter: int = -1
    last_counter: int = -1
    pictures: int = 0
    dropped: int = 0
    bytes: int = 0


class Session:
    """A PLAYing (or not yet playing) client."""

    def __init__(self, session_id: str, timeout_s: float, conditions: Conditions, seed: int) -> None:
        self.id = session_id
        self.timeout_us = int(timeout_s * US_PER_S)
        self.tracks: dict[str, Track] = {}
        self.is_playing = False
        self.is_half_open = False
        self.waits_for_key = True
        self.last_heard_us = 0
        self.counts = Counts()
        self._conditions = conditions
        self._random = random.Random(seed)

    def send_picture(self, picture: PacketizedPicture, counter: int, pts_90k: int, now_us: int, wall_us: int) -> None:
        """Send one picture, stamped already."""
        track = self.tracks.get("video")
        if track is None or self.is_half_open:
            return
        if self.waits_for_key and not picture.is_key:
            self.counts.dropped += self.counts.pictures > 0
            return
        if track.outlet.is_full():
            self.waits_for_key = True
            self.counts.dropped += 1
            return
        self.waits_for_key = False
        timestamp = (track.timestamp_offset + pts_90k) & _MASK
        self._patch(track, picture, timestamp)
        if self._conditions.touches_packets:
            self._send_damaged(track, picture)
        else:
            track.outlet.write_frames(picture.buffer, picture.frames)
        self._count(track, picture, counter)
        if now_us >= track.next_report_us:
            self._report(track, timestamp, now_us, wall_us)

    def _patch(self, track: Track, picture: PacketizedPicture, timestamp: int) -> None:
        buffer, ssrc, patch = picture.buffer, track.ssrc, _PATCH.pack_into
        sequence = track.sequence
        if sequence + len(picture.headers) <= 0xFFFF:
            for sequence, at in enumerate(picture.headers, sequence):  # noqa: B020 the next number is what we are after
                patch(buffer, at, sequence, timestamp, ssrc)
            track.sequence = sequence + 1
            return
        for at in picture.headers:
            patch(buffer, at, sequence & 0xFFFF, timestamp, ssrc)
            sequence += 1
        track.sequence = sequence & 0xFFFF

    def _count(self, track: Track, picture: PacketizedPicture, counter: int) -> None:
        counts = self.counts
        if counts.first_counter < 0:
            counts.first_counter = counter
        counts.last_counter = counter
        counts.pictures += 1
        counts.bytes += len(picture.buffer)
        track.packets += len(picture.frames)
        track.octets += picture.payload_bytes

    def _send_damaged(self, track: Track, picture: PacketizedPicture) -> None:
        conditions, chance = self._conditions, self._random.random
        packets = []
        for packet in picture.packets():
            if chance() < conditions.loss:
                continue
            if conditions.no_marker:
                packet = packet[:1] + bytes([packet[1] & 0x7F]) + packet[2:]
            packets.append(packet)
            if chance() < conditions.duplicate:
                packets.append(packet)
        for at in range(1, len(packets)):
            if chance() < conditions.reorder:
                packets[at - 1], packets[at] = packets[at], packets[at - 1]
        if chance() < conditions.garbage:
            cut = self._random.randrange(len(packets) + 1)
            track.outlet.write_packets(packets[:cut])
            track.outlet.write_garbage(self._random.randbytes(self._random.randrange(1, 600)))
            packets = packets[cut:]
        track.outlet.write_packets(packets)

    def send_audio(self, packet: bytes, timestamp: int, now_us: int, wall_us: int) -> None:
        """Send one sound frame; `packet` is framed."""
        track = self.tracks.get("audio")
        if (
            track is None
            or self.is_half_open
            or track.outlet.is_full()
            or self._random.random() < self._conditions.loss
        ):
            return
        timestamp = (track.timestamp_offset + timestamp) & _MASK
        buffer = bytearray(packet)
        _PATCH.pack_into(buffer, HEADER_BYTES + 2, track.sequence, timestamp, track.ssrc)
        track.sequence = (track.sequence + 1) & 0xFFFF
        track.outlet.write_frames(buffer, [0])
        track.packets += 1
        track.octets += len(packet) - 16
        if now_us >= track.next_report_us:
            self._report(track, timestamp, now_us, wall_us)

    def _report(self, track: Track, timestamp: int, now_us: int, wall_us: int) -> None:
        """A sender report and the mandatory SDES (RFC 3550 §6.4.1, §6.5)."""
        track.next_report_us = now_us + SENDER_REPORT_INTERVAL_US
        wall_us += self._conditions.ntp_shift_us
        seconds = (wall_us // US_PER_S + NTP_EPOCH_OFFSET_S) & _MASK
        fraction = ((wall_us % US_PER_S) << 32) // US_PER_S
        report = _SR.pack(
            0x80, 200, 6, track.ssrc, seconds, fraction, timestamp, track.packets & _MASK, track.octets & _MASK
        )
        item = bytes([1, len(_SDES_CNAME)]) + _SDES_CNAME
        item += bytes(4 - len(item) % 4)
        sdes = struct.pack(">BBHI", 0x81, 202, 1 + len(item) // 4, track.ssrc) + item
        track.outlet.write_rtcp(report + sdes)

    def change_ssrc(self) -> None:
        """New SSRC, sequence and timestamp start on every track, as after an encoder's restart (RFC 3550 §8.2)."""
        for track in self.tracks.values():
            track.ssrc = secrets.randbits(32)
            track.sequence = secrets.randbits(16)
            track.timestamp_offset = secrets.randbits(32)
            track.next_report_us = 0

    def move_near_wrap(self, media_90k: int) -> None:
        """Sequence numbers wrap after 20 packets, timestamps after two seconds (RFC 3550 §5.1 wants them random)."""
        for track in self.tracks.values():
            track.sequence = 0x10000 - 20
            media = media_90k * track.clock_rate // TIMESCALE_90K
            track.timestamp_offset = -(media + 2 * track.clock_rate) & _MASK

    def close(self) -> None:
        """Release the tracks' outlets."""
        self.is_playing = False
        for track in self.tracks.values():
            track.outlet.close()
