"""A client that has left is no failure: nothing is logged, and what the answer held is let go."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web

from nangmai.recorder.serve.errors import answer_errors, begun, send


@asynccontextmanager
async def served(handler: object) -> AsyncIterator[int]:
    """A server as the recorder runs it, where a handler outlives its client; its port."""
    app = web.Application(middlewares=[answer_errors])
    app.router.add_route("*", "/", handler)  # type: ignore[arg-type]
    runner = web.AppRunner(app, access_log=None, handle_signals=False)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield int(runner.addresses[0][1])
    finally:
        await runner.cleanup()


@pytest.mark.parametrize("moment", ["the body of the request", "the head of the answer", "the body of the answer"])
def test_a_client_may_leave_at_any_moment(moment: str, caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        asked, left, let_go = asyncio.Event(), asyncio.Event(), asyncio.Event()

        async def answer(request: web.Request) -> web.StreamResponse:
            asked.set()
            try:
                if moment == "the body of the request":
                    await request.read()
                response = web.StreamResponse()
                if moment == "the head of the answer":
                    await left.wait()
                async with begun(request, response):
                    while True:
                        await send(response, b"on and on")
                        await asyncio.sleep(0)
                return response
            finally:
                let_go.set()

        async with served(answer) as port:
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nhalf")
            await asked.wait()
            writer.transport.abort()
            await asyncio.sleep(0.1)  # the server's side has to hear of it
            left.set()
            await asyncio.wait_for(let_go.wait(), 10)

    with caplog.at_level(logging.INFO):
        asyncio.run(asyncio.wait_for(scenario(), 30))
    assert caplog.records == []
