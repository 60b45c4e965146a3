"""One connection to a camera, from connect to TEARDOWN: drives `media.rtsp_session` over a `Connection`.

Plays exactly once and ends by raising the reason. Coming back is `devices.persistence`; one deadline anchored to the
last packet of video catches stalls, half-open connections and cameras that say PLAY and send nothing.
"""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from nangmai.base.clock import Clock
from nangmai.base.errors import Error
from nangmai.base.units import US_PER_S
from nangmai.devices.errors import (
    CameraAnsweredNonsense,
    CameraClosed,
    CameraSilent,
    CameraSpeaksOtherwise,
    CodecUnsupported,
    MediaStalled,
    TooManyRedirects,
)
from nangmai.devices.limits import Door, HostLimits
from nangmai.devices.rtsp.connect import connect
from nangmai.devices.rtsp.connection import Connection
from nangmai.devices.rtsp.intake import Intake
from nangmai.devices.rtsp.tracks import choose_tracks
from nangmai.devices.rtsp.udp import PortPair
from nangmai.media.depacketize import depacketizer
from nangmai.media.picture import AudioFrame, Picture
from nangmai.media.rtsp import Message, NotRtsp, Request, Response, RtspMalformed, RtspUrl
from nangmai.media.rtsp_session import (
    CameraRefusedPassword,
    CameraWantsPassword,
    ClientSession,
    Exchange,
    Prepared,
    Track,
    reply_to,
)
from nangmai.media.sdp import MediaDescription

T = TypeVar("T")

MAX_REDIRECTS = 3
REPORT_S = 7.0
FAREWELL_S = 1.0
GATHER_MS = 200  #: what a stream brings in this time is read at once while nobody watches it
GATHER_LIMIT_BYTES = 192 * 1024  #: a read takes it whole, and a burst finds as much room again in the kernel
_GATHER_LEAST_BYTES = 4096  #: less than that is not worth waiting for


@dataclass(frozen=True, slots=True)
class Timing:
    """How long to wait for what."""

    connect_s: float = 5.0
    answer_s: float = 10.0
    stall_s: float = 10.0


class RtspClient:
    """Plays one stream once."""

    def __init__(
        self,
        url: RtspUrl,
        *,
        transport: Literal["tcp", "udp"],
        audio: bool,
        on_unit: Callable[[Picture | AudioFrame], None],
        on_media: Callable[[], None],
        hosts: HostLimits,
        clock: Clock,
        timing: Timing,
    ) -> None:
        """`on_media` is called once, when the first packet of video has come."""
        self.url = url
        self.prepared: Prepared | None = None
        self.intakes: list[Intake] = []
        self._transport = transport
        self._audio = audio
        self._on_unit = on_unit
        self._on_media = on_media
        self._has_media = False
        self._hosts = hosts
        self._now_us = clock.mono_us
        self._timing = timing
        self._connection: Connection | None = None
        self._session: ClientSession | None = None
        self._pairs: list[PortPair] = []
        self._waiting: deque[tuple[int, asyncio.Future[Response]]] = deque()
        self._asking = asyncio.Lock()
        self._udp_bytes = 0
        self._measured = (0, 0)  #: when `gather` was called last, and what had been received

    @property
    def received_bytes(self) -> int:
        """Everything that came over the wire."""
        return self._udp_bytes + (self._connection.received_bytes if self._connection else 0)

    @property
    def resyncs(self) -> int:
        """Broken interleaved frames that were got past."""
        return self._connection.resyncs if self._connection else 0

    @property
    def last_media_us(self) -> int | None:
        """When the last packet of video came; None before the first."""
        return self._connection.last_media_us if self._connection and self._has_media else None

    async def run(self) -> None:
        """Connect, play, and raise the reason when it ends."""
        try:
            async with AsyncExitStack() as slot:
                connection, session = await self._open(slot)
            await self._until_it_ends(connection, session)
        finally:
            await self._say_goodbye()

    # -- from connect to PLAY

    async def _open(self, slot: AsyncExitStack) -> tuple[Connection, ClientSession]:
        url = self.url
        for _ in range(MAX_REDIRECTS + 1):
            await slot.enter_async_context(self._hosts.connecting(url.host))
            self.url = url
            connection = await connect(url, lambda: Connection(self._now_us, self._on_message), self._timing.connect_s)
            self._connection = connection
            session = self._session = self._new_session(url)
            outcome = await self._sign_in(url, session)
            if isinstance(outcome, Prepared):
                self._attach(connection, outcome)
                await self._drive(session.play())
                connection.last_media_us = self._now_us()
                return connection, session
            await self._say_goodbye()
            await slot.aclose()
            url = outcome
        raise TooManyRedirects(url=str(self.url))

    def _new_session(self, url: RtspUrl) -> ClientSession:
        return ClientSession(
            url,
            choose=lambda description: choose_tracks(description, audio=self._audio, url=str(url)),
            offer=self._offer,
            transport=self._transport,
        )

    async def _sign_in(self, url: RtspUrl, session: ClientSession) -> Prepared | RtspUrl:
        door = Door(url.host, url.port, url.credentials)
        async with self._hosts.signing_in(door):
            if self._hosts.refusal_wait_s(door):
                raise CameraRefusedPassword(url=str(url))
            try:
                outcome = await self._drive(session.prepare())
            except (CameraRefusedPassword, CameraWantsPassword):
                self._hosts.refused(door)
                raise
            if session.is_proven:
                self._hosts.accepted(door)
            return outcome

    def _offer(self, index: int, media: MediaDescription) -> str:
        if self._transport == "tcp":
            return f"RTP/AVP/TCP;unicast;interleaved={2 * index}-{2 * index + 1}"
        self._pairs.append(PortPair(self._peer()[0]))
        return self._pairs[-1].offer

    def _peer(self) -> tuple[socket.AddressFamily, str]:
        assert self._connection is not None
        assert self._connection.transport is not None
        host = self._connection.transport.get_extra_info("peername")[0]
        return (socket.AF_INET6 if ":" in host else socket.AF_INET), host

    def _attach(self, connection: Connection, prepared: Prepared) -> None:
        """Put the receivers in place before PLAY: media may overtake its answer."""
        for index, track in enumerate(prepared.tracks):
            found = depacketizer(track.media, self._on_unit)
            if found is None:
                raise CodecUnsupported(url=str(self.url), offered=track.media.encoding)
            intake = Intake(found, is_video=track.media.kind == "video")
            self.intakes.append(intake)
            if self._transport == "tcp":
                self._attach_interleaved(connection, track, intake)
            else:
                self._attach_udp(connection, track, intake, self._pairs[index])
        self.prepared = prepared

    def _attach_interleaved(self, connection: Connection, track: Track, intake: Intake) -> None:
        rtp, rtcp = track.transport.channels or (0, 1)
        if intake.is_video:
            connection.attach(rtp, intake.push, intake.depacketizer.detach, intake.depacketizer.push_run)
        else:
            connection.attach_aside(rtp, intake.push, intake.depacketizer.detach)
        if rtcp != rtp:
            connection.attach_aside(rtcp, intake.push_rtcp)
        if intake.is_video:
            connection.sample(rtp, self._first_packet)
        connection.sample(rtp, intake.look)

    def _first_packet(self, buffer: memoryview, start: int, end: int, now_us: int) -> None:
        self._has_media = True
        self._on_media()

    def _attach_udp(self, connection: Connection, track: Track, intake: Intake, pair: PortPair) -> None:
        def on_media(now_us: int, received_bytes: int) -> None:
            self._udp_bytes += received_bytes
            if not intake.is_video:
                return
            connection.last_media_us = now_us
            if not self._has_media:
                self._has_media = True
                self._on_media()

        pair.open(intake, self._peer()[1], track.transport.server_ports, self._now_us, on_media)

    # -- while it plays

    async def _until_it_ends(self, connection: Connection, session: ClientSession) -> None:
        duties: list[Coroutine[Any, Any, None]] = [
            self._watch(connection),
            self._keep_alive(session),
            self._report(connection),
        ]
        tasks = [asyncio.create_task(duty) for duty in duties]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        for task in done:
            task.result()

    async def _watch(self, connection: Connection) -> None:
        stall_us = int(self._timing.stall_s * US_PER_S)
        while not connection.closed.done():
            left_us = connection.last_media_us + stall_us - self._now_us()
            if left_us <= 0:
                raise MediaStalled(url=str(self.url), seconds=f"{self._timing.stall_s:g}")
            await asyncio.wait({connection.closed}, timeout=left_us / US_PER_S)
        raise self._why_closed(connection)

    async def _keep_alive(self, session: ClientSession) -> None:
        while True:
            await asyncio.sleep(session.keep_alive_s)
            try:
                await self._drive(session.keep_alive())
            except CameraSilent:
                continue  # some cameras never answer it; whether media comes is watched above

    async def _report(self, connection: Connection) -> None:
        while True:
            await asyncio.sleep(REPORT_S)
            assert self.prepared is not None
            for index, (track, intake) in enumerate(zip(self.prepared.tracks, self.intakes, strict=True)):
                report = intake.report(self._now_us())
                if report is None:
                    continue
                if self._transport == "udp":
                    self._pairs[index].punch()
                    self._pairs[index].send_report(report)
                elif connection.transport is not None and not connection.closed.done():
                    rtp, rtcp = track.transport.channels or (0, 1)
                    connection.transport.write(b"$" + bytes((rtcp,)) + len(report).to_bytes(2, "big") + report)
                    connection.sample(rtp, intake.look)

    def gather(self, *, is_allowed: bool) -> None:
        """As `Source.gather`; over UDP and before the first picture nothing is held back."""
        connection = self._connection
        if connection is None or not self._has_media or self._transport == "udp":
            return
        (before_us, before_bytes), now_us = self._measured, self._now_us()
        self._measured = now_us, connection.received_bytes
        rate = (connection.received_bytes - before_bytes) * US_PER_S // max(now_us - before_us, 1)
        least_bytes = min(rate * GATHER_MS // 1000, GATHER_LIMIT_BYTES)
        # A stream that has become quiet is read at once until it is known how much it brings now.
        connection.gather(least_bytes if is_allowed and before_us and least_bytes >= _GATHER_LEAST_BYTES else 1)

    # -- requests and responses

    async def _drive(self, exchange: Exchange[T]) -> T:
        """Carry an exchange out; one at a time."""
        async with self._asking:
            try:
                request = next(exchange)
                while True:
                    request = exchange.send(await self._ask(request))
            except StopIteration as finished:
                outcome: T = finished.value
                return outcome

    async def _ask(self, request: Request) -> Response:
        connection = self._connection
        assert connection is not None
        assert connection.transport is not None
        if connection.closed.done():
            raise self._why_closed(connection)
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        entry = (int(request.headers.get("cseq")), answer)
        self._waiting.append(entry)
        try:
            connection.transport.write(request.encode())
            either: list[asyncio.Future[Any]] = [answer, connection.closed]
            await asyncio.wait(either, timeout=self._timing.answer_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._waiting.remove(entry)
        if answer.done():
            return answer.result()
        if connection.closed.done():
            raise self._why_closed(connection)
        raise CameraSilent(url=str(self.url), seconds=f"{self._timing.answer_s:g}")

    def _on_message(self, message: Message) -> None:
        if isinstance(message, Request):
            connection = self._connection
            if connection is not None and connection.transport is not None:
                connection.transport.write(reply_to(message).encode())
            return
        for cseq, answer in self._waiting:
            is_late = message.cseq is not None and message.cseq < cseq
            if not is_late and not answer.done() and message.status >= 200:
                answer.set_result(message)
                return

    def _why_closed(self, connection: Connection) -> Exception:
        failure = connection.failure
        if isinstance(failure, NotRtsp):
            return CameraSpeaksOtherwise(url=str(self.url), **failure.facts)
        if isinstance(failure, RtspMalformed):
            return CameraAnsweredNonsense(url=str(self.url), reason=failure.facts["reason"])
        if failure is None or isinstance(failure, OSError):
            return CameraClosed(url=str(self.url))
        return failure

    async def _say_goodbye(self) -> None:
        """TEARDOWN, so that the camera frees the session; then close, whatever it answers."""
        connection, session = self._connection, self._session
        for pair in self._pairs:
            pair.close()
        self._pairs.clear()
        if connection is None or connection.transport is None:
            return
        try:
            request = session.teardown() if session else None
            if request is not None and not connection.closed.done():
                async with asyncio.timeout(FAREWELL_S):
                    await self._ask(request)
        except (Error, TimeoutError):
            return  # it is gone already, or does not care
        finally:
            connection.transport.abort()
            await asyncio.wait({connection.closed}, timeout=FAREWELL_S)
