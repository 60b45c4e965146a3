"""What the recorder says of itself: inventory (any ticket); health, clock and figures (no ticket, no names)."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from nangmai.archive.index import Index, StreamInfo
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.recorder.serve.port import NODE
from nangmai.recorder.serve.query import Query, ticket_of
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
STOCK_US = 30 * US_PER_S


class Stock:
    """What the archive holds of every stream; summed up again after a while, for it walks over the whole index."""

    def __init__(self) -> None:
        self._streams: dict[str, dict[str, Any]] = {}
        self._asked_us: int | None = None

    async def of(self, request: web.Request, stream: StreamInfo) -> dict[str, Any]:
        """Oldest, newest, bytes, days and picture of one stream."""
        now_us = request.app[NODE].clock.mono_us()
        if self._asked_us is None or now_us - self._asked_us > STOCK_US or stream.name not in self._streams:
            self._asked_us = now_us
            self._streams = await in_thread(request, _stock, request.app[NODE].archive.index)
        return self._streams.get(stream.name, {})


STOCK: web.AppKey[Stock] = web.AppKey("stock", Stock)


def _stock(index: Index) -> dict[str, dict[str, Any]]:
    found = {}
    for summary in index.summary():
        oldest_us, newest_us = summary.oldest_us, summary.newest_us
        days = (newest_us - oldest_us) / US_PER_DAY if oldest_us is not None and newest_us is not None else 0.0
        video = _video(index, summary.stream, newest_us)
        found[summary.stream] = {
            "since_us": index.stream(summary.stream).since_us,
            "oldest_us": oldest_us,
            "newest_us": newest_us,
            "bytes": summary.size_bytes,
            "days": round(days, 2),
        } | {name: video.get(name) for name in ("codec", "width", "height", "fps")}
    return found


def _video(index: Index, stream: str, newest_us: int | None) -> dict[str, Any]:
    newest = index.segment_at(stream, newest_us) if newest_us is not None else None
    init = index.init(newest.init_id) if newest is not None else None
    return init.video or {} if init is not None else {}


@ROUTES.get("/inventory")
async def serve_inventory(request: web.Request) -> web.StreamResponse:
    """What there is of the cameras that the ticket names."""
    node = request.app[NODE]
    Query(request)
    ticket = node.tickets.check(ticket_of(request))
    index: Index = node.archive.index
    cameras: dict[str, Any] = {}
    for state in node.states():
        if state.id in ticket.cameras:
            live = {kind: stream.to_json() for kind, stream in state.streams.items()}
            cameras[state.id] = {"id": state.id, "name": state.name, "area": state.area, "streams": live}
    for info in await in_thread(request, index.streams):
        if info.camera in ticket.cameras:
            camera = {"id": info.camera, "name": info.camera, "area": "", "streams": {}}
            streams = cameras.setdefault(info.camera, camera)["streams"]
            streams.setdefault(info.kind, {"state": "off"}).update(await request.app[STOCK].of(request, info))
    return web.json_response({"recorder": node.config.recorder.name, "cameras": list(cameras.values())})


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
