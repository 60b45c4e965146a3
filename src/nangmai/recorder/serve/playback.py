"""Playback by time: the index of a period, init segments, units by number, and key pictures alone."""

from __future__ import annotations

import gzip
import json
from typing import Any

from aiohttp import web

from nangmai.archive.index import Index
from nangmai.archive.records import SegmentView
from nangmai.base.units import US_PER_S
from nangmai.recorder.serve.asked import Asked, Counter
from nangmai.recorder.serve.errors import NotFound
from nangmai.recorder.serve.files import IMMUTABLE, MEDIA_TYPE, send_range
from nangmai.recorder.serve.footage import (
    Run,
    check_fragments,
    duration_us,
    gop_end,
    key_before,
    key_unit,
    runs_between,
)
from nangmai.recorder.serve.query import Query, bounded_integer
from nangmai.recorder.serve.sound import caching, found_init, heard_init, send_silent
from nangmai.recorder.serve.threads import in_thread
from nangmai.recorder.serve.timeline import gaps_json

ROUTES = web.RouteTableDef()
INDEX_US = 6 * 3600 * US_PER_S
LONGEST_US = 40 * 86_400 * US_PER_S
INDEX_FRAGMENTS = 4000  #: an answer ends with the segment that reaches this; `next_us` says where to go on
GZIP_LIMIT_BYTES = 2048

_STREAM = "/playback/{camera}/{stream:main|sub}"


@ROUTES.get(_STREAM + "/index")
async def serve_index(request: web.Request) -> web.StreamResponse:
    """What was recorded in a period, fragment by fragment."""
    asked = Asked(request)
    query = Query(request, "from", "to")
    from_us, to_us = query.period(LONGEST_US)
    with asked.use("replay", from_us, to_us) as counter:
        body = await in_thread(request, _index_body, asked, from_us, to_us)
        response = web.Response(body=body, content_type="application/json")
        if "gzip" in request.headers.get("Accept-Encoding", "") and len(body) > GZIP_LIMIT_BYTES:
            response = web.Response(
                body=await in_thread(request, gzip.compress, body, 5),
                content_type="application/json",
                headers={"Content-Encoding": "gzip", "Vary": "Accept-Encoding"},
            )
        counter.sent_bytes = len(body)
        return response


def _index_body(asked: Asked, from_us: int, to_us: int) -> bytes:
    index, name, has_sound = asked.index, asked.name, asked.node.has_sound
    end_us = min(to_us, from_us + INDEX_US)
    segments: list[dict[str, Any]] = []
    fragments = 0
    for run in runs_between(index, name, from_us, end_us):
        if fragments >= INDEX_FRAGMENTS:
            end_us = run.start_us
            break
        segments.append(_segment_json(run))
        fragments += run.last - run.first + 1
    answer = {
        "camera": asked.camera,
        "stream": asked.kind,
        "from_us": from_us,
        "to_us": end_us,
        "inits": {
            init: init_json(index, init, has_sound=has_sound) for init in sorted({one["init"] for one in segments})
        },
        "segments": segments,
        "gaps": gaps_json(index, name, from_us, end_us),
    }
    if end_us < to_us:
        answer["next_us"] = end_us
    return json.dumps(answer, separators=(",", ":")).encode()


def _segment_json(run: Run) -> dict[str, Any]:
    segment = run.segment
    return {
        "seq": segment.seq,
        "start_us": segment.start_us,
        "end_us": segment.end_us,
        "init": segment.init_id,
        "open": segment.is_open,
        "fragments": [
            [
                number,
                segment.fragment_start_us(number),
                duration_us(segment, number),
                record.size,
                record.key_size,
                record.pictures,
                record.flags,
            ]
            for number, record in enumerate(segment.fragments[run.first : run.last + 1], run.first)
        ],
    }


def init_json(index: Index, init_id: str, *, has_sound: bool) -> dict[str, Any]:
    """What a player has to know before it asks for the init segment itself."""
    init = found_init(index, init_id)
    if init.video is None:
        raise NotFound(what=f"init segment {init_id}")
    codecs = [init.video["codecs"], *([init.audio["codecs"]] if init.audio and has_sound else [])]
    return {
        "mime": f'video/mp4; codecs="{",".join(codecs)}"',
        "codec": init.video["codec"],
        "width": init.video["width"],
        "height": init.video["height"],
        "fps": init.video.get("fps"),
    }


@ROUTES.get(_STREAM + "/init/{init:[0-9a-f]+}.mp4")
async def serve_init(request: web.Request) -> web.StreamResponse:
    """An init segment: parameters, no pictures."""
    asked = Asked(request)
    Query(request)
    init_id = request.match_info["init"]
    init = await asked.look_up("replay", lambda: found_init(asked.index, init_id))
    with asked.use("replay") as counter:
        body = heard_init(init, has_sound=asked.node.has_sound)
        counter.sent_bytes = len(body)
        return web.Response(body=body, content_type=MEDIA_TYPE, headers=caching(init))


@ROUTES.get(_STREAM + "/{seq:[0-9]+}/{first:[0-9]+}-{last:[0-9]+}.m4s")
async def serve_units(request: web.Request) -> web.StreamResponse:
    """Units `first`..`last` of a segment, as they stand in its file; silent while the regulation allows no sound."""
    asked = Asked(request)
    Query(request)
    first, last = (bounded_integer(name, request.match_info[name], 0, 0xFFFF) for name in ("first", "last"))
    segment = await asked.segment()
    await asked.look_up("replay", lambda: check_fragments(segment, first, last))
    init = await asked.look_up("replay", lambda: found_init(asked.index, segment.init_id))
    with asked.use("replay", *opened_by(segment, first, last)) as counter:
        offset, size = segment.byte_range(first, last)
        counter.sent_bytes = size
        if init.audio and not asked.node.has_sound:
            return await send_silent(request, segment, first, last, counter.check)
        return await send_range(request, segment.path, offset, size, caching(init), counter.check)


def opened_by(segment: SegmentView, first: int, last: int) -> tuple[int, int]:
    """What a ticket's period must cover to open these fragments: the end of the first GOP, the start of the last."""
    return segment.fragment_end_us(gop_end(segment, first)) - 1, segment.fragment_start_us(last) + 1


@ROUTES.get(_STREAM + "/{seq:[0-9]+}/{first:[0-9]+}.key.m4s")
async def serve_key(request: web.Request) -> web.StreamResponse:
    """The key picture that a fragment starts with."""
    asked = Asked(request)
    Query(request)
    number = bounded_integer("n", request.match_info["first"], 0, 0xFFFF)
    segment = await asked.segment()
    await asked.look_up("replay", lambda: check_fragments(segment, number, number))
    with asked.use("replay", *opened_by(segment, number, number)) as counter:
        return await _answer_key(request, counter, segment, number, {})


@ROUTES.get(_STREAM + "/frame")
async def serve_frame(request: web.Request) -> web.StreamResponse:
    """The key picture at or before a moment, and the address it has."""
    asked = Asked(request)
    at_us = Query(request, "at").time_us("at")
    with asked.use("replay", at_us, at_us + 1) as counter:
        segment, number = await in_thread(request, key_before, asked.index, asked.name, at_us)
        headers = {"Content-Location": f"{segment.seq}/{number}.key.m4s", "X-Nangmai-Init": segment.init_id}
        return await _answer_key(request, counter, segment, number, headers)


async def _answer_key(
    request: web.Request, counter: Counter, segment: SegmentView, number: int, headers: dict[str, str]
) -> web.StreamResponse:
    body = await in_thread(request, key_unit, segment, number)
    counter.sent_bytes = len(body)
    is_gop_whole = not segment.is_open or gop_end(segment, number) < len(segment.fragments) - 1
    is_settled = is_gop_whole and "at" not in request.query
    caching = {"Cache-Control": IMMUTABLE} if is_settled else {}
    return web.Response(body=body, content_type=MEDIA_TYPE, headers=headers | caching)
