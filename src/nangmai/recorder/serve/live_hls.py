"""`GET /live/<camera>/<stream>.m3u8` and what it names: live pictures for players that know nothing better."""

from __future__ import annotations

import asyncio
from typing import ClassVar
from urllib.parse import quote

from aiohttp import web

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.recorder.live.hls import LiveHls
from nangmai.recorder.serve.asked import Asked
from nangmai.recorder.serve.errors import NotFound
from nangmai.recorder.serve.files import IMMUTABLE, MEDIA_TYPE
from nangmai.recorder.serve.port import Node
from nangmai.recorder.serve.query import Query, bounded_integer

ROUTES = web.RouteTableDef()
IDLE_US = 60 * US_PER_S
FIRST_SEGMENT_S = 20
PLAYLIST_TYPE = "application/vnd.apple.mpegurl"


class NoPictureYet(Error):
    """No picture has come from {stream}; try again when the camera is back."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class HlsStreams:
    """The streams that somebody plays by HLS; those that nobody asked for lately are let go."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._open: dict[tuple[str, str], tuple[LiveHls, int]] = {}

    def find(self, camera: str, kind: str) -> LiveHls:
        """The segments of a stream, gathered from the first question on."""
        now_us = self._node.clock.mono_us()
        for key, (hls, asked_us) in list(self._open.items()):
            if now_us - asked_us > IDLE_US:
                hls.close()
                del self._open[key]
        known = self._open.get((camera, kind))
        if known is None:
            stream = self._node.hub.find(camera, kind)
            if stream is None:
                raise NotFound(what=f"stream {camera}.{kind}")
            hls = LiveHls(stream)
            hls.open()
        else:
            hls = known[0]
        self._open[camera, kind] = (hls, now_us)
        return hls

    def close(self) -> None:
        """Let all of them go."""
        for hls, _ in self._open.values():
            hls.close()
        self._open.clear()


HLS: web.AppKey[HlsStreams] = web.AppKey("hls", HlsStreams)


@ROUTES.get("/live/{camera}/{stream:main|sub}.m3u8")
async def serve_playlist(request: web.Request) -> web.StreamResponse:
    """The playlist of the last GOPs; the first question waits for one to be over."""
    asked = Asked(request)
    Query(request)
    with asked.use("live") as counter:
        hls = request.app[HLS].find(asked.camera, asked.kind)
        try:
            async with asyncio.timeout(FIRST_SEGMENT_S):
                await hls.first_segment()
        except TimeoutError as error:
            raise NoPictureYet(stream=asked.name) from error
        ticket = request.query.get("ticket")
        body = hls.playlist(f"?ticket={quote(ticket)}" if ticket else "")
        counter.sent_bytes = len(body)
        return web.Response(text=body, content_type=PLAYLIST_TYPE)


@ROUTES.get("/live/{camera}/{stream:main|sub}/{number:[0-9]+}.m4s")
async def serve_segment(request: web.Request) -> web.StreamResponse:
    """One GOP."""
    asked = Asked(request)
    Query(request)
    with asked.use("live") as counter:
        number = bounded_integer("n", request.match_info["number"], 0, 1 << 40)
        segment = request.app[HLS].find(asked.camera, asked.kind).segment(number)
        if segment is None:
            raise NotFound(what=f"live segment {number} of {asked.name}")
        body = segment.body()
        counter.sent_bytes = len(body)
        return web.Response(body=body, content_type=MEDIA_TYPE)


@ROUTES.get("/live/{camera}/{stream:main|sub}/init-{init:[0-9a-f]+}.mp4")
async def serve_init(request: web.Request) -> web.StreamResponse:
    """Parameters of a live stream."""
    asked = Asked(request)
    Query(request)
    with asked.use("live") as counter:
        init_id = request.match_info["init"]
        found = request.app[HLS].find(asked.camera, asked.kind).inits.get(init_id)
        if found is None:
            raise NotFound(what=f"init segment {init_id}")
        counter.sent_bytes = len(found.init)
        return web.Response(body=found.init, content_type=MEDIA_TYPE, headers={"Cache-Control": IMMUTABLE})
