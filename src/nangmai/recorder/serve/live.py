"""The live socket: reads what a page wants to watch, and keeps each slot to its ticket. See docs/design/http.md."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import Any, ClassVar, cast

from aiohttp import WSCloseCode, WSMsgType, web

from nangmai.base.errors import Error, Kind
from nangmai.protocol.tickets import TicketError
from nangmai.recorder.live.viewer import OPCODE_PONG, Mode, Viewer
from nangmai.recorder.serve.errors import NotFound, RequestInvalid, begun
from nangmai.recorder.serve.port import NODE, Node, Use
from nangmai.recorder.serve.query import choice, field, parse_object, stream_kind

Sockets = dict[web.WebSocketResponse, None]

PROTOCOL = "nangmai.live.1"
SOCKETS: web.AppKey[Sockets] = web.AppKey("sockets", dict)
SOCKETS_LIMIT = 256
MESSAGE_LIMIT_BYTES = 64 << 10
SEND_BUFFER_BYTES = 256 << 10  #: what the kernel may hold for a viewer: more would only be delay
CLOSE_S = 1.0  #: how long a page may take to say goodbye
WATCH_S = 2.5
CLOCK_EVERY = 2  #: watches
MAX_SLOT = 0xFFFF
MODES = ("full", "key")


class TooManyViewers(Error):
    """This recorder already shows live pictures to {limit} pages; close some of them."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


async def serve_live(request: web.Request) -> web.StreamResponse:
    """`GET /live`."""
    sockets = request.app[SOCKETS]
    if len(sockets) >= SOCKETS_LIMIT:
        raise TooManyViewers(limit=SOCKETS_LIMIT)
    response = web.WebSocketResponse(
        protocols=(PROTOCOL,), timeout=CLOSE_S, compress=False, autoping=False, max_msg_size=MESSAGE_LIMIT_BYTES
    )
    async with begun(request, response):
        if request.transport is not None:
            sockets[response] = None
            try:
                await _serve_page(request.app[NODE], response, request.transport)
            finally:
                del sockets[response]
    return response


async def _serve_page(node: Node, response: web.WebSocketResponse, transport: asyncio.Transport) -> None:
    _bound_send_buffer(transport)
    session = LiveSession(node, Viewer(transport, node.clock))
    watch = asyncio.create_task(session.watch(transport))
    try:
        await session.read(response)
    finally:
        session.close()
        watch.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await watch


async def close_sockets(app: web.Application) -> None:
    """Tell every page that the recorder stops."""
    sockets = app[SOCKETS]
    closing = (response.close(code=WSCloseCode.GOING_AWAY, message=b"the recorder stops") for response in list(sockets))
    await asyncio.gather(*closing, return_exceptions=True)


def _bound_send_buffer(transport: asyncio.Transport) -> None:
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.family in (socket.AF_INET, socket.AF_INET6):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)


class LiveSession:
    """One page: its viewer, and the ticket behind each slot."""

    def __init__(self, node: Node, viewer: Viewer) -> None:
        self._node = node
        self._viewer = viewer
        self._uses: dict[int, Use] = {}
        self._operations = {
            "subscribe": self._subscribe,
            "unsubscribe": self._unsubscribe,
            "mode": self._change_mode,
            "renew": self._renew,
        }

    async def read(self, response: web.WebSocketResponse) -> None:
        """Obey the page until it leaves."""
        async for message in response:
            if message.type is WSMsgType.TEXT:
                self.obey(message.data)
            elif message.type is WSMsgType.PING:
                self._viewer.send_control(OPCODE_PONG, message.data)
            elif message.type is WSMsgType.PONG:
                self._viewer.on_pong()
            elif message.type is WSMsgType.BINARY:
                self._complain(None, RequestInvalid(complaint="messages to the recorder are JSON text"))

    async def watch(self, transport: asyncio.Transport) -> None:
        """Tell the time, and close a viewer that does not read."""
        turn = 0
        while not transport.is_closing():
            if turn % CLOCK_EVERY == 0:
                self._viewer.send_json({"clock_us": self._node.clock.wall_us()})
            turn += 1
            await asyncio.sleep(WATCH_S)
            if self._viewer.is_stalled():
                transport.abort()

    def obey(self, text: str) -> None:
        """Carry out one message; a wrong one is answered with an error and closes only the slot it names."""
        slot: int | None = None
        try:
            message = parse_object(text)
            operation = self._operations[choice(message, "op", tuple(self._operations))]
            number = field(message, "slot", int)
            if not 0 <= number <= MAX_SLOT:
                raise RequestInvalid(complaint=f"a slot is a number from 0 to {MAX_SLOT}")
            slot = number
            operation(slot, message)
        except Error as error:
            if slot is not None:
                self._close_slot(slot)
            self._complain(slot, error)

    def close(self) -> None:
        """The page has left."""
        for number in list(self._uses):
            self._close_slot(number)
        self._viewer.close()

    def _subscribe(self, number: int, message: dict[str, Any]) -> None:
        camera, kind = field(message, "camera", str), stream_kind(field(message, "stream", str))
        mode = cast(Mode, choice(message, "mode", MODES, "full"))
        self._close_slot(number)
        if len(self._viewer.slots) >= Viewer.slots_limit:
            raise RequestInvalid(complaint=f"a page watches at most {Viewer.slots_limit} streams")
        token = field(message, "ticket", str, "")
        use = self._node.tickets.open(
            token, "live", camera, kind, on_end=lambda error: self._end_slot(number, use, error)
        )
        stream = self._node.hub.find(camera, kind)
        if stream is None:
            use.close(0)
            raise NotFound(what=f"stream {camera}.{kind}")
        self._uses[number] = use
        self._viewer.open_slot(number, stream, mode)

    def _unsubscribe(self, number: int, message: dict[str, Any]) -> None:
        self._close_slot(number)

    def _change_mode(self, number: int, message: dict[str, Any]) -> None:
        mode = cast(Mode, choice(message, "mode", MODES))
        slot = self._viewer.slots.get(number)
        if slot is None:
            raise NotFound(what=f"open slot {number}")
        slot.change_mode(mode)

    def _renew(self, number: int, message: dict[str, Any]) -> None:
        use = self._uses.get(number)
        if use is None:
            raise NotFound(what=f"open slot {number}")
        use.renew(field(message, "ticket", str))

    def _end_slot(self, number: int, use: Use, error: TicketError) -> None:
        if self._uses.get(number) is use:
            self._close_slot(number)
            self._complain(number, error)

    def _close_slot(self, number: int) -> None:
        slot = self._viewer.close_slot(number)
        use = self._uses.pop(number, None)
        if use is not None:
            use.close(slot.sent_bytes if slot else 0)

    def _complain(self, slot: int | None, error: Error) -> None:
        message: dict[str, Any] = {} if slot is None else {"slot": slot}
        facts = error.as_dict()
        self._viewer.send_json(message | {"error": facts["error"], "message": facts["message"]})
