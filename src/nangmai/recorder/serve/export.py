"""`GET /export/<camera>/<stream>.mp4`: a period as one plain MP4, sample for sample as the camera sent it."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from nangmai.base.units import US_PER_S, t90k_from_us, utc_from_us
from nangmai.media.isobmff.join import JoinedMovie, NothingToJoin
from nangmai.recorder.serve.asked import Asked, Counter
from nangmai.recorder.serve.errors import begun, send
from nangmai.recorder.serve.files import MEDIA_TYPE, read_range
from nangmai.recorder.serve.footage import runs_between
from nangmai.recorder.serve.query import Query
from nangmai.recorder.serve.sound import found_init
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
LONGEST_US = 6 * 3600 * US_PER_S
PIECE_BYTES = 1 << 20


@ROUTES.get("/export/{camera}/{stream:main|sub}.mp4")
async def serve_export(request: web.Request) -> web.StreamResponse:
    """The period from the key picture before its beginning; its length is known before the first byte goes out."""
    asked = Asked(request)
    from_us, to_us = Query(request, "from", "to").period(LONGEST_US)
    with asked.use("export", from_us, to_us) as counter:
        movie = await in_thread(request, plan_export, asked, from_us, to_us)
        head = await in_thread(request, movie.head)
        name = f"{asked.name}-{utc_from_us(from_us):%Y%m%dT%H%M%SZ}.mp4"
        headers = {
            "Content-Type": MEDIA_TYPE,
            "Content-Length": str(len(head) + movie.media_bytes),
            "Content-Disposition": f'attachment; filename="{name}"',
            "Accept-Ranges": "none",
        }
        if request.method == "HEAD":
            return web.Response(headers=headers)
        response = web.StreamResponse(headers=headers)
        async with begun(request, response):
            await _send(request, response, counter, head, movie)
        return response


def plan_export(asked: Asked, from_us: int, to_us: int) -> JoinedMovie:
    """Which bytes of which files the movie consists of."""
    runs = runs_between(asked.index, asked.name, from_us, to_us)
    if not runs:
        raise NothingToJoin()
    start_us = runs[0].segment.start_us
    movie = JoinedMovie(runs[0].start_us, is_silent=not asked.node.has_sound)
    for run in runs:
        segment = run.segment
        init = found_init(asked.index, segment.init_id)
        movie.add_segment(init.bytes, t90k_from_us(segment.start_us - start_us))
        for record in segment.fragments[run.first : run.last + 1]:
            head = read_range(segment.path, record.offset, record.data_offset)
            movie.add_unit(head, segment.path, record.offset)
    return movie


async def _send(
    request: web.Request, response: web.StreamResponse, counter: Counter, head: bytes, movie: JoinedMovie
) -> None:
    await send(response, head)
    counter.sent_bytes += len(head)
    pieces = [
        (chunk.source, chunk.offset + done, min(PIECE_BYTES, chunk.size - done))
        for chunk in movie.chunks
        for done in range(0, chunk.size, PIECE_BYTES)
    ]
    batch: list[tuple[Path, int, int]] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += piece[2]
        if size >= PIECE_BYTES:
            await _send_batch(request, response, counter, batch)
            batch, size = [], 0
    await _send_batch(request, response, counter, batch)
    await response.write_eof()


async def _send_batch(
    request: web.Request, response: web.StreamResponse, counter: Counter, batch: list[tuple[Path, int, int]]
) -> None:
    counter.check()
    data = await in_thread(request, _read_all, batch)
    counter.sent_bytes += len(data)
    if data:
        await send(response, data)


def _read_all(batch: list[tuple[Path, int, int]]) -> bytes:
    return b"".join(read_range(*piece) for piece in batch)
