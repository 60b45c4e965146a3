"""What a timeline shows of a camera: recorded time, gaps with causes, activity, holds; and completeness by day.

Figures only, no picture. Short periods are answered from the fragments, long ones from the covering index of segments.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from aiohttp import web

from nangmai.archive.index import Index
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.protocol.tickets import TicketTooNarrow
from nangmai.recorder.serve.asked import Asked
from nangmai.recorder.serve.errors import RequestInvalid
from nangmai.recorder.serve.query import MAX_TIME_US, Query, stream_kind, ticket_of
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
LONGEST_US = 366 * US_PER_DAY
FINE_US = 4 * 3600 * US_PER_S  #: up to this activity is read fragment by fragment
MAX_BUCKETS = 4000
COMPLETENESS_DAYS = 62


class Spell(NamedTuple):
    """A stretch of recorded time with the highest activity in it."""

    start_us: int
    end_us: int
    activity: int


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
    if to_us - from_us <= FINE_US:
        spells = _fine(index, stream, from_us, to_us)
    else:
        spells = _coarse(index, stream, from_us, to_us)
    bucket_us = -(-(to_us - from_us) // buckets)
    return {
        "from_us": from_us,
        "to_us": to_us,
        "bucket_us": bucket_us,
        "recorded": _joined(spells, from_us, to_us),
        "gaps": gaps_json(index, stream, from_us, to_us),
        "activity": _activity(spells, from_us, to_us, bucket_us),
        "holds": [
            {"from_us": max(hold.from_us, from_us), "to_us": min(hold.to_us, to_us), "reason": hold.reason}
            for hold in index.holds(camera)
            if hold.from_us < to_us and hold.to_us > from_us
        ],
    }


def _fine(index: Index, stream: str, from_us: int, to_us: int) -> list[Spell]:
    spells: list[Spell] = []
    for segment in index.segments(stream, from_us, to_us):
        starts = [segment.start_us + record.start_offset_us for record in segment.fragments]
        ends = [*starts[1:], segment.end_us]
        records = zip(starts, ends, segment.fragments, strict=True)
        spells += [Spell(start, end, record.activity) for start, end, record in records if end > from_us]
    return spells


def _coarse(index: Index, stream: str, from_us: int, to_us: int) -> list[Spell]:
    info = index.stream(stream)
    rows = index.query(
        "SELECT start_us, end_us, activity FROM segment WHERE stream_id = ?1 AND start_us < ?3 AND end_us > ?2 "
        "AND start_us >= coalesce((SELECT max(start_us) FROM segment WHERE stream_id = ?1 AND start_us <= ?2), ?2) "
        "AND state = 'closed' ORDER BY start_us",
        info.id,
        from_us,
        to_us,
    )
    spells = [Spell._make(row) for row in rows]
    last_us = spells[-1].end_us if spells else from_us
    # Behind the last closed row there is little: the open segment, and those whose rows are being written.
    return spells + (_fine(index, stream, last_us, to_us) if last_us < to_us else [])


def _joined(spells: Iterable[Spell], from_us: int, to_us: int) -> list[list[int]]:
    joined: list[list[int]] = []
    for spell in spells:
        start_us, end_us = max(spell.start_us, from_us), min(spell.end_us, to_us)
        if joined and start_us <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end_us)
        elif start_us < end_us:
            joined.append([start_us, end_us])
    return joined


def _activity(spells: Iterable[Spell], from_us: int, to_us: int, bucket_us: int) -> list[int | None]:
    activity: list[int | None] = [None] * -(-(to_us - from_us) // bucket_us)
    for start_us, end_us, value in spells:
        first = max(0, (start_us - from_us) // bucket_us)
        last = min(len(activity) - 1, (min(end_us, to_us) - 1 - from_us) // bucket_us)
        for bucket in range(first, last + 1):
            known = activity[bucket]
            if known is None or known < value:
                activity[bucket] = value
    return activity


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
    now_us = asked.node.clock.wall_us()
    days = await in_thread(request, completeness, asked.index, asked.name, from_us, to_us, zone, now_us)
    return web.json_response(days)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise RequestInvalid(complaint=f"the time zone {name[:40]!r} is not known here") from error


def completeness(
    index: Index, stream: str, from_us: int, to_us: int, zone: tzinfo, now_us: int
) -> list[dict[str, Any]]:
    """A row a day that the period touches, cut to the period, to the stream's life and to now."""
    since_us = index.stream(stream).since_us
    start_us, end_us = max(from_us, since_us), min(to_us, now_us)
    gaps = index.gaps(stream, start_us, end_us) if start_us < end_us else []
    days = []
    for day, day_from_us, day_to_us in _days(from_us, to_us, zone):
        first_us, last_us = max(start_us, day_from_us), min(end_us, day_to_us)
        missing: dict[str, int] = {}
        for gap in gaps:
            lost_us = min(gap.end_us or last_us, last_us) - max(gap.start_us, first_us)
            if lost_us > 0:
                missing[gap.cause] = missing.get(gap.cause, 0) + lost_us
        expected_us = max(0, last_us - first_us)
        recorded_us = expected_us - sum(missing.values())
        days.append({"day": day, "recorded_us": recorded_us, "expected_us": expected_us, "gaps": missing})
    return days


def _days(from_us: int, to_us: int, zone: tzinfo) -> Iterable[tuple[str, int, int]]:
    """The days of a zone that a period touches; a day of a change of clocks has 23 or 25 hours."""
    if to_us > min(MAX_TIME_US, 250_000_000_000 * US_PER_S):
        raise RequestInvalid(complaint="'to' is too far away")
    day = datetime.fromtimestamp(from_us // US_PER_S, UTC).astimezone(zone).date()
    while True:
        start_us = _midnight_us(day, zone)
        if start_us >= to_us:
            return
        yield day.isoformat(), start_us, _midnight_us(day + timedelta(days=1), zone)
        day += timedelta(days=1)


def _midnight_us(day: date, zone: tzinfo) -> int:
    return int(datetime.combine(day, time(), zone).timestamp()) * US_PER_S
