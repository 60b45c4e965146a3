"""Real servers behind a real gateway, on ports of their own."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web

from nangmai.gateway.server import Gateway, GatewayConfig
from nangmai.gateway.upstream import Upstream


@contextlib.asynccontextmanager
async def served(handler: Any) -> AsyncIterator[int]:
    """An aiohttp server that answers everything with `handler`; its port."""
    app = web.Application(client_max_size=1 << 30)
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app, shutdown_timeout=0.5, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def gateway_before(web_port: int, recorder_port: int = 9, **fields: Any) -> AsyncIterator[Gateway]:
    """A gateway before these two."""
    config = GatewayConfig(
        host="127.0.0.1",
        port=0,
        web=Upstream("", "127.0.0.1", web_port),
        recorders={"nvr-1": Upstream("nvr-1", "127.0.0.1", recorder_port)},
        **fields,
    )
    async with Gateway(config) as gateway:
        yield gateway


async def raw_request(port: int, text: str) -> bytes:
    """Send these bytes and read until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.replace("\n", "\r\n").encode())
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


async def told(request: web.Request) -> web.Response:
    """Says what arrived."""
    body = await request.read()
    return web.json_response(
        {
            "method": request.method,
            "path": request.raw_path,
            "headers": [[name.lower(), value] for name, value in request.headers.items()],
            "size": len(body),
        }
    )
