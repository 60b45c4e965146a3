"""Recorded sound leaves only while the regulation in force allows sound, whatever it allowed when it was recorded.

Owns how it is kept back: footage keeps its sizes and its index, its sound is silence (`media.isobmff.silence`). What
can sound is not kept by caches, so that a change of the regulation is heard at once.
"""

from __future__ import annotations

from collections.abc import Callable

from aiohttp import web

from nangmai.archive.index import Index, Init
from nangmai.archive.records import SegmentView
from nangmai.media.isobmff import silent_init, silent_units
from nangmai.recorder.serve.errors import NotFound, begun, send
from nangmai.recorder.serve.files import IMMUTABLE, MEDIA_TYPE, read_range
from nangmai.recorder.serve.threads import in_thread

UNCACHED = "private, no-store"


def found_init(index: Index, init_id: str) -> Init:
    """An init segment as it was recorded, with what it describes."""
    init = index.init(init_id)
    if init is None:
        raise NotFound(what=f"init segment {init_id}")
    return init


def heard_init(init: Init, *, has_sound: bool) -> bytes:
    """The bytes that may leave."""
    return init.bytes if has_sound or not init.audio else silent_init(init.bytes)


def heard_units(init: Init, units: bytes, *, has_sound: bool) -> bytes:
    """Whole units that may leave."""
    return units if has_sound or not init.audio else silent_units(units)


def caching(init: Init) -> dict[str, str]:
    """How long a browser may keep what belongs to this init segment."""
    return {"Cache-Control": UNCACHED if init.audio else IMMUTABLE}


async def send_silent(
    request: web.Request, segment: SegmentView, first: int, last: int, check: Callable[[], None]
) -> web.StreamResponse:
    """Fragments `first`..`last` without their sound, one after the other."""
    offset, size = segment.byte_range(first, last)
    headers = {"Content-Length": str(size), "Content-Type": MEDIA_TYPE, "Cache-Control": UNCACHED}
    if request.method == "HEAD":
        return web.Response(headers=headers)
    begins = [record.offset for record in segment.fragments[first : last + 1]]
    ends = [*begins[1:], offset + size]
    response = web.StreamResponse(headers=headers)
    piece = await in_thread(request, _silent, segment, offset, ends[0])
    async with begun(request, response):
        await send(response, piece)
        for begin, end in zip(begins[1:], ends[1:], strict=True):
            check()
            await send(response, await in_thread(request, _silent, segment, begin, end))
        await response.write_eof()
    return response


def _silent(segment: SegmentView, begin: int, end: int) -> bytes:
    return silent_units(read_range(segment.path, begin, end - begin))
