"""Live HLS from memory (RFC 8216): one segment a GOP, made of the fragments that viewers of the socket get.

Follows a stream only while somebody asks; what nobody asks for costs nothing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from nangmai.base.units import TIMESCALE_90K, iso_from_us
from nangmai.recorder.live.stream import Announcement, LivePicture, LiveStream, StreamStatus

SEGMENTS = 6
SEGMENTS_LIMIT_BYTES = 24 << 20  #: the last two are kept whatever they hold
LEAST_SEGMENTS = 2


@dataclass(frozen=True, slots=True)
class HlsSegment:
    """A GOP that is over."""

    number: int
    init_id: str
    pictures: list[LivePicture]
    duration_90k: int
    size: int

    def body(self) -> bytes:
        """The fragments of its pictures, one after the other."""
        parts: list[bytes] = []
        for picture in self.pictures:
            parts += (picture.head(), picture.data)
        return b"".join(parts)


class LiveHls:
    """The last GOPs of a stream; a subscriber like any viewer."""

    def __init__(self, stream: LiveStream) -> None:
        self.segments: deque[HlsSegment] = deque()
        self.inits: dict[str, Announcement] = {}
        self._stream = stream
        self._gop: list[LivePicture] = []
        self._init_id = ""
        self._next_number = 0
        self._has_segment = asyncio.Event()

    def open(self) -> None:
        """Follow the stream, beginning with the GOP it is in."""
        self._stream.subscribe(self)
        if self._stream.announcement is not None:
            self.on_announcement(self._stream.announcement)
            self._gop = self._stream.gop() if self._stream.is_gop_whole else []

    def close(self) -> None:
        """Follow it no more."""
        self._stream.unsubscribe(self)

    async def first_segment(self) -> None:
        """Wait until there is something to play."""
        await self._has_segment.wait()

    def segment(self, number: int) -> HlsSegment | None:
        """The segment of that number while it is kept."""
        return next((segment for segment in self.segments if segment.number == number), None)

    def playlist(self, suffix: str) -> str:
        """The media playlist (RFC 8216 §4.3.3); `suffix` goes behind every address."""
        longest_90k = max(segment.duration_90k for segment in self.segments)
        lines = [
            "#EXTM3U",
            "#EXT-X-VERSION:7",
            f"#EXT-X-TARGETDURATION:{-(-longest_90k // TIMESCALE_90K)}",
            f"#EXT-X-MEDIA-SEQUENCE:{self.segments[0].number}",
            "#EXT-X-INDEPENDENT-SEGMENTS",
        ]
        init_id = ""
        kind = self._stream.kind
        for segment in self.segments:
            if segment.init_id != init_id:
                lines += ["#EXT-X-DISCONTINUITY"] if init_id else []
                init_id = segment.init_id
                lines.append(f'#EXT-X-MAP:URI="{kind}/init-{init_id}.mp4{suffix}"')
            lines.append(f"#EXT-X-PROGRAM-DATE-TIME:{iso_from_us(segment.pictures[0].wall_us)}")
            lines.append(f"#EXTINF:{segment.duration_90k / TIMESCALE_90K:.5f},")
            lines.append(f"{kind}/{segment.number}.m4s{suffix}")
        return "\n".join(lines) + "\n"

    def on_announcement(self, announcement: Announcement) -> None:
        self._gop = []
        self._init_id = announcement.init_id
        self.inits[announcement.init_id] = announcement

    def on_picture(self, picture: LivePicture) -> None:
        if picture.is_key and self._gop:
            self._finish(picture)
        if picture.is_key:
            self._gop = [picture]
        elif self._gop:
            self._gop.append(picture)

    def on_status(self, status: StreamStatus) -> None:
        pass

    def _finish(self, following: LivePicture) -> None:
        pictures = self._gop
        size = sum(picture.size for picture in pictures)
        segment = HlsSegment(self._next_number, self._init_id, pictures, following.dts - pictures[0].dts, size)
        self._next_number += 1
        self.segments.append(segment)
        self._has_segment.set()
        while len(self.segments) > SEGMENTS or (
            len(self.segments) > LEAST_SEGMENTS and sum(kept.size for kept in self.segments) > SEGMENTS_LIMIT_BYTES
        ):
            self.segments.popleft()
        used = {kept.init_id for kept in self.segments} | {self._init_id}
        self.inits = {init_id: init for init_id, init in self.inits.items() if init_id in used}
