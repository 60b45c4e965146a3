"""The gateway passes requests on unchanged, hides what is private, and says when nobody answers."""

from __future__ import annotations

import asyncio
import io
import logging
import socket
import struct
from collections.abc import Coroutine
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from yarl import URL

from nangmai.gateway.server import AddressTaken
from unit.gateway.servers import gateway_before, raw_request, served, told


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(scenario, 30))


async def json_of(url: str | URL, **fields: Any) -> dict[str, Any]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(fields.pop("method", "GET"), url, **fields) as answer,
    ):
        value: dict[str, Any] = await answer.json()
        return value


def test_pages_go_to_web_and_footage_to_the_recorder_without_its_prefix() -> None:
    async def scenario() -> None:
        async with (
            served(told) as web_port,
            served(told) as recorder_port,
            gateway_before(web_port, recorder_port) as it,
        ):
            assert (await json_of(URL(f"{it.url}/watch?x=%2F&y", encoded=True)))["path"] == "/watch?x=%2F&y"
            path = "/playback/cam-01/main/index?from=1&to=2"
            assert (await json_of(f"{it.url}/recorders/nvr-1{path}"))["path"] == path
            assert (await json_of(f"{it.url}/recorders/nvr-1"))["path"] == "/"

    run(scenario())


def test_the_gateway_alone_says_who_asks() -> None:
    async def scenario() -> None:
        async with served(told) as port, gateway_before(port) as it:
            lies = {
                "X-Forwarded-For": "1.2.3.4",
                "X-Forwarded-Proto": "https",
                "X-Real-IP": "1.2.3.4",
                "Forwarded": "for=x",
            }
            heard = dict((await json_of(it.url, headers=lies))["headers"])
            assert heard["x-forwarded-for"] == "127.0.0.1"
            assert heard["x-forwarded-proto"] == "http"
            assert heard["host"] == f"127.0.0.1:{it.port}" == heard["x-forwarded-host"]
            assert not {"x-real-ip", "forwarded"} & heard.keys()

    run(scenario())


def test_headers_of_one_connection_stay_there() -> None:
    async def scenario() -> None:
        async with served(told) as port, gateway_before(port) as it:
            answer = await raw_request(
                it.port,
                "GET / HTTP/1.1\nHost: a\nConnection: close, X-Secret\nX-Secret: 1\nKeep-Alive: 5\n"
                "TE: gzip\nX-Kept: 2\n\n",
            )
            assert b'"x-kept"' in answer
            for hidden in (b"x-secret", b'keep-alive"', b'"te"'):
                assert hidden not in answer.lower().partition(b"\r\n\r\n")[2]

    run(scenario())


@pytest.mark.parametrize(
    "path",
    ["metrics", "metrics/", "%6detrics", "/metrics", "./metrics", "METRICS", "live/../metrics", "live/%2e%2e/metrics"],
)
def test_a_recorders_metrics_are_never_passed_on(path: str) -> None:
    async def scenario() -> None:
        async with served(told) as port, gateway_before(port, port) as it:
            answer = await raw_request(it.port, f"GET /recorders/nvr-1/{path} HTTP/1.1\nHost: a\nConnection: close\n\n")
            assert answer.startswith(b"HTTP/1.1 404")

    run(scenario())


def test_an_unknown_recorder_is_not_found() -> None:
    async def scenario() -> None:
        async with served(told) as port, gateway_before(port, port) as it:
            assert (await json_of(f"{it.url}/recorders/nvr-9/health"))["error"] == "not_found"
            assert (await json_of(f"{it.url}/recorders/"))["error"] == "not_found"

    run(scenario())


def test_a_large_upload_and_a_large_answer_pass_whole() -> None:
    size = 20_000_000

    async def large(request: web.Request) -> web.StreamResponse:
        received = 0
        async for piece in request.content.iter_any():
            received += len(piece)
        return web.Response(body=io.BytesIO(b"x" * received))

    async def scenario() -> None:
        async with (
            served(large) as port,
            gateway_before(port) as it,
            aiohttp.ClientSession() as session,
            session.post(it.url, data=io.BytesIO(b"y" * size)) as answer,
        ):
            assert answer.headers["Content-Length"] == str(size)
            assert len(await answer.read()) == size

    run(scenario())


def test_an_answer_arrives_piece_by_piece() -> None:
    asked_for_more = asyncio.Event

    async def scenario() -> None:
        more = asked_for_more()

        async def slow(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            await response.write(b"first")
            await more.wait()
            await response.write(b"second")
            return response

        async with (
            served(slow) as port,
            gateway_before(port) as it,
            aiohttp.ClientSession() as session,
            session.get(it.url) as answer,
        ):
            assert await answer.content.readany() == b"first"
            more.set()
            assert await answer.content.read() == b"second"

    run(scenario())


def test_a_reader_that_stops_slows_the_upstream_and_not_the_gateways_memory() -> None:
    piece, pieces = b"z" * 65536, 2000
    sent = 0

    async def flood(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        await response.prepare(request)
        for _ in range(pieces):
            await response.write(piece)
            sent += len(piece)
        return response

    async def scenario() -> None:
        async with served(flood) as port, gateway_before(port) as it:
            reader, writer = await asyncio.open_connection("127.0.0.1", it.port, limit=4096)
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await reader.read(100)
            before = -1
            while before != sent:  # until nothing moves any more: socket buffers are full, and they are all there is
                before = sent
                await asyncio.sleep(0.5)
            assert sent < len(piece) * pieces / 4
            writer.close()
            await writer.wait_closed()

    run(scenario())


def test_when_the_browser_leaves_the_upstream_is_told() -> None:
    async def scenario() -> None:
        left = asyncio.Event()

        async def endless(request: web.Request) -> web.StreamResponse:
            response = web.StreamResponse()
            await response.prepare(request)
            try:
                while True:
                    await response.write(b"on and on")
                    await asyncio.sleep(0.01)
            finally:
                left.set()

        async with served(endless) as port, gateway_before(port) as it:
            _reader, writer = await asyncio.open_connection("127.0.0.1", it.port)
            writer.write(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            await _reader.read(10)
            writer.close()
            await writer.wait_closed()
            await asyncio.wait_for(left.wait(), 10)

    run(scenario())


@pytest.mark.parametrize(
    ("method", "head"),
    [
        ("GET", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhal"),
        ("POST", b"HTTP/1.1 204 No Content\r\n\r\n"),
    ],
    ids=["a body", "no body"],
)
def test_a_browser_that_leaves_before_the_head_is_no_fault(
    method: str, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        ended: asyncio.Queue[bytes] = asyncio.Queue()
        browser = socket.socket()
        browser.setblocking(False)

        async def upstream(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            # In one breath: the gateway's loop hears of the head first and of the reset (no linger) right after it.
            writer.write(head)
            browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            browser.close()
            if b" 204 " not in head:  # an answer that is whole leaves its connection open for the next request
                ended.put_nowait(await reader.read())
            writer.close()
            await writer.wait_closed()
            ended.put_nowait(b"")

        server = await asyncio.start_server(upstream, "127.0.0.1", 0)
        async with server, gateway_before(server.sockets[0].getsockname()[1]) as it:
            loop = asyncio.get_running_loop()
            await loop.sock_connect(browser, ("127.0.0.1", it.port))
            await loop.sock_sendall(browser, f"{method} / HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            assert await asyncio.wait_for(ended.get(), 10) == b""

    with caplog.at_level(logging.INFO):
        run(scenario())
    assert caplog.records == []


def test_half_an_answer_never_looks_whole() -> None:
    async def broken(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        await response.write(b"half")
        assert request.transport is not None
        request.transport.abort()
        return response

    async def scenario() -> None:
        async with served(broken) as port, gateway_before(port) as it, aiohttp.ClientSession() as session:
            with pytest.raises(aiohttp.ClientError):
                async with session.get(it.url) as answer:
                    await answer.read()

    run(scenario())


@pytest.mark.parametrize("status", [200, 204, 301, 304, 404, 500])
def test_status_and_headers_come_back_as_they_are(status: int) -> None:
    async def answer(request: web.Request) -> web.Response:
        response = web.Response(status=status, headers={"X-Own": "1", "Location": "/next"})
        response.headers.add("Set-Cookie", "a=1")
        response.headers.add("Set-Cookie", "b=2")
        return response

    async def scenario() -> None:
        async with served(answer) as port, gateway_before(port, port) as it, aiohttp.ClientSession() as session:
            for method in ("GET", "HEAD"):
                async with session.request(method, f"{it.url}/x", allow_redirects=False) as back:
                    assert back.status == status
                    assert back.headers["X-Own"] == "1"
                    assert back.headers.getall("Set-Cookie") == ["a=1", "b=2"]
                    assert back.headers["Location"] == "/next"
                    assert "Server" not in back.headers or "aiohttp" in back.headers["Server"]
            async with session.get(f"{it.url}/recorders/nvr-1/x", allow_redirects=False) as back:
                assert back.headers["Location"] == "/recorders/nvr-1/next"

    run(scenario())


def test_web_that_is_down_gives_people_a_page_and_programs_an_error() -> None:
    async def scenario() -> None:
        async with gateway_before(9) as it, aiohttp.ClientSession() as session:
            async with session.get(it.url, headers={"Accept": "text/html"}) as answer:
                assert answer.status == 503
                assert "vẫn được ghi hình" in await answer.text()
            assert (await json_of(f"{it.url}/x", method="POST", data=b"1"))["error"] == "unavailable"
            assert "nvr-1" in (await json_of(f"{it.url}/recorders/nvr-1/health"))["message"]

    run(scenario())


def test_footage_goes_on_while_web_is_down() -> None:
    async def scenario() -> None:
        async with served(told) as port, gateway_before(9, port) as it:
            assert (await json_of(f"{it.url}/recorders/nvr-1/health"))["path"] == "/health"

    run(scenario())


def test_a_port_that_is_taken_is_one_clear_sentence() -> None:
    from nangmai.gateway.server import Gateway, GatewayConfig
    from nangmai.gateway.upstream import Upstream

    async def scenario() -> None:
        async with gateway_before(9) as it:
            config = GatewayConfig(host="127.0.0.1", port=it.port, web=Upstream("", "127.0.0.1", 9), recorders={})
            with pytest.raises(AddressTaken, match=f"127.0.0.1:{it.port}"):
                async with Gateway(config):
                    pass

    run(scenario())
