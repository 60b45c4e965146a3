"""Passes an upgraded connection (WebSocket, RFC 6455) through as bytes: the handshake is read, the frames are not.

Live pictures of many walls pass here; taking every frame apart and putting it together again would cost as much as
sending it. Back-pressure holds both ways: a browser that does not read stops the reading from the recorder, which then
drops pictures for this viewer by its own rules.
"""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus

from aiohttp import web
from multidict import CIMultiDict, CIMultiDictProxy

from nangmai.gateway.headers import end_to_end, towards_upstream
from nangmai.gateway.passing import UpstreamDown
from nangmai.gateway.upstream import Upstream

CONNECT_S = 5.0
HEAD_LIMIT = 64 * 1024
PIECE = 64 * 1024
REFUSAL_LIMIT = 64 * 1024


def is_upgrade(request: web.Request) -> bool:
    """A WebSocket handshake (RFC 6455 §4.1)."""
    return request.method == "GET" and request.headers.get("Upgrade", "").lower() == "websocket"


async def pass_upgrade(request: web.Request, upstream: Upstream, path_and_query: str) -> web.StreamResponse:
    """Repeat the handshake upstream, then carry bytes until one side ends."""
    reader, writer = await _connect(upstream)
    try:
        writer.write(_head(request, path_and_query))
        status, reason, headers = await _answer_head(reader)
        if status != HTTPStatus.SWITCHING_PROTOCOLS:
            return await _refusal(reader, status, reason, headers)
        response = web.StreamResponse(status=status, reason=reason, headers=end_to_end(headers))
        response.headers["Connection"] = "Upgrade"
        response.headers["Upgrade"] = headers.get("Upgrade", "websocket")
        response.force_close()
        await response.prepare(request)
        await _carry(request, response, reader, writer)
        return response
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def _connect(upstream: Upstream) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    try:
        async with asyncio.timeout(CONNECT_S):
            return await asyncio.open_connection(upstream.host, upstream.port, limit=HEAD_LIMIT)
    except (OSError, TimeoutError) as error:
        raise UpstreamDown(str(error)) from error


def _head(request: web.Request, path_and_query: str) -> bytes:
    headers = towards_upstream(request.headers, client=request.remote, is_tls=request.secure, host=request.host)
    headers["Connection"] = "Upgrade"
    headers["Upgrade"] = "websocket"
    lines = [f"{request.method} {path_and_query} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape")


async def _answer_head(reader: asyncio.StreamReader) -> tuple[int, str, CIMultiDictProxy[str]]:
    """The status line and headers of the upstream's answer (RFC 9112 §4)."""
    try:
        async with asyncio.timeout(CONNECT_S):
            head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("utf-8", "surrogateescape").removesuffix("\r\n\r\n").split("\r\n")
        _version, status, reason = [*first.split(" ", 2), ""][:3]
        headers = CIMultiDict(
            (name.strip(), value.strip()) for name, _colon, value in (line.partition(":") for line in lines)
        )
        return int(status), reason, CIMultiDictProxy(headers)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError, TimeoutError, ValueError) as error:
        raise UpstreamDown(str(error)) from error


async def _refusal(
    reader: asyncio.StreamReader, status: int, reason: str, headers: CIMultiDictProxy[str]
) -> web.Response:
    """The upstream said no: its words, as an ordinary answer."""
    length = headers.get("Content-Length", "")
    body = b""
    if length.isdigit() and int(length) <= REFUSAL_LIMIT:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            body = await reader.readexactly(int(length))
    return web.Response(
        status=status, reason=reason, body=body, headers=end_to_end(headers, ("content-length", "content-encoding"))
    )


class _Inbound:
    """What the browser sends after the handshake, straight to the upstream; stands where aiohttp's parser would."""

    def __init__(self, request: web.Request, writer: asyncio.StreamWriter) -> None:
        self._request = request
        self._writer = writer
        self._draining: asyncio.Task[None] | None = None

    def feed_data(self, data: bytes) -> tuple[bool, bytes]:
        """Called by the connection for each piece; the flag would say that no more is wanted."""
        self._writer.write(data)
        transport = self._request.transport
        if self._draining is None and transport is not None and self._is_full():
            transport.pause_reading()
            self._draining = asyncio.create_task(self._drain(transport))
        return False, b""

    def feed_eof(self) -> None:
        """The browser went away."""
        self._writer.close()

    def set_exception(self, *_error: object) -> None:
        """The connection to the browser broke."""
        self._writer.close()

    def _is_full(self) -> bool:
        return self._writer.transport.get_write_buffer_size() > PIECE

    async def _drain(self, transport: asyncio.Transport) -> None:
        with contextlib.suppress(OSError):
            await self._writer.drain()
        self._draining = None
        if not transport.is_closing():
            transport.resume_reading()


async def _carry(
    request: web.Request, response: web.StreamResponse, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    request.protocol.set_parser(_Inbound(request, writer))  # type: ignore[arg-type]
    request.protocol.keep_alive(False)
    with contextlib.suppress(OSError):
        while piece := await reader.read(PIECE):
            await response.write(piece)
