"""Sends a stretch of a segment's file: read in threads, in pieces, so that a slow client holds little memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from aiohttp import web

from nangmai.archive.records import FootageUnreadable
from nangmai.recorder.serve.errors import begun, send
from nangmai.recorder.serve.threads import in_thread

PIECE_BYTES = 1 << 20
IMMUTABLE = "private, max-age=900, immutable"  #: as long as a ticket lives: footage must not outstay it in a cache
MEDIA_TYPE = "video/mp4"


@contextmanager
def _mapped(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise FootageUnreadable(path=path.name, reason=error.strerror or str(error)) from error


def _open(path: Path) -> int:
    with _mapped(path):
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC)


def _read(path: Path, descriptor: int, size: int, offset: int) -> bytes:
    with _mapped(path):
        piece = os.pread(descriptor, size, offset)
    if len(piece) != size:
        raise FootageUnreadable(path=path.name, reason="the file is shorter than the index says")
    return piece


def read_range(path: Path, offset: int, size: int) -> bytes:
    """All of a short stretch. Not for the event loop."""
    descriptor = _open(path)
    try:
        return _read(path, descriptor, size, offset)
    finally:
        os.close(descriptor)


async def send_range(
    request: web.Request, path: Path, offset: int, size: int, headers: dict[str, str], check: Callable[[], None]
) -> web.StreamResponse:
    """Answer with `size` bytes of a file from `offset` on; `check` raises when the rest must not be sent any more."""
    if request.method == "HEAD":
        return web.Response(headers=headers | {"Content-Length": str(size)}, content_type=MEDIA_TYPE)
    if size <= PIECE_BYTES:
        body = await in_thread(request, read_range, path, offset, size)
        return web.Response(body=body, headers=headers, content_type=MEDIA_TYPE)
    descriptor = await in_thread(request, _open, path)
    try:
        response = web.StreamResponse(headers=headers | {"Content-Length": str(size)})
        response.content_type = MEDIA_TYPE
        piece = await in_thread(request, _read, path, descriptor, PIECE_BYTES, offset)
        done = 0
        async with begun(request, response):
            while True:
                await send(response, piece)
                done += len(piece)
                if done == size:
                    break
                piece = await in_thread(request, _read, path, descriptor, min(PIECE_BYTES, size - done), offset + done)
                check()
            await response.write_eof()
        return response
    finally:
        os.close(descriptor)
