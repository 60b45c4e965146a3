"""What the routes need of the recorder node; `recorder.node.Node` has it (docs/design/pipeline.md)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol

from aiohttp import web

from nangmai.base.clock import Clock
from nangmai.protocol.messages import CameraState, HealthState
from nangmai.protocol.tickets import Right, Ticket, TicketError
from nangmai.recorder.config import RecorderConfig
from nangmai.recorder.live import Hub

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry

    from nangmai.archive.archive import Archive

StreamKind = Literal["main", "sub"]


class Use(Protocol):
    """One use of a ticket, reported when it opens and when it closes."""

    @property
    def ticket(self) -> Ticket:
        """What the person may see."""

    def close(self, sent_bytes: int) -> None:
        """Over; harmless when called twice."""

    def renew(self, token: str) -> None:
        """Go on with a newer ticket."""


class Gate(Protocol):
    """Checks tickets and reports their uses."""

    def open(
        self,
        token: str | None,
        right: Right,
        camera: str,
        stream: str,
        from_us: int | None = None,
        to_us: int | None = None,
        on_end: Callable[[TicketError], None] | None = None,
    ) -> Use:
        """Begin a use, or raise `TicketError`; `on_end` is called when the ticket ends before the use."""

    def check(self, token: str | None) -> Ticket:
        """Any valid ticket; no use is reported."""


class Metrics(Protocol):
    """The node's figures."""

    @property
    def registry(self) -> CollectorRegistry:
        """What `/metrics` prints."""


class Node(Protocol):
    """The recorder node, as far as the routes know it."""

    config: RecorderConfig
    clock: Clock
    archive: Archive
    hub: Hub
    started_mono_us: int
    has_sound: bool  #: whether sound may leave, also that of earlier recordings

    @property
    def tickets(self) -> Gate:
        """Who may see what."""

    @property
    def metrics(self) -> Metrics:
        """Its figures."""

    def states(self) -> tuple[CameraState, ...]:
        """What every camera does now."""

    def health(self) -> HealthState:
        """The recorder in one word and one sentence."""


NODE: web.AppKey[Node] = web.AppKey("node", Node)
