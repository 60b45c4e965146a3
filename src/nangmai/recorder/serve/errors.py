"""Errors at the edge: every `Error` becomes JSON with the status of its kind, and nothing else gets out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

from aiohttp import web

from nangmai.base.errors import Error, Kind

_log = logging.getLogger(__name__)
STALLED_S = 60
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class NotFound(Error):
    """There is no {what} here."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class RequestInvalid(Error):
    """The request cannot be answered: {complaint}."""

    kind: ClassVar[Kind] = Kind.INVALID


class ServerFault(Error):
    """The recorder failed to answer this; its log says why. Recording goes on."""


def error_response(error: Error) -> web.Response:
    """The JSON form of an error (docs/design/http.md)."""
    return web.json_response(error.as_dict(), status=error.kind.http_status, headers={"Cache-Control": "no-store"})


@web.middleware
async def answer_errors(request: web.Request, handler: _Handler) -> web.StreamResponse:
    """Map what a handler raises."""
    try:
        return await handler(request)
    except Error as error:
        failure: Error = error
    except web.HTTPException as response:
        if response.status < 400:
            raise
        failure = _from_http(response)
        failure_response = error_response(failure)
        failure_response.set_status(response.status)
        return failure_response
    except ConnectionError:
        return web.Response(status=503)  # the client has left: nobody reads this
    except Exception:  # noqa: BLE001 (border of the request)
        _log.exception("answering %s failed", request.path)
        failure = ServerFault()
    return error_response(failure)


@asynccontextmanager
async def begun(request: web.Request, response: web.StreamResponse) -> AsyncIterator[None]:
    """Send the head of `response`, then its body; when that fails, cut it off, so that it cannot pass for whole.

    A client that leaves in the middle is no failure: people close pages.
    """
    await response.prepare(request)
    try:
        yield
    except ConnectionError:
        _cut_off(request)
    except (Error, TimeoutError) as error:
        _log.info("the answer to %s was cut off: %s", request.path, str(error) or "its client takes nothing")
        _cut_off(request)
    except Exception:  # noqa: BLE001 (border of the request)
        _log.exception("the answer to %s was cut off", request.path)
        _cut_off(request)


def _cut_off(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


async def send(response: web.StreamResponse, data: bytes) -> None:
    """Send a piece of a body, as fast as the client takes it; one that takes nothing for a minute is let go."""
    async with asyncio.timeout(STALLED_S):
        await response.write(data)


def _from_http(response: web.HTTPException) -> Error:
    if response.status == 404:
        return NotFound(what="such address")
    return RequestInvalid(complaint=response.reason.lower())
