"""Decoded key pictures as JPEG: for previews, and for browsers that can decode nothing themselves.

Decoding costs processor time (4-14 ms a picture), so it has two threads of its own and a short queue; who comes when it
is full is told so. The last picture of each live stream is kept.
"""

from __future__ import annotations

import asyncio
import io
from concurrent.futures import ThreadPoolExecutor
from typing import ClassVar, NamedTuple, cast

import av
from aiohttp import web

from nangmai.archive.index import Index
from nangmai.base.errors import Error, Kind
from nangmai.media.isobmff.boxes import find
from nangmai.media.isobmff.movie import parse_init
from nangmai.media.picture import VideoParameters
from nangmai.recorder.serve.asked import Asked
from nangmai.recorder.serve.errors import NotFound
from nangmai.recorder.serve.files import read_range
from nangmai.recorder.serve.footage import key_before
from nangmai.recorder.serve.query import Query, stream_kind
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
THREADS = 2
QUEUE_LIMIT = 32
QUALITY = 80
MAX_WIDTH = 3840
VISUAL_HEAD_BYTES = 86  #: of a sample entry, before its child boxes (ISO/IEC 14496-12 §12.1.3)
_DECODERS = {"h264": ("h264", b"avcC"), "h265": ("hevc", b"hvcC")}


class PictureUndecodable(Error):
    """This key picture cannot be decoded ({reason})."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class StillsBusy(Error):
    """The recorder already decodes as many pictures as it can; ask again in a moment."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class _Still(NamedTuple):
    dts: int
    jpeg: bytes


class Stills:
    """The decoding threads and the last picture of each live stream."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="still")
        self._waiting = 0
        self._last: dict[tuple[str, str, int], _Still] = {}

    async def jpeg(self, video: VideoParameters, data: bytes, width: int) -> bytes:
        """The key picture `data`, at most `width` wide (0 = as it is)."""
        if self._waiting >= QUEUE_LIMIT:
            raise StillsBusy()
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, decode_jpeg, video, data, width)
        finally:
            self._waiting -= 1

    async def live_jpeg(self, asked: Asked, width: int) -> bytes:
        """The last key picture of a live stream."""
        stream = asked.node.hub.find(asked.camera, asked.kind)
        if stream is None or stream.announcement is None or stream.last_key is None:
            raise NotFound(what=f"live picture of {asked.name}")
        key, picture = (asked.camera, asked.kind, width), stream.last_key
        still = self._last.get(key)
        if still is None or still.dts != picture.dts:
            still = _Still(picture.dts, await self.jpeg(stream.announcement.parameters, picture.data, width))
            if len(self._last) >= 4 * QUEUE_LIMIT:
                self._last.clear()
            self._last[key] = still
        return still.jpeg

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()


STILLS: web.AppKey[Stills] = web.AppKey("stills", Stills)


def decode_jpeg(video: VideoParameters, data: bytes, width: int) -> bytes:
    """Decode one key picture and write it as JPEG. Takes milliseconds: not for the event loop."""
    name, record_type = _DECODERS[video.codec]
    record = find(video.sample_entry, record_type, VISUAL_HEAD_BYTES)
    try:
        decoder = cast(av.VideoCodecContext, av.CodecContext.create(name, "r"))
        decoder.thread_count = 1
        if record is not None:
            decoder.extradata = video.sample_entry[record.payload : record.end]
        frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    except av.FFmpegError as error:
        raise PictureUndecodable(reason=str(error)) from error
    if not frames:
        raise PictureUndecodable(reason="it needs pictures before it")
    frame = frames[0]
    if width and width < frame.width:
        frame = frame.reformat(width & ~1, max(2, frame.height * width // frame.width & ~1))
    written = io.BytesIO()
    frame.to_image().save(written, "JPEG", quality=QUALITY)  # type: ignore[no-untyped-call]
    return written.getvalue()


@ROUTES.get("/live/{camera}.jpg")
async def serve_live_still(request: web.Request) -> web.StreamResponse:
    """The last key picture of a camera."""
    asked = Asked(request)
    query = Query(request, "stream", "width")
    asked.choose(stream_kind(query.text("stream", "sub")))
    width = query.integer("width", 16, MAX_WIDTH, 0)
    with asked.use("live") as counter:
        body = await request.app[STILLS].live_jpeg(asked, width)
        counter.sent_bytes = len(body)
        return web.Response(body=body, content_type="image/jpeg")


@ROUTES.get("/playback/{camera}/{stream:main|sub}.jpg")
async def serve_still(request: web.Request) -> web.StreamResponse:
    """The key picture at or before a moment."""
    asked = Asked(request)
    query = Query(request, "at", "width")
    at_us, width = query.time_us("at"), query.integer("width", 16, MAX_WIDTH, 0)
    with asked.use("replay", at_us, at_us + 1) as counter:
        video, data = await in_thread(request, _recorded_key, asked.index, asked.name, at_us)
        body = await request.app[STILLS].jpeg(video, data, width)
        counter.sent_bytes = len(body)
        return web.Response(body=body, content_type="image/jpeg", headers={"Cache-Control": "private, max-age=60"})


def _recorded_key(index: Index, stream: str, at_us: int) -> tuple[VideoParameters, bytes]:
    segment, number = key_before(index, stream, at_us)
    init = index.init(segment.init_id)
    video = parse_init(init.bytes).video if init is not None else None
    if video is None:
        raise NotFound(what=f"init segment {segment.init_id}")
    record = segment.fragments[number]
    return video, read_range(segment.path, record.offset + record.data_offset, record.key_size)
