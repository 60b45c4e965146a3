"""Puts the routes together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor

from aiohttp import web

from nangmai.recorder.serve import export, live, live_hls, multi, playback, playlist, status, stills, timeline
from nangmai.recorder.serve.errors import answer_errors
from nangmai.recorder.serve.port import NODE, Node
from nangmai.recorder.serve.threads import READERS

BODY_LIMIT_BYTES = 64 << 10
READER_THREADS = 4


def make_app(node: Node) -> web.Application:
    """The application of one recorder node."""
    app = web.Application(middlewares=[answer_errors], client_max_size=BODY_LIMIT_BYTES)
    app[NODE] = node
    app[live.SOCKETS] = {}
    app[status.STOCK] = status.Stock()
    app.on_response_prepare.append(_add_headers)
    app.on_shutdown.append(live.close_sockets)
    app.cleanup_ctx.append(_workers)
    app.router.add_get("/live", live.serve_live, allow_head=False)
    for part in (live_hls, playback, multi, playlist, stills, timeline, export, status):
        app.add_routes(part.ROUTES)
    return app


async def _workers(app: web.Application) -> AsyncIterator[None]:
    app[live_hls.HLS] = live_hls.HlsStreams(app[NODE])
    app[stills.STILLS] = stills.Stills()
    with ThreadPoolExecutor(READER_THREADS, thread_name_prefix="serve") as pool:
        app[READERS] = pool
        yield
    app[live_hls.HLS].close()
    app[stills.STILLS].close()


async def _add_headers(request: web.Request, response: web.StreamResponse) -> None:
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.pop("Server", None)
