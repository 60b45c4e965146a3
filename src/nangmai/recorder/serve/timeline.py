"""What a timeline shows of a camera: recorded time, gaps with causes, activity, holds; and completeness by day.

Figures only, no picture. The archive computes them; here they are asked for and put into words.
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from nangmai.archive.index import Index
from nangmai.base.units import US_PER_DAY
from nangmai.protocol.tickets import TicketTooNarrow
from nangmai.recorder.serve.asked import Asked
from nangmai.recorder.serve.errors import RequestInvalid
from nangmai.recorder.serve.query import Query, stream_kind, ticket_of
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
LONGEST_US = 366 * US_PER_DAY
MAX_BUCKETS = 4000
COMPLETENESS_DAYS = 62


@ROUTES.get("/playback/{camera}/timeline")
async def serve_timeline(request: web.Request) -> web.StreamResponse:
    """One row of a timeline."""
    asked = Asked(request)
    query = Query(request, "from", "to", "buckets", "stream")
    asked.choose(stream_kind(query.text("stream", "main")))
    from_us, to_us = query.period(LONGEST_US)
    buckets = query.integer("buckets", 1, MAX_BUCKETS, 800)
    with asked.use("replay", from_us, to_us):
        answer = await in_thread(request, timeline, asked.index, asked.camera, asked.name, from_us, to_us, buckets)
        return web.json_response(answer)


def timeline(index: Index, camera: str, stream: str, from_us: int, to_us: int, buckets: int) -> dict[str, Any]:
    """The answer for one stream."""
    return {
        "from_us": from_us,
        "to_us": to_us,
        "bucket_us": max(1, -(-(to_us - from_us) // buckets)),
        "recorded": index.recorded(stream, from_us, to_us),
        "gaps": gaps_json(index, stream, from_us, to_us),
        "activity": index.activity(stream, from_us, to_us, buckets),
        "holds": [
            {"from_us": max(hold.from_us, from_us), "to_us": min(hold.to_us, to_us), "reason": hold.reason}
            for hold in index.holds(camera)
            if hold.from_us < to_us and hold.to_us > from_us
        ],
    }


def gaps_json(index: Index, stream: str, from_us: int, to_us: int) -> list[dict[str, Any]]:
    """The gaps of a period with their causes, cut to it."""
    return [
        {
            "start_us": max(gap.start_us, from_us),
            "end_us": min(gap.end_us or to_us, to_us),
            "cause": gap.cause,
            "detail": gap.detail,
        }
        for gap in index.gaps(stream, from_us, to_us)
    ]


@ROUTES.get("/playback/{camera}/completeness")
async def serve_completeness(request: web.Request) -> web.StreamResponse:
    """Recorded and expected time by day. No footage: any ticket that names the camera will do."""
    asked = Asked(request)
    query = Query(request, "from", "to", "zone", "stream")
    asked.choose(stream_kind(query.text("stream", "main")))
    from_us, to_us = query.period(COMPLETENESS_DAYS * US_PER_DAY)
    zone = _zone(query.text("zone", "UTC"))
    ticket = asked.node.tickets.check(ticket_of(request))
    if asked.camera not in ticket.cameras:
        raise TicketTooNarrow(reason=f"it does not name the camera {asked.camera!r}")
    days = await in_thread(request, asked.index.completeness, asked.name, from_us, to_us, zone)
    return web.json_response([day._asdict() | {"day": day.day.isoformat()} for day in days])


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestInvalid(complaint=f"the time zone {name[:40]!r} is not known here") from error
