"""`POST /playback/multi`: the GOPs of several cameras in one streamed answer, interleaved by time.

One generator finds and reads, in a reader thread and only as fast as the client takes: never more than one piece of a
GOP is in memory, however long the period.
"""

from __future__ import annotations

import heapq
import struct
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any, NamedTuple

from aiohttp import web

from nangmai.archive.index import Index, Init
from nangmai.archive.records import SegmentView
from nangmai.base.units import US_PER_S
from nangmai.recorder.serve.asked import opened
from nangmai.recorder.serve.errors import NotFound, RequestInvalid, begun, send
from nangmai.recorder.serve.files import read_range
from nangmai.recorder.serve.footage import Run, gops, key_before, key_unit, runs_between
from nangmai.recorder.serve.port import NODE, StreamKind
from nangmai.recorder.serve.query import MAX_TIME_US, check_period, choice, field, parse_object, stream_kind
from nangmai.recorder.serve.sound import found_init, heard_init, heard_units
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
STREAMS_LIMIT = 16
FULL_US = 3600 * US_PER_S
KEY_US = 40 * 86_400 * US_PER_S
KEYS_LIMIT = 2000  #: key pictures a stream, where the period is sampled
WINDOW_US = 60 * US_PER_S  #: so much of a stream's index is looked at at once
BATCH_BYTES = 256 << 10
PIECE_BYTES = 4 << 20
CONTENT_TYPE = "application/vnd.nangmai.units"

_HEADER = struct.Struct(">HI")


class Wanted(NamedTuple):
    """One stream of the answer."""

    slot: int
    camera: str
    kind: StreamKind

    @property
    def name(self) -> str:
        """Of the stream."""
        return f"{self.camera}.{self.kind}"


class MultiRequest(NamedTuple):
    """The body, checked."""

    from_us: int
    to_us: int
    mode: str
    every_us: int
    streams: list[Wanted]
    token: str


class Piece(NamedTuple):
    """Framed bytes, ordered by time and then by slot."""

    start_us: int
    slot: int
    order: int
    data: bytes


def parse_body(body: bytes) -> MultiRequest:
    """The request in a body, or one clear error."""
    message = parse_object(body)
    from_us, to_us = (_time(message, name) for name in ("from_us", "to_us"))
    mode = choice(message, "mode", ("full", "key"), "full")
    every_us = field(message, "every_us", int, 0)
    check_period(from_us, to_us, KEY_US if mode == "key" and every_us else FULL_US)
    if every_us and (mode != "key" or not 0 < every_us <= KEY_US or (to_us - from_us) // every_us >= KEYS_LIMIT):
        raise RequestInvalid(
            complaint=f"'every_us' goes with mode 'key' and gives at most {KEYS_LIMIT} pictures a stream"
        )
    streams = [_wanted(entry) for entry in field(message, "streams", list)]
    if not 0 < len(streams) <= STREAMS_LIMIT:
        raise RequestInvalid(complaint=f"ask for 1 to {STREAMS_LIMIT} streams")
    if len({stream.slot for stream in streams}) != len(streams):
        raise RequestInvalid(complaint="each stream needs a slot of its own")
    return MultiRequest(from_us, to_us, mode, every_us, streams, field(message, "ticket", str, ""))


def _time(message: dict[str, Any], name: str) -> int:
    value = field(message, name, int)
    if not 0 <= value <= MAX_TIME_US:
        raise RequestInvalid(complaint=f"{name!r} is not a moment in microseconds")
    return value


def _wanted(entry: Any) -> Wanted:
    if not isinstance(entry, dict):
        raise RequestInvalid(complaint="each of 'streams' is an object with slot, camera and stream")
    slot = field(entry, "slot", int)
    if not 0 <= slot <= 0xFFFF:
        raise RequestInvalid(complaint="a slot is a number from 0 to 65535")
    return Wanted(slot, field(entry, "camera", str), stream_kind(field(entry, "stream", str)))


@ROUTES.post("/playback/multi")
async def serve_multi(request: web.Request) -> web.StreamResponse:
    """Stream the answer; it is cut off when the ticket ends meanwhile."""
    asked = parse_body(await request.read())
    index: Index = request.app[NODE].archive.index
    with ExitStack() as stack:
        counters = {
            wanted.slot: stack.enter_context(
                opened(request, "replay", wanted.camera, wanted.kind, asked.from_us, asked.to_us, asked.token)
            )
            for wanted in asked.streams
        }
        has_sound = request.app[NODE].has_sound
        pieces = heapq.merge(*[stream_pieces(index, wanted, asked, has_sound=has_sound) for wanted in asked.streams])
        batch = await in_thread(request, _next_batch, pieces)
        response = web.StreamResponse(headers={"Content-Type": CONTENT_TYPE})
        async with begun(request, response):
            while batch:
                for piece in batch:
                    counters[piece.slot].check()
                    counters[piece.slot].sent_bytes += len(piece.data)
                await send(response, b"".join(piece.data for piece in batch))
                batch = await in_thread(request, _next_batch, pieces)
            await response.write_eof()
        return response


def _next_batch(pieces: Iterator[Piece]) -> list[Piece]:
    batch: list[Piece] = []
    size = 0
    for piece in pieces:
        batch.append(piece)
        size += len(piece.data)
        if size >= BATCH_BYTES:
            break
    return batch


def stream_pieces(index: Index, wanted: Wanted, asked: MultiRequest, *, has_sound: bool) -> Iterator[Piece]:
    """The pieces of one stream in order of time; its init goes before the first and wherever it changes."""
    index.stream(wanted.name)
    if asked.mode == "full":
        found = _full(index, wanted.name, asked)
    else:
        found = _sampled(index, wanted.name, asked) if asked.every_us else _keys(index, wanted.name, asked)
    init: Init | None = None
    for order, (segment, start_us, units) in enumerate(found):
        framed: list[bytes] = []
        if init is None or segment.init_id != init.id:
            init = found_init(index, segment.init_id)
            framed.append(_framed(wanted.slot, heard_init(init, has_sound=has_sound)))
        framed += (_framed(wanted.slot, heard_units(init, unit, has_sound=has_sound)) for unit in units)
        yield Piece(start_us, wanted.slot, order, b"".join(framed))


_Found = tuple[SegmentView, int, list[bytes]]


def _full(index: Index, stream: str, asked: MultiRequest) -> Iterator[_Found]:
    for run in _runs(index, stream, asked):
        for gop in gops(run):
            segment, first = gop.segment, gop.first
            while first <= gop.last:
                last = first
                while last < gop.last and segment.byte_range(first, last + 1)[1] <= PIECE_BYTES:
                    last += 1
                yield segment, segment.fragment_start_us(first), _units(segment, first, last)
                first = last + 1


def _keys(index: Index, stream: str, asked: MultiRequest) -> Iterator[_Found]:
    for run in _runs(index, stream, asked):
        for gop in gops(run):
            if gop.segment.fragments[gop.first].key_size:
                yield gop.segment, gop.start_us, [key_unit(gop.segment, gop.first)]


def _sampled(index: Index, stream: str, asked: MultiRequest) -> Iterator[_Found]:
    before = (-1, -1)
    for at_us in range(asked.from_us, asked.to_us, asked.every_us):
        try:
            segment, number = key_before(index, stream, at_us)
        except NotFound:
            continue
        if (segment.seq, number) != before:
            before = (segment.seq, number)
            yield segment, segment.fragment_start_us(number), [key_unit(segment, number)]


def _runs(index: Index, stream: str, asked: MultiRequest) -> Iterator[Run]:
    """The runs of the period, looked up window by window; what a window had already is not given again."""
    done = (-1, -1)
    for start_us in range(asked.from_us, asked.to_us, WINDOW_US):
        for run in runs_between(index, stream, start_us, min(start_us + WINDOW_US, asked.to_us)):
            first = max(run.first, done[1] + 1) if run.segment.seq == done[0] else run.first
            if run.segment.seq >= done[0] and first <= run.last:
                done = (run.segment.seq, run.last)
                yield run._replace(first=first)


def _units(segment: SegmentView, first: int, last: int) -> list[bytes]:
    offset, size = segment.byte_range(first, last)
    data = read_range(segment.path, offset, size)
    return [
        data[record.offset - offset : record.offset - offset + record.size]
        for record in segment.fragments[first : last + 1]
    ]


def _framed(slot: int, payload: bytes) -> bytes:
    return _HEADER.pack(slot, len(payload)) + payload
