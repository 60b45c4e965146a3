"""The simulator's control over HTTP, for other processes on the same machine: what cameras send, and faults on demand.

| request | answer |
|---|---|
| `GET /cameras` | every camera: address, clip, counter, worst delay, what each session sent |
| `POST /cameras/<id>/faults` `{"fault": "stall", "seconds": 5, …parameters}` | 204; `<id>` may be `*` |
| `DELETE /cameras/<id>/faults` | 204: all faults of the camera end |
| `GET /cameras/<id>/shown?number=<n>` | `{"wall_us": …}`: when the burnt-in number was last sent |
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

from aiohttp import web

from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_90k
from nangmai.simulator.camera import SimulatedCamera
from nangmai.simulator.server import PortTaken, Simulator


class ControlMalformed(Error):
    """The control request cannot be read: {reason}. Send a JSON object with the key "fault"."""

    kind: ClassVar[Kind] = Kind.INVALID


class Control:
    """Serves the control address of one simulator."""

    def __init__(self, simulator: Simulator, host: str, port: int) -> None:
        self._simulator = simulator
        self._host = host
        self.port = port
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen."""
        application = web.Application(middlewares=[_errors])
        application.router.add_get("/cameras", self._list)
        application.router.add_post("/cameras/{camera}/faults", self._fault)
        application.router.add_delete("/cameras/{camera}/faults", self._clear)
        application.router.add_get("/cameras/{camera}/shown", self._shown)
        self._runner = web.AppRunner(application, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self._host, self.port)
        try:
            await site.start()
        except OSError as error:
            raise PortTaken(host=self._host, port=self.port, reason=error.strerror) from error
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        """Stop listening."""
        if self._runner is not None:
            await self._runner.cleanup()

    def _named(self, request: web.Request) -> list[SimulatedCamera]:
        name = request.match_info["camera"]
        return list(self._simulator.cameras.values()) if name == "*" else [self._simulator.camera(name)]

    async def _list(self, request: web.Request) -> web.Response:
        return web.json_response([self._describe(camera) for camera in self._simulator.cameras.values()])

    def _describe(self, camera: SimulatedCamera) -> dict[str, Any]:
        clip = camera.clip
        return {
            "id": camera.camera.id,
            "url": self._simulator.url(camera.camera.id, with_credentials=False),
            "codec": clip.codec,
            "width": clip.width,
            "height": clip.height,
            "fps": clip.fps,
            "bitrate_bps": round(clip.bitrate_bps),
            "counter": camera.counter,
            "late_us": us_from_90k(camera.late_90k),
            "sessions": [dataclasses.asdict(counts) for counts in camera.counts()],
        }

    async def _fault(self, request: web.Request) -> web.Response:
        try:
            body = await request.json()
        except json.JSONDecodeError as error:
            raise ControlMalformed(reason=str(error)) from error
        if not isinstance(body, dict) or not isinstance(body.get("fault"), str):
            raise ControlMalformed(reason="no fault is named")
        name, seconds = body.pop("fault"), body.pop("seconds", None)
        for camera in self._named(request):
            camera.fault(name, seconds=seconds, **body)
        return web.Response(status=204)

    async def _clear(self, request: web.Request) -> web.Response:
        for camera in self._named(request):
            camera.clear()
        return web.Response(status=204)

    async def _shown(self, request: web.Request) -> web.Response:
        number = request.query.get("number", "")
        if not number.isdigit():
            raise ControlMalformed(reason="`number` must be a whole number")
        return web.json_response({"wall_us": self._named(request)[0].shown_us(int(number))})


@web.middleware
async def _errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except Error as error:
        return web.json_response(error.as_dict(), status=error.kind.http_status)
    return response
