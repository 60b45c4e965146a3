"""Port pairs: even and odd, and only the camera is listened to."""

from __future__ import annotations

import asyncio
import socket
import struct

from nangmai.devices.rtsp.intake import Intake
from nangmai.devices.rtsp.udp import PortPair
from nangmai.media.rtp import RtpStats


class Keeping:
    """A depacketiser that keeps what it gets."""

    def __init__(self) -> None:
        self.stats = RtpStats()
        self.sequences: list[int] = []
        self.rtcp: list[bytes] = []
        self.is_full = asyncio.Event()

    def _note(self) -> None:
        if len(self.sequences) >= 4 and self.rtcp:
            self.is_full.set()

    def push(self, buffer: memoryview, start: int, end: int, received_us: int) -> None:
        self.sequences.append(int.from_bytes(buffer[start + 2 : start + 4], "big"))
        self._note()

    def detach(self) -> None:
        raise AssertionError("nothing is overwritten over UDP")

    def push_rtcp(self, packet: bytes, received_us: int) -> None:
        self.rtcp.append(packet)
        self._note()


def rtp(sequence: int) -> bytes:
    return struct.pack(">BBHII", 0x80, 96, sequence, 0, 7)


def test_pairs_are_even_and_odd_and_freed() -> None:
    pairs = [PortPair(socket.AF_INET) for _ in range(10)]
    assert all(pair.ports[0] % 2 == 0 and pair.ports[1] == pair.ports[0] + 1 for pair in pairs)
    assert len({pair.ports for pair in pairs}) == 10
    for pair in pairs:
        pair.close()
        pair.close()


def test_packets_come_in_order_and_the_way_back_is_opened() -> None:
    async def body() -> None:
        keeping, heard = Keeping(), asyncio.Event()
        camera = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        camera_rtcp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        with camera, camera_rtcp:
            for one in (camera, camera_rtcp):
                one.bind(("127.0.0.1", 0))
                one.settimeout(5)
            ports = (camera.getsockname()[1], camera_rtcp.getsockname()[1])
            pair = PortPair(socket.AF_INET)
            pair.open(Intake(keeping, is_video=True), "127.0.0.1", ports, lambda: 1, lambda now_us, count: heard.set())
            assert camera.recv(100)[:1] == b"\x80"
            assert camera_rtcp.recv(100)[:2] == b"\x80\xc9"
            for sequence in (1, 3, 2, 4):
                camera.sendto(rtp(sequence), ("127.0.0.1", pair.ports[0]))
            camera_rtcp.sendto(b"report", ("127.0.0.1", pair.ports[1]))
            async with asyncio.timeout(5):
                await keeping.is_full.wait()
                await heard.wait()
            assert keeping.sequences == [1, 2, 3, 4]
            assert keeping.rtcp == [b"report"]
            assert heard.is_set()
            pair.send_report(b"received")
            assert camera_rtcp.recv(100) == b"received"
            pair.close()

    asyncio.run(body())


def test_strangers_are_not_listened_to() -> None:
    async def body() -> None:
        keeping = Keeping()
        pair = PortPair(socket.AF_INET)
        pair.open(Intake(keeping, is_video=True), "192.0.2.1", None, lambda: 1, lambda now_us, count: None)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            stranger.sendto(rtp(1), ("127.0.0.1", pair.ports[0]))
            stranger.sendto(b"x", ("127.0.0.1", pair.ports[1]))
            await asyncio.sleep(0.05)
        pair.close()
        assert keeping.sequences == []
        assert keeping.rtcp == []

    asyncio.run(body())
