"""One live stream: the GOP so far, who watches it, and its state.

Pictures are kept as ingest delivered them (no copy). Boxes are built once a picture however many watch, and not at all
when nobody does.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from nangmai.base.errors import Error
from nangmai.base.units import TIMESCALE_90K
from nangmai.media.isobmff import init_segment, picture_fragment, prft
from nangmai.media.picture import Picture, VideoParameters
from nangmai.protocol.messages import StreamStateName
from nangmai.recorder.live.timebase import Timebase

GOP_LIMIT_BYTES = 12 << 20  #: a longer GOP is not cached: a new viewer gets its key picture and waits for the next
INIT_ID_DIGITS = 16


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """What a stream does now, and since when."""

    state: StreamStateName
    since_us: int
    problem: Error | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """The parameters that the pictures after it need."""

    parameters: VideoParameters
    init: bytes
    init_id: str

    @property
    def mime(self) -> str:
        """For `MediaSource.isTypeSupported` (RFC 6381)."""
        return f'video/mp4; codecs="{self.parameters.codecs}"'


class LivePicture:
    """A picture on its way to viewers: the coded bytes, and the boxes before them, made when first asked for."""

    __slots__ = ("_head", "_key_head", "cts_offset", "data", "dts", "duration_90k", "gop_90k", "is_key", "received_us",
                 "size", "wall_us")  # fmt: skip

    def __init__(
        self, picture: Picture, dts: int, cts_offset: int, duration_90k: int, gop_90k: int, wall_us: int
    ) -> None:
        self.data = picture.data
        self.is_key = picture.is_key
        self.received_us = picture.received_us
        self.size = len(picture.data)
        self.wall_us = wall_us
        self.dts = dts
        self.cts_offset = cts_offset
        self.duration_90k = duration_90k
        self.gop_90k = gop_90k
        self._head: bytes | None = None
        self._key_head: bytes | None = None

    def head(self) -> bytes:
        """`prft`, `moof` and the header of `mdat`: write `data` right behind."""
        if self._head is None:
            self._head = self._boxes(self.cts_offset, self.duration_90k)
        return self._head

    def key_head(self) -> bytes:
        """The same for a viewer of key pictures alone: as long as the last GOP, so that no hole is left between two."""
        if self._key_head is None:
            self._key_head = self._boxes(0, self.gop_90k)
        return self._key_head

    def _boxes(self, cts_offset: int, duration_90k: int) -> bytes:
        sequence = self.dts & 0xFFFFFFFF
        return prft(self.wall_us, self.dts) + picture_fragment(
            sequence, self.dts, duration_90k, cts_offset, self.is_key, self.size
        )


class Subscriber(Protocol):
    """Who watches a stream. Called in the loop's thread; must return at once and must not raise."""

    def on_announcement(self, announcement: Announcement) -> None:
        """New parameters: everything before them is over."""

    def on_picture(self, picture: LivePicture) -> None:
        """The next picture in decode order."""

    def on_status(self, status: StreamStatus) -> None:
        """The stream's state has changed."""


class LiveStream:
    """The live side of one stream. Ingest publishes, subscribers listen; everything happens in the loop's thread."""

    def __init__(self, camera: str, kind: str, gop_limit_bytes: int = GOP_LIMIT_BYTES) -> None:
        self.camera = camera
        self.kind = kind
        self.status = StreamStatus("connecting", 0)
        self.announcement: Announcement | None = None
        self.last_key: LivePicture | None = None
        self._gop_limit_bytes = gop_limit_bytes
        self._gop: list[LivePicture] = []
        self._gop_bytes = 0
        self._is_gop_whole = False
        self._unseen: list[tuple[Picture, int]] = []  # of this GOP, not placed yet because nobody watches
        self._is_unseen = False
        self._timebase = Timebase()
        self._subscribers: list[Subscriber] = []
        self.on_watched: Callable[[], None] = lambda: None  #: somebody has begun to watch

    @property
    def viewers(self) -> int:
        """How many watch now."""
        return len(self._subscribers)

    def publish(self, picture: Picture, wall_us: int) -> None:
        """Give a picture to all who watch; `wall_us` is when it was received."""
        announcement = self.announcement
        if self._is_unseen and not picture.is_key and announcement and picture.parameters is announcement.parameters:
            self._gop_bytes += len(picture.data)
            if self._gop_bytes <= self._gop_limit_bytes:
                self._unseen.append((picture, wall_us))
                return
            self._catch_up()
        if picture.is_key and self._unseen:
            del self._unseen[:-1]  # the GOP before is over and nobody has asked for it; its last picture gives the time
        self._catch_up()
        self._take(picture, wall_us)
        self._is_unseen = self._is_gop_whole and not self._subscribers and not self._is_reordered()

    def _catch_up(self) -> None:
        """Somebody watches, or a new GOP begins: place the pictures that came while nobody did."""
        unseen, self._unseen, self._is_unseen = self._unseen, [], False
        self._gop_bytes -= sum(len(picture.data) for picture, _ in unseen)
        for picture, wall_us in unseen:
            self._take(picture, wall_us)

    def _take(self, picture: Picture, wall_us: int) -> None:
        parameters = picture.parameters
        if parameters is None:
            return
        announcement = self.announcement
        if announcement is None or (
            parameters is not announcement.parameters and parameters != announcement.parameters
        ):
            self._announce(parameters)
        dts, cts_offset = self._timebase.place(picture.pts_90k, picture.received_us)
        duration_90k = self._timebase.duration_90k
        gop_90k = duration_90k
        if picture.is_key and self.last_key is not None:
            gop_90k = min(dts - self.last_key.dts, 120 * TIMESCALE_90K)
        live = LivePicture(picture, dts, cts_offset, duration_90k, gop_90k, wall_us)
        self._remember(live)
        for subscriber in self._subscribers:
            subscriber.on_picture(live)

    def set_state(self, state: StreamStateName, since_us: int, problem: Error | None) -> None:
        """What ingest says about the stream when that changes; told to all who watch."""
        status = self.status = StreamStatus(state, since_us, problem)
        for subscriber in list(self._subscribers):
            subscriber.on_status(status)

    def subscribe(self, subscriber: Subscriber) -> None:
        """From now on `subscriber` gets what is published. What came before is in `announcement` and `gop()`."""
        self._catch_up()
        self._subscribers = [*self._subscribers, subscriber]
        self.on_watched()

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """Harmless when it is not subscribed."""
        self._subscribers = [other for other in self._subscribers if other is not subscriber]

    def gop(self) -> list[LivePicture]:
        """The pictures a decoder needs to show the present: from the last key picture on.

        Empty before the first key picture; the key picture alone when the GOP is longer than the cache.
        """
        self._catch_up()
        return list(self._gop)

    @property
    def is_gop_whole(self) -> bool:
        """Whether the next picture that is published can be decoded after those of `gop()`."""
        self._catch_up()
        return self._is_gop_whole

    def forget(self) -> None:
        """Drop the cached pictures: the camera has left, or its pictures must not be shown any more."""
        self._unseen, self._is_unseen = [], False
        self._gop, self._gop_bytes, self._is_gop_whole, self.last_key = [], 0, False, None

    def _is_reordered(self) -> bool:
        """Reordered pictures have to be placed one after the other."""
        return self.announcement is None or self.announcement.parameters.reorder_depth > 0

    def _announce(self, parameters: VideoParameters) -> None:
        init = init_segment(parameters, None)
        self.announcement = Announcement(parameters, init, hashlib.sha256(init).hexdigest()[:INIT_ID_DIGITS])
        self._timebase.begin(parameters.reorder_depth, parameters.fps)
        self.forget()
        for subscriber in self._subscribers:
            subscriber.on_announcement(self.announcement)

    def _remember(self, live: LivePicture) -> None:
        if live.is_key:
            self._gop, self._gop_bytes, self._is_gop_whole = [live], live.size, True
            self.last_key = live
        elif self._is_gop_whole:
            self._gop_bytes += live.size
            if self._gop_bytes <= self._gop_limit_bytes:
                self._gop.append(live)
            else:
                del self._gop[1:]
                self._is_gop_whole = False
