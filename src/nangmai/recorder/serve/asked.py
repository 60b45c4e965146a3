"""What a request names and the ticket it shows: no footage leaves except inside `Asked.use`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from aiohttp import web

from nangmai.archive.index import Index
from nangmai.archive.records import SegmentView
from nangmai.base.errors import Error
from nangmai.protocol.tickets import Right, TicketError
from nangmai.recorder.serve.footage import find_segment
from nangmai.recorder.serve.port import NODE, StreamKind
from nangmai.recorder.serve.query import bounded_integer, stream_kind, ticket_of
from nangmai.recorder.serve.threads import in_thread

T = TypeVar("T")
MAX_SEQ = (1 << 32) - 1


class Asked:
    """The camera and stream a request names, and the ticket it shows."""

    def __init__(self, request: web.Request) -> None:
        self.request = request
        self.node = request.app[NODE]
        self.camera = request.match_info["camera"]
        self.index: Index = self.node.archive.index
        self.choose(stream_kind(request.match_info.get("stream", "main")))

    def choose(self, kind: StreamKind) -> None:
        """The stream, where a parameter names it and not the path."""
        self.kind = kind
        self.name = f"{self.camera}.{kind}"

    @contextmanager
    def use(self, right: Right, from_us: int | None = None, to_us: int | None = None) -> Iterator[Counter]:
        """The time in which the answer is given: opened against the ticket, closed with what was sent."""
        with opened(self.request, right, self.camera, self.kind, from_us, to_us) as counter:
            yield counter

    async def look_up(self, right: Right, work: Callable[[], T]) -> T:
        """What `work` finds; that there is nothing is told only to who may see the camera."""
        try:
            return await in_thread(self.request, work)
        except Error:
            with self.use(right):
                raise

    async def segment(self, right: Right = "replay") -> SegmentView:
        """The segment that the address names."""
        seq = bounded_integer("seq", self.request.match_info["seq"], 0, MAX_SEQ)
        return await self.look_up(right, lambda: find_segment(self.index, self.name, seq))


class Counter:
    """What has been sent under a use, and whether its ticket still holds."""

    def __init__(self) -> None:
        self.sent_bytes = 0
        self._ended: TicketError | None = None

    def end(self, error: TicketError) -> None:
        """The ticket ended or was withdrawn while the answer is under way."""
        self._ended = error

    def check(self) -> None:
        """Raise when the ticket has ended: an answer that takes long asks before every piece."""
        if self._ended is not None:
            raise self._ended


@contextmanager
def opened(
    request: web.Request,
    right: Right,
    camera: str,
    kind: str,
    from_us: int | None = None,
    to_us: int | None = None,
    token: str | None = None,
) -> Iterator[Counter]:
    """A use of the request's ticket, or of the one in its body."""
    counter = Counter()
    gate = request.app[NODE].tickets
    use = gate.open(token or ticket_of(request), right, camera, kind, from_us, to_us, on_end=counter.end)
    try:
        yield counter
    finally:
        use.close(counter.sent_bytes)
