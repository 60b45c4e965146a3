"""WebSockets pass through as they are, with back-pressure both ways, and end on both sides together."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from unit.gateway.servers import gateway_before, served

PROTOCOL = "nangmai.live.1"


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 30))


async def echo(request: web.Request) -> web.WebSocketResponse:
    """Repeats every message."""
    socket = web.WebSocketResponse(protocols=(PROTOCOL,), compress=False, max_msg_size=0)
    await socket.prepare(request)
    async for message in socket:
        if message.type is aiohttp.WSMsgType.BINARY:
            await socket.send_bytes(message.data)
        elif message.type is aiohttp.WSMsgType.TEXT:
            await socket.send_str(f"{request.path} {message.data}")
    return socket


def test_messages_pass_both_ways_and_the_subprotocol_is_agreed() -> None:
    async def scenario() -> None:
        async with (
            served(echo) as port,
            gateway_before(9, port) as it,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{it.url}/recorders/nvr-1/live", protocols=(PROTOCOL,)) as socket,
        ):
            assert socket.protocol == PROTOCOL
            await socket.send_str("hello")
            assert await socket.receive_str() == "/live hello"
            for size in (0, 1, 126, 70_000, 3_000_000):
                await socket.send_bytes(b"p" * size)
                assert len(await socket.receive_bytes()) == size

    run(scenario())


def test_the_first_message_may_come_with_the_handshake() -> None:
    async def scenario() -> None:
        async with served(echo) as port, gateway_before(9, port) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
            masked_text_hi = b"\x81\x82\x00\x00\x00\x00hi"
            writer.write(
                b"GET /recorders/nvr-1/live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n" + masked_text_hi
            )
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 101")
            assert await reader.readexactly(10) == b"\x81\x08/live hi"
            writer.close()
            await writer.wait_closed()

    run(scenario())


def test_a_close_of_the_recorder_reaches_the_browser_with_its_code() -> None:
    async def leave(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.close(code=4001, message=b"revoked")
        return socket

    async def scenario() -> None:
        async with (
            served(leave) as port,
            gateway_before(9, port) as it,
            aiohttp.ClientSession() as session,
            session.ws_connect(f"{it.url}/recorders/nvr-1/live") as socket,
        ):
            message = await socket.receive()
            assert (message.type, message.data) == (aiohttp.WSMsgType.CLOSE, 4001)

    run(scenario())


def test_a_browser_that_vanishes_ends_the_recorders_side() -> None:
    async def scenario() -> None:
        gone = asyncio.Event()

        async def wait(request: web.Request) -> web.WebSocketResponse:
            socket = web.WebSocketResponse()
            await socket.prepare(request)
            try:
                await socket.receive()
            finally:
                gone.set()
            return socket

        async with served(wait) as port, gateway_before(9, port) as it, aiohttp.ClientSession() as session:
            socket = await session.ws_connect(f"{it.url}/recorders/nvr-1/live")
            transport = socket.get_extra_info("socket")
            assert transport is not None
            socket._response.connection.transport.abort()  # type: ignore[union-attr]
            await asyncio.wait_for(gone.wait(), 10)

    run(scenario())


def test_a_viewer_that_does_not_read_holds_the_recorder_back() -> None:
    sent = 0

    async def flood(request: web.Request) -> web.WebSocketResponse:
        nonlocal sent
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        for _ in range(2000):
            await socket.send_bytes(b"v" * 65536)
            sent += 65536
        return socket

    async def scenario() -> None:
        async with served(flood) as port, gateway_before(9, port) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port, limit=4096)
            writer.write(
                b"GET /recorders/nvr-1/live HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
            )
            await reader.read(10)
            before = -1
            while before != sent:
                before = sent
                await asyncio.sleep(0.5)
            assert 0 < sent < 2000 * 65536 / 4
            writer.close()
            await writer.wait_closed()

    run(scenario())


def test_a_recorder_that_says_no_is_heard() -> None:
    async def refuse(request: web.Request) -> web.Response:
        return web.json_response({"error": "ticket_missing"}, status=403)

    async def scenario() -> None:
        async with served(refuse) as port, gateway_before(9, port) as it, aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await session.ws_connect(f"{it.url}/recorders/nvr-1/live")
            assert caught.value.status == 403

    run(scenario())


def test_a_recorder_that_is_down_is_said_so() -> None:
    async def scenario() -> None:
        async with gateway_before(9, 9) as it, aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.WSServerHandshakeError) as caught:
                await session.ws_connect(f"{it.url}/recorders/nvr-1/live")
            assert caught.value.status == 503

    run(scenario())
