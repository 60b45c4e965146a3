"""What the recorder says of itself: inventory (any ticket); health, clock and figures (no ticket, no names)."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from nangmai.archive.index import Index
from nangmai.archive.records import SegmentView
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.recorder.serve.port import NODE
from nangmai.recorder.serve.query import Query, ticket_of
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()


@ROUTES.get("/inventory")
async def serve_inventory(request: web.Request) -> web.StreamResponse:
    """What there is of the cameras that the ticket names."""
    node = request.app[NODE]
    Query(request)
    ticket = node.tickets.check(ticket_of(request))
    index: Index = node.archive.index
    now_us = node.clock.wall_us()
    stored = await in_thread(request, _stored, index, frozenset(ticket.cameras), now_us)
    cameras: dict[str, Any] = {}
    for state in node.states():
        if state.id in ticket.cameras:
            live = {kind: stream.to_json() for kind, stream in state.streams.items()}
            cameras[state.id] = {"id": state.id, "name": state.name, "area": state.area, "streams": live}
    for camera, kind, facts in stored:
        entry = cameras.setdefault(camera, {"id": camera, "name": camera, "area": "", "streams": {}})
        entry["streams"].setdefault(kind, {"state": "off"}).update(facts)
    return web.json_response({"recorder": node.config.recorder.name, "cameras": list(cameras.values())})


def _stored(index: Index, cameras: frozenset[str], now_us: int) -> list[tuple[str, str, dict[str, Any]]]:
    """What the archive holds of each stream, of cameras that have left the configuration too."""
    found = []
    for info in index.streams():
        if info.camera not in cameras:
            continue
        row = index.query(
            "SELECT min(start_us), max(end_us), coalesce(sum(size_bytes), 0) FROM segment "
            "WHERE stream_id = ? AND state <> 'deleting'",
            info.id,
        )[0]
        newest = index.segment_at(info.name, now_us)
        newest_us = newest.end_us if newest is not None else row[1]
        oldest_us = row[0] if row[0] is not None or newest is None else newest.start_us
        days = (newest_us - oldest_us) / US_PER_DAY if oldest_us is not None and newest_us is not None else 0.0
        facts = {"oldest_us": oldest_us, "newest_us": newest_us, "bytes": row[2], "days": round(days, 2)}
        found.append((info.camera, info.kind, {"since_us": info.since_us} | facts | _picture(index, newest)))
    return found


def _picture(index: Index, newest: SegmentView | None) -> dict[str, Any]:
    init = index.init(newest.init_id) if newest is not None else None
    video = init.video if init is not None and init.video is not None else {}
    return {name: video.get(name) for name in ("codec", "width", "height", "fps")}


@ROUTES.get("/health")
async def serve_health(request: web.Request) -> web.StreamResponse:
    """Whether it works; names nobody and nothing."""
    node = request.app[NODE]
    cameras = node.states()
    mains = [camera.streams["main"] for camera in cameras if "main" in camera.streams]
    uptime_s = (node.clock.mono_us() - node.started_mono_us) // US_PER_S
    return web.json_response(
        {
            "state": node.health().state,
            "recorder": node.config.recorder.name,
            "uptime_s": uptime_s,
            "cameras": len(cameras),
            "recording": sum(main.state == "recording" for main in mains),
        }
    )


@ROUTES.get("/clock")
async def serve_clock(request: web.Request) -> web.StreamResponse:
    """The server's time."""
    return web.json_response({"clock_us": request.app[NODE].clock.wall_us()})


@ROUTES.get("/metrics")
async def serve_metrics(request: web.Request) -> web.StreamResponse:
    """For Prometheus; the gateway does not pass it on."""
    body = await in_thread(request, generate_latest, request.app[NODE].metrics.registry)
    return web.Response(body=body, headers={"Content-Type": CONTENT_TYPE_LATEST})
