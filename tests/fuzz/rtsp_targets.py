"""What is fuzzed of RTSP: any bytes from the network end in results or in errors of our own, and in bounded time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from nangmai.base.errors import Error
from nangmai.devices.rtsp.connection import Connection
from nangmai.devices.rtsp.tracks import choose_tracks
from nangmai.media.auth import choose_challenge, parse_challenges
from nangmai.media.rtsp import Message, Response, RtspUrl, parse_message, parse_session, parse_transport, parse_url
from nangmai.media.rtsp_session import ClientSession, Prepared, reply_to
from nangmai.media.sdp import parse_sdp, resolve_control

MAX_REQUESTS = 200  #: no exchange needs more, whatever the server answers


def fuzz_message(data: bytes) -> None:
    """One message, wherever it is cut; the parser always gets on."""
    position = 0
    while True:
        try:
            parsed = parse_message(data, position, len(data))
        except Error:
            return
        if parsed is None:
            return
        message, after = parsed
        assert position < after <= len(data)
        position = after
        message.encode()
        if not isinstance(message, Response):
            reply_to(message).encode()


def fuzz_headers(data: bytes) -> None:
    """The headers with a syntax of their own, and URLs."""
    text = data.decode("utf-8", "replace")
    parse_session(text)
    parse_transport(text)
    for read in (lambda: choose_challenge(parse_challenges([text])), lambda: _url(text)):
        try:
            read()
        except Error as error:
            str(error)


def _url(text: str) -> None:
    url = parse_url(text)
    assert url.host
    assert 0 < url.port < 65536
    str(url)
    url.redirected(text)


def fuzz_sdp(data: bytes) -> None:
    """A description, the choice of tracks in it, and their URLs."""
    try:
        description = parse_sdp(data)
    except Error:
        return
    for media in description.media:
        assert 0 <= media.payload_type < 128
        assert media.clock_rate > 0
        assert media.channels > 0
        assert all(key == key.lower() for key in media.fmtp)
        assert resolve_control("rtsp://h/s", media.control)
    try:
        choose_tracks(description, audio=True, url="rtsp://h/s")
    except Error as error:
        str(error)


def fuzz_session(data: bytes) -> None:
    """A server that answers the whole session with whatever the bytes say."""
    answers = _responses(data)
    complaint = ""
    client = ClientSession(
        parse_url("rtsp://u:secret@h/s"),
        choose=partial(choose_tracks, audio=True, url="rtsp://h/s"),
        offer=lambda index, media: f"RTP/AVP/TCP;unicast;interleaved={2 * index}-{2 * index + 1}",
    )
    try:
        outcome = _carry_out(client.prepare(), answers)
        if isinstance(outcome, Prepared):
            _carry_out(client.play(), answers)
            _carry_out(client.keep_alive(), answers)
        assert outcome is None or isinstance(outcome, (Prepared, RtspUrl))
    except Error as error:
        complaint = str(error)
    assert "secret" not in complaint
    farewell = client.teardown()
    assert farewell is None or b"secret" not in farewell.encode()


def _responses(data: bytes) -> list[Response]:
    found: list[Response] = []
    position = 0
    while position < len(data):
        try:
            parsed = parse_message(data, position, len(data))
        except Error:
            break
        if parsed is None:
            break
        message, position = parsed
        if isinstance(message, Response):
            found.append(message)
    return found


def _carry_out(exchange, answers: list[Response]):  # type: ignore[no-untyped-def]
    try:
        request = next(exchange)
        for _ in range(MAX_REQUESTS):
            line = request.encode().split(b"\r\n")[0]
            assert b"secret" not in line
            assert line.count(b" ") >= 2
            if not answers:
                return None
            request = exchange.send(answers.pop(0))
    except StopIteration as finished:
        return finished.value
    raise AssertionError("the exchange does not end")


def fuzz_connection(data: bytes) -> None:
    """Bytes off the wire, cut as their own first byte says, before and while media flows."""
    asyncio.run(_feed(data))


async def _feed(data: bytes) -> None:
    messages: list[Message] = []
    connection = Connection(lambda: 1, messages.append)
    frames = 0

    def take(view: memoryview, start: int, end: int, now_us: int) -> None:
        nonlocal frames
        frames += 1
        assert 0 <= start <= end <= len(view)

    if data[:1] > b"\x40":
        connection.attach(0, take, lambda: None)
        connection.attach_aside(1, take)
    step = (data[1] if len(data) > 1 else 0) * 7 + 1
    for begin in range(2, len(data), step):
        part = data[begin : begin + step]
        room = connection.get_buffer(0)
        assert len(room) >= len(part), "the buffer is full and nobody empties it"
        room[: len(part)] = part
        del room
        connection.buffer_updated(len(part))
    assert frames <= len(data)


RTSP: dict[str, Callable[[bytes], None]] = {
    "message": fuzz_message,
    "headers": fuzz_headers,
    "session": fuzz_session,
    "connection": fuzz_connection,
}
