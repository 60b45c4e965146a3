"""Passes one HTTP request on and its answer back, piece by piece: nothing is buffered whole, a slow reader slows its
own stream only, and when one end goes away the other is told.
"""

from __future__ import annotations

import logging

import aiohttp
from aiohttp import web

from nangmai.gateway.headers import end_to_end, towards_upstream
from nangmai.gateway.upstream import Upstream

log = logging.getLogger(__name__)

BODILESS = frozenset({204, 304})


class UpstreamDown(Exception):
    """The upstream did not answer; the server shows a page for it."""


async def pass_request(
    request: web.Request, session: aiohttp.ClientSession, upstream: Upstream, path_and_query: str
) -> web.StreamResponse:
    """One round; raises `UpstreamDown` when not even the head of an answer came, `ConnectionError` when the browser
    left before it could be given one. Either way the upstream's side is closed.
    """
    headers = towards_upstream(request.headers, client=request.remote, is_tls=request.secure, host=request.host)
    try:
        answer = await session.request(
            request.method,
            upstream.url(path_and_query),
            headers=headers,
            data=request.content if request.body_exists else None,
            allow_redirects=False,
        )
    except (aiohttp.ClientConnectionError, aiohttp.ClientPayloadError, TimeoutError) as error:
        raise UpstreamDown(str(error)) from error
    async with answer:
        return await _pass_back(request, answer, upstream)


async def _pass_back(request: web.Request, answer: aiohttp.ClientResponse, upstream: Upstream) -> web.StreamResponse:
    headers = end_to_end(answer.headers)
    location = headers.get("Location", "")
    if upstream.prefix and location.startswith("/") and not location.startswith("//"):
        headers["Location"] = upstream.prefix + location
    response = web.StreamResponse(status=answer.status, reason=answer.reason, headers=headers)
    has_body = request.method != "HEAD" and answer.status not in BODILESS
    if has_body and "Content-Length" not in headers and request.version >= aiohttp.HttpVersion11:
        response.enable_chunked_encoding()
    await response.prepare(request)
    if not has_body:
        await response.write_eof()
        return response
    try:
        async for piece in answer.content.iter_any():
            await response.write(piece)
    except aiohttp.ClientPayloadError:
        # The upstream broke off. An orderly end would make half a file look whole.
        log.warning("%s broke off an answer", upstream.name or "web")
        if request.transport is not None:
            request.transport.abort()
        return response
    except ConnectionResetError:
        return response  # the browser left; leaving the block closes the upstream's side
    await response.write_eof()
    return response
