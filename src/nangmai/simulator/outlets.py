"""How packets leave: interleaved in the RTSP connection (RFC 2326 §10.12), or as UDP datagrams."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress

from nangmai.simulator.packets import HEADER_BYTES

BACKLOG_LIMIT_BYTES = 4 << 20


class InterleavedOutlet:
    """Writes into the client's own connection, straight to the kernel while it takes everything."""

    def __init__(self, transport: asyncio.Transport, channel: int, usual_channel: int) -> None:
        self._transport = transport
        self._channel = channel
        self._usual_channel = usual_channel
        is_plain = transport.get_extra_info("sslcontext") is None
        self._descriptor = transport.get_extra_info("socket").fileno() if is_plain else -1

    def is_full(self) -> bool:
        return self._transport.get_write_buffer_size() > BACKLOG_LIMIT_BYTES

    def write_frames(self, buffer: bytearray, frames: list[int]) -> None:
        if self._channel != self._usual_channel:  # the buffer is shared: leave it as it was
            for at in frames:
                buffer[at + 1] = self._channel
        self._write(buffer)
        if self._channel != self._usual_channel:
            for at in frames:
                buffer[at + 1] = self._usual_channel

    def _write(self, buffer: bytearray | bytes) -> None:
        transport = self._transport
        if transport.is_closing():
            return
        sent = 0
        if self._descriptor >= 0 and transport.get_write_buffer_size() == 0:
            try:
                sent = os.write(self._descriptor, buffer)
            except BlockingIOError:
                sent = 0
            except OSError:
                transport.abort()
                return
        if sent < len(buffer):
            transport.write(bytes(memoryview(buffer)[sent:]))

    def write_packets(self, packets: list[bytes]) -> None:
        channel = bytes([self._channel])
        self._write(b"".join(b"$" + channel + len(one).to_bytes(2, "big") + one for one in packets))

    def write_rtcp(self, packet: bytes) -> None:
        self._write(b"$" + bytes([self._channel + 1]) + len(packet).to_bytes(2, "big") + packet)

    def write_garbage(self, data: bytes) -> None:
        self._write(data)

    def close(self) -> None:
        """The connection belongs to the client, not to the track."""


class UdpOutlet:
    """A pair of UDP sockets with an even RTP port (RFC 3550 §11); hears the client's receiver reports."""

    def __init__(self, host: str, client: tuple[str, int, int], on_rtcp: Callable[[], None]) -> None:
        self._rtp, self._rtcp = _socket_pair(host)
        self._rtp.connect((client[0], client[1]))
        self._rtcp.connect((client[0], client[2]))
        self._on_rtcp = on_rtcp
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._rtcp.fileno(), self._hear)

    @property
    def ports(self) -> tuple[int, int]:
        """RTP and RTCP port of this side."""
        return self._rtp.getsockname()[1], self._rtcp.getsockname()[1]

    def _hear(self) -> None:
        with suppress(OSError):
            self._rtcp.recv(2048)
            self._on_rtcp()

    def is_full(self) -> bool:
        return False

    def write_frames(self, buffer: bytearray, frames: list[int]) -> None:
        view = memoryview(buffer)
        ends = [*frames[1:], len(buffer)]
        for start, end in zip(frames, ends, strict=True):
            self._send(self._rtp, view[start + HEADER_BYTES : end])

    def write_packets(self, packets: list[bytes]) -> None:
        for packet in packets:
            self._send(self._rtp, packet)

    def write_rtcp(self, packet: bytes) -> None:
        self._send(self._rtcp, packet)

    def write_garbage(self, data: bytes) -> None:
        self._send(self._rtp, data)

    @staticmethod
    def _send(through: socket.socket, data: bytes | memoryview) -> None:
        with suppress(OSError):  # a datagram nobody takes is lost, as on any network
            through.send(data)

    def close(self) -> None:
        if self._rtp.fileno() >= 0:
            self._loop.remove_reader(self._rtcp.fileno())
            self._rtp.close()
            self._rtcp.close()


def _socket_pair(host: str) -> tuple[socket.socket, socket.socket]:
    for _ in range(100):
        rtp = _bound(host, 0)
        port: int = rtp.getsockname()[1]
        if port % 2 == 0:
            try:
                return rtp, _bound(host, port + 1)
            except OSError:
                pass
        rtp.close()
    raise OSError("no pair of free UDP ports")


def _bound(host: str, port: int) -> socket.socket:
    one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    one.setblocking(False)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 20)
    try:
        one.bind((host, port))
    except OSError:
        one.close()
        raise
    return one
