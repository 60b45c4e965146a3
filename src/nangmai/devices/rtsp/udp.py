"""Media by UDP (RFC 3550 §11): a pair of ports per track, order restored, reports sent back.

Every packet costs a system call and an object here; TCP interleaved is the default for good reason.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import ClassVar

from nangmai.base.errors import Error, Kind
from nangmai.devices.rtsp.intake import Intake
from nangmai.media.rtp import ReorderBuffer

_ATTEMPTS = 64
_PACKETS_A_WAKE = 256
_RECEIVE_BUFFER_BYTES = 4 * 1024 * 1024
_PUNCH_RTP = b"\x80\x00\x00\x00" + bytes(8)  # an empty RTP packet
_PUNCH_RTCP = b"\x80\xc9\x00\x01" + bytes(4)  # an empty receiver report


class NoUdpPorts(Error):
    """No free pair of UDP ports could be found on this machine."""

    kind: ClassVar[Kind] = Kind.EXHAUSTED


class PortPair:
    """An even port for RTP and the next one for RTCP, bound and ready."""

    def __init__(self, family: socket.AddressFamily) -> None:
        self.rtp, self.rtcp = _bind_pair(family)
        self.ports: tuple[int, int] = (self.rtp.getsockname()[1], self.rtcp.getsockname()[1])
        self._loop: asyncio.AbstractEventLoop | None = None
        self._peer: tuple[str, tuple[int, int]] | None = None

    @property
    def offer(self) -> str:
        """For the Transport header."""
        return f"RTP/AVP;unicast;client_port={self.ports[0]}-{self.ports[1]}"

    def open(
        self,
        intake: Intake,
        peer: str,
        server_ports: tuple[int, int] | None,
        now_us: Callable[[], int],
        on_media: Callable[[int, int], None],
    ) -> None:
        """Receive from now on; `on_media` learns time and bytes of each wake that brought RTP."""
        self._loop = asyncio.get_running_loop()
        self._peer = (peer, server_ports) if server_ports else None
        reader = _Reader(self.rtp, self.rtcp, intake, peer, now_us, on_media)
        self._loop.add_reader(self.rtp.fileno(), reader.read_rtp)
        self._loop.add_reader(self.rtcp.fileno(), reader.read_rtcp)
        self.punch()

    def punch(self) -> None:
        """Open the way back through a router or firewall in between, and keep it open."""
        if self._peer:
            self._send(self.rtp, _PUNCH_RTP, 0)
            self._send(self.rtcp, _PUNCH_RTCP, 1)

    def send_report(self, report: bytes) -> None:
        """A receiver report to the camera."""
        self._send(self.rtcp, report, 1)

    def _send(self, sender: socket.socket, packet: bytes, which: int) -> None:
        if self._peer is None:
            return
        try:
            sender.sendto(packet, (self._peer[0], self._peer[1][which]))
        except OSError:
            return  # reports are a courtesy; whether media comes is watched elsewhere

    def close(self) -> None:
        """Stop receiving and free the ports."""
        for one in (self.rtp, self.rtcp):
            if self._loop is not None and one.fileno() >= 0:
                self._loop.remove_reader(one.fileno())
            one.close()


class _Reader:
    """Empties the sockets when they have something."""

    def __init__(
        self,
        rtp: socket.socket,
        rtcp: socket.socket,
        intake: Intake,
        peer: str,
        now_us: Callable[[], int],
        on_media: Callable[[int, int], None],
    ) -> None:
        self._rtp = rtp
        self._rtcp = rtcp
        self._intake = intake
        self._peer = peer
        self._now_us = now_us
        self._on_media = on_media
        self._order = ReorderBuffer()

    def read_rtp(self) -> None:
        now_us = self._now_us()
        received_bytes = 0
        push, order = self._intake.push, self._order
        for packet in _packets(self._rtp, self._peer):
            received_bytes += len(packet)
            for ready in order.push(packet, now_us):
                push(memoryview(ready), 0, len(ready), now_us)
        if received_bytes:
            self._intake.look(memoryview(packet), 0, len(packet), now_us)
            self._on_media(now_us, received_bytes)

    def read_rtcp(self) -> None:
        for packet in _packets(self._rtcp, self._peer):
            self._intake.push_rtcp(memoryview(packet), 0, len(packet), self._now_us())


def _packets(source: socket.socket, peer: str) -> list[bytes]:
    """What has arrived from the camera; strangers' packets are dropped."""
    packets = []
    for _ in range(_PACKETS_A_WAKE):
        try:
            packet, sender = source.recvfrom(65536)
        except BlockingIOError:
            break
        except OSError:  # an ICMP error of an earlier send
            continue
        if sender[0].removeprefix("::ffff:") == peer and packet:
            packets.append(packet)
    return packets


def _bind_pair(family: socket.AddressFamily) -> tuple[socket.socket, socket.socket]:
    for _ in range(_ATTEMPTS):
        rtp, rtcp = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        try:
            rtp.bind(("", 0))
            port = rtp.getsockname()[1]
            if port % 2 == 0:
                rtcp.bind(("", port + 1))
                return _prepared(rtp), _prepared(rtcp)
        except (OSError, OverflowError):
            rtp.close()
            rtcp.close()
            continue
        rtp.close()
        rtcp.close()
    raise NoUdpPorts


def _prepared(one: socket.socket) -> socket.socket:
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
    return one
