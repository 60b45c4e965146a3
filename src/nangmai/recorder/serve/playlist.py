"""HLS for recorded footage (RFC 8216): playlists from the index alone, whose segments are the ranges of playback."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from urllib.parse import quote

from aiohttp import web

from nangmai.archive.index import Index
from nangmai.base.units import US_PER_S, iso_from_us
from nangmai.recorder.serve.asked import Asked
from nangmai.recorder.serve.errors import NotFound
from nangmai.recorder.serve.footage import Run, runs_between
from nangmai.recorder.serve.live_hls import PLAYLIST_TYPE
from nangmai.recorder.serve.query import Query
from nangmai.recorder.serve.threads import in_thread

ROUTES = web.RouteTableDef()
LONGEST_US = 86_400 * US_PER_S
LEAST_US = 2 * US_PER_S  #: GOPs shorter than this share a segment


@ROUTES.get("/playback/{camera}/{stream:main|sub}.m3u8")
async def serve_playlist(request: web.Request) -> web.StreamResponse:
    """A playlist of a whole period."""
    asked = Asked(request)
    from_us, to_us = Query(request, "from", "to").period(LONGEST_US)
    with asked.use("replay", from_us, to_us) as counter:
        ticket = request.query.get("ticket")
        suffix = f"?ticket={quote(ticket)}" if ticket else ""
        body = await in_thread(request, playlist, asked.index, asked.name, from_us, to_us, suffix)
        headers = {}
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            body = await in_thread(request, gzip.compress, body, 3)
            headers = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        counter.sent_bytes = len(body)
        return web.Response(body=body, content_type=PLAYLIST_TYPE, headers=headers)


def playlist(index: Index, stream: str, from_us: int, to_us: int, suffix: str) -> bytes:
    """The media playlist (§4.3.3). Media time starts anew with each segment file, hence a discontinuity."""
    kind = stream.rpartition(".")[2]
    lines: list[str] = []
    longest_us, init_id = 0, ""
    for run in runs_between(index, stream, from_us, to_us):
        segment = run.segment
        lines += ["#EXT-X-DISCONTINUITY"] if lines else []
        if segment.init_id != init_id:
            init_id = segment.init_id
            lines.append(f'#EXT-X-MAP:URI="{kind}/init/{init_id}.mp4{suffix}"')
        lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{iso_from_us(run.start_us)}")
        folder = f"{kind}/{segment.seq}"
        for first, last, length_us in _parts(run):
            longest_us = max(longest_us, length_us)
            lines.append(f"#EXTINF:{length_us / US_PER_S:.5f},\n{folder}/{first}-{last}.m4s{suffix}")
    if not lines:
        raise NotFound(what=f"footage of {stream} in this period")
    head = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{-(-longest_us // US_PER_S)}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    return "\n".join([*head, *lines, "#EXT-X-ENDLIST", ""]).encode()


def _parts(run: Run) -> Iterator[tuple[int, int, int]]:
    """First and last fragment and length of whole GOPs, joined until they last two seconds; 43,000 a day."""
    fragments = run.segment.fragments
    first, start_us = run.first, fragments[run.first].start_offset_us
    for number in range(run.first, run.last):
        following = fragments[number + 1]
        length_us = following.start_offset_us - start_us
        if length_us >= LEAST_US and following.key_size:
            yield first, number, length_us
            first, start_us = number + 1, following.start_offset_us
    yield first, run.last, run.end_us - run.segment.start_us - start_us
