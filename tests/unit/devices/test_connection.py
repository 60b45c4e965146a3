"""Interleaved frames and messages come out whole, however the bytes were cut, and garbage is got past."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from nangmai.devices.rtsp.connection import BUFFER_BYTES, Connection
from nangmai.media.rtsp import Message, Response, RtspMalformed

OK = b"RTSP/1.0 200 OK\r\nCSeq: 4\r\n\r\n"
LONG_OK = b"RTSP/1.0 200 OK\r\nCSeq: 5\r\nContent-Length: 5\r\n\r\n$\x00\x00\x01x"


class Wire:
    """A connection with two channels, fed by hand."""

    def __init__(self) -> None:
        self.frames: list[tuple[int, bytes]] = []
        self.messages: list[Message] = []
        self.detached = 0
        self.now_us = 0
        self.connection = Connection(lambda: self.now_us, self.messages.append)

    def attach(self) -> None:
        self.connection.attach(0, self._taker(0), self._detach)
        self.connection.attach_aside(1, self._taker(1))

    def _taker(self, channel: int) -> Callable[[memoryview, int, int, int], None]:
        def take(view: memoryview, start: int, end: int, now_us: int) -> None:
            assert now_us == self.now_us
            self.frames.append((channel, bytes(view[start:end])))

        return take

    def _detach(self) -> None:
        self.detached += 1

    def feed(self, data: bytes, cuts: list[int] | None = None) -> None:
        bounds = [0, *sorted(cut % (len(data) + 1) for cut in cuts or []), len(data)]
        for begin, end in pairwise(bounds):
            part = memoryview(data)[begin:end]
            while part:
                room = self.connection.get_buffer(65536)
                size = min(len(room), len(part))
                assert size > 0
                room[:size] = part[:size]
                del room
                self.connection.buffer_updated(size)
                part = part[size:]


def rtp(size: int, fill: int = 0) -> bytes:
    return b"\x80\x60" + bytes([fill]) * (size - 2)


def frame(channel: int, payload: bytes) -> bytes:
    return b"$" + bytes([channel]) + len(payload).to_bytes(2, "big") + payload


def run(act: Callable[[Wire], None]) -> Wire:
    async def body() -> Wire:
        wire = Wire()
        wire.attach()
        act(wire)
        return wire

    return asyncio.run(body())


PIECES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from([0, 1]), st.integers(12, 3000), st.integers(0, 255)),
        st.sampled_from([OK, LONG_OK, b"\r\n"]),
    ),
    max_size=30,
)


@given(PIECES, st.lists(st.integers(0, 1 << 20), max_size=20))
@settings(max_examples=150, deadline=None)
def test_every_frame_and_message_comes_out_however_it_is_cut(pieces: list[Any], cuts: list[int]) -> None:
    frames = [(piece[0], rtp(piece[1], piece[2])) for piece in pieces if isinstance(piece, tuple)]
    data = b"".join(frame(piece[0], rtp(piece[1], piece[2])) if isinstance(piece, tuple) else piece for piece in pieces)
    wire = run(lambda wire: wire.feed(data, cuts))
    assert wire.frames == frames
    assert len(wire.messages) == sum(1 for piece in pieces if piece in (OK, LONG_OK))
    assert wire.connection.resyncs == 0
    assert wire.connection.received_bytes == len(data)


def test_more_than_the_buffer_holds_goes_through_it_and_slices_are_detached() -> None:
    payloads = [rtp(1400, number % 256) for number in range(1000)]
    wire = run(lambda wire: wire.feed(b"".join(frame(0, payload) for payload in payloads), list(range(0, 10**6, 7001))))
    assert [payload for _, payload in wire.frames] == payloads
    assert wire.detached >= 1_400_000 // BUFFER_BYTES


def test_the_largest_frame_fits_wherever_it_begins() -> None:
    largest = rtp(65535, 7)

    def act(wire: Wire) -> None:
        for lead in (1, 60_000, 130_000, 190_000):
            for _ in range(lead // 30_000 + 1):
                wire.feed(frame(1, rtp(30_000)))
            data = frame(0, largest)
            wire.feed(data, [1, 3, 5, 40_000, len(data) - 1])

    wire = run(act)
    assert [payload for channel, payload in wire.frames if channel == 0] == [largest] * 4


@given(
    st.binary(min_size=1, max_size=400).filter(lambda data: data[0] not in b"$RrOoGgSsAaTtDdPp\r\n"),
    st.integers(0, 400),
)
@settings(max_examples=100, deadline=None)
def test_after_garbage_the_frames_are_found_again(garbage: bytes, cut: int) -> None:
    before, after = frame(0, rtp(100, 1)), b"".join(frame(0, rtp(100, number)) for number in range(2, 8))
    wire = run(lambda wire: wire.feed(before + garbage.replace(b"$", b"#") + after, [cut + len(before)]))
    assert [payload for _, payload in wire.frames] == [rtp(100, number) for number in range(1, 8)]
    assert wire.connection.resyncs == 1


def test_a_frame_whose_length_is_wrong_costs_no_more_than_its_neighbour() -> None:
    frames = [frame(0, rtp(100, number)) for number in range(1, 20)]
    frames[5] = frames[5][:-20]
    wire = run(lambda wire: wire.feed(b"".join(frames)))
    intact = [payload for _, payload in wire.frames if payload in [rtp(100, number) for number in range(1, 20)]]
    assert len(intact) >= 17
    assert wire.connection.resyncs == 1


def test_a_message_is_found_among_garbage() -> None:
    wire = run(lambda wire: wire.feed(b"\x00\x01\x02\x03\x04" + OK))
    assert len(wire.messages) == 1


def test_frames_of_a_channel_that_nobody_asked_for_are_passed_over() -> None:
    wire = run(
        lambda wire: wire.feed(frame(6, rtp(500)) + frame(0, rtp(60)) + frame(6, b"xy") + OK + frame(0, rtp(70)))
    )
    assert [len(payload) for _, payload in wire.frames] == [60, 70]
    assert len(wire.messages) == 1
    assert wire.connection.resyncs == 0


def test_only_pictures_count_as_media() -> None:
    def act(wire: Wire) -> None:
        wire.now_us = 5
        wire.feed(OK + frame(1, rtp(50)) + frame(9, rtp(50)) + OK)
        assert wire.connection.last_media_us == 0
        wire.now_us = 6
        wire.feed(frame(1, rtp(50)) + frame(0, rtp(50)) + OK)
        assert wire.connection.last_media_us == 6
        wire.now_us = 7
        wire.feed(frame(0, rtp(50))[:20])
        assert wire.connection.last_media_us == 6

    run(act)


def test_a_sample_sees_one_frame_and_no_more() -> None:
    seen: list[bytes] = []

    def act(wire: Wire) -> None:
        wire.connection.sample(0, lambda view, start, end, now_us: seen.append(bytes(view[start:end])))
        wire.feed(frame(1, rtp(40)) + frame(0, rtp(50)) + frame(0, rtp(60)))

    wire = run(act)
    assert seen == [rtp(50)]
    assert [len(payload) for _, payload in wire.frames] == [40, 50, 60]


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"\x15\x03\x01\x00\x02\x02\x46",
        b"RTSP nonsense\r\n\r\n",
    ],
)
def test_before_anything_plays_nonsense_ends_the_connection(data: bytes) -> None:
    async def body() -> Connection:
        connection = Connection(lambda: 0, lambda message: None)
        connection.get_buffer(0)[: len(data)] = data
        connection.buffer_updated(len(data))
        return connection

    connection = asyncio.run(body())
    assert isinstance(connection.failure, RtspMalformed)


def test_messages_are_handed_on_as_they_come() -> None:
    wire = run(lambda wire: wire.feed(OK + LONG_OK))
    assert [message.cseq for message in wire.messages if isinstance(message, Response)] == [4, 5]


def test_a_run_takes_the_frames_that_follow_and_no_others() -> None:
    runs: list[int] = []

    def act(wire: Wire) -> None:
        def run_on(view: memoryview, start: int, end: int, tag: int, now_us: int) -> int:
            """Take frames of 50 bytes."""
            while end - start >= 54 and view[start : start + 4] == b"$\x00\x00\x32":
                assert (tag, now_us) == (0x2400, 3)
                runs.append(start)
                start += 54
            return start

        wire.connection.attach(0, wire._taker(0), None, run_on)
        wire.now_us = 3
        wire.feed(
            frame(0, rtp(60)) + frame(0, rtp(50)) * 3 + OK + frame(0, rtp(70)) + frame(0, rtp(50)) + frame(0, rtp(80))
        )

    wire = run(act)
    assert [len(payload) for _, payload in wire.frames] == [60, 70, 80]
    assert len(runs) == 4
    assert len(wire.messages) == 1
    assert wire.connection.last_media_us == 3


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_what_gathers_comes_in_one_read_at_once_when_asked_and_when_the_camera_leaves(
    new_loop: Callable[[], asyncio.AbstractEventLoop],
) -> None:
    packet = frame(0, rtp(1000))
    reads: list[int] = []

    class Told(Connection):
        def buffer_updated(self, count: int) -> None:
            reads.append(count)
            super().buffer_updated(count)

    async def body() -> None:
        camera: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
        server = await asyncio.start_server(lambda _, writer: camera.put_nowait(writer), "127.0.0.1", 0)
        host, port = server.sockets[0].getsockname()[:2]
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: Told(lambda: 1, lambda message: None), host, port)
        connection.attach(0, lambda *_: None)
        writer = await camera.get()

        async def received(total: int) -> None:
            async with asyncio.timeout(30):
                while sum(reads) < total:  # noqa: ASYNC110 what is waited for has no event
                    await asyncio.sleep(0.01)

        async def send(times: int) -> None:
            for _ in range(times):
                writer.write(packet)
                await writer.drain()
                await asyncio.sleep(0.01)

        connection.gather(5 * len(packet))
        await send(4)
        assert reads == []
        await send(1)
        await received(5 * len(packet))
        assert reads == [5 * len(packet)]
        await send(2)
        connection.gather(1)
        await received(7 * len(packet))
        connection.gather(5 * len(packet))
        await send(1)
        writer.close()
        async with asyncio.timeout(30):
            await connection.closed
        assert sum(reads) == 8 * len(packet)
        server.close()

    with asyncio.Runner(loop_factory=new_loop) as runner:
        runner.run(body())
