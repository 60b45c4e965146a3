"""The simulator: listens, keeps time for all cameras with one ticker, ends sessions that nobody keeps alive.

Runs in the current event loop (`async with Simulator(...)`) or in a thread of its own (`with running(...)`).
"""

from __future__ import annotations

import asyncio
import secrets
import ssl
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import ClassVar
from urllib.parse import quote

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.simulator.camera import Camera, Library, SimulatedCamera
from nangmai.simulator.connection import ClientConnection
from nangmai.simulator.session import Session
from nangmai.simulator.studio import Recipe

TICK_S = 0.01
_SESSION_CHECK_S = 1.0


class CameraUnknown(Error):
    """The simulator has no camera {camera!r}; it has {known}."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class PortTaken(Error):
    """Cannot listen on {host}:{port}: {reason}. Choose another port with --port."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class Simulator:
    """RTSP cameras on one port, or with `own_ports` each on a port of its own, as real cameras are."""

    def __init__(
        self,
        cameras: Sequence[Camera | str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
        own_ports: bool = False,
        seed: int = 1,
    ) -> None:
        self._specs = [camera if isinstance(camera, Camera) else Camera(camera) for camera in cameras]
        self._host = host
        self._port = port
        self._tls = tls
        self._own_ports = own_ports
        self._seed = seed
        self._cameras: dict[str, SimulatedCamera] = {}
        self._doors: list[_Door] = []
        self._sessions: dict[str, Session] = {}
        self._ticker: asyncio.TimerHandle | None = None
        self._started_us = 0
        self._next_check_us = 0
        self._abandoned = threading.Event()
        self.connections: set[ClientConnection] = set()

    async def __aenter__(self) -> Simulator:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def start(self) -> None:
        """Make or read the clips, then listen."""
        try:
            self._cameras = await asyncio.to_thread(self._prepare)
        except asyncio.CancelledError:
            self._abandoned.set()
            raise
        groups = [[camera] for camera in self._cameras.values()] if self._own_ports else [list(self._cameras.values())]
        for number, group in enumerate(groups):
            door = _Door(self, group, self._host, self._port + number if self._port else 0, self._tls)
            self._doors.append(door)
            await door.open()
        self._started_us = self.now_us()
        self._tick()

    def _prepare(self) -> dict[str, SimulatedCamera]:
        library = Library()
        sources = (source for spec in self._specs for source in (spec.clip, *spec.other.values()))
        library.open(sources, self._abandoned.is_set)
        cameras = {}
        for number, spec in enumerate(self._specs):
            own = {"main": spec.clip, **spec.other}
            clips = {name: library.packetized(source, spec) for name, source in own.items()}
            phase = spec.phase if spec.phase is not None else number / len(self._specs)
            cameras[spec.id] = SimulatedCamera(spec, clips, phase, self._seed)
        return cameras

    async def stop(self) -> None:
        """Close every connection and the doors."""
        if self._ticker is not None:
            self._ticker.cancel()
        for camera in self._cameras.values():
            camera.stop_timers()
            for session in list(camera.sessions):
                camera.remove_session(session)
        for door in self._doors:
            door.close()
        for connection in list(self.connections):
            connection.kill(reset=False)
        await asyncio.sleep(0)
        for door in self._doors:
            await door.closed()

    # -- what users ask

    def recipes(self) -> set[Recipe]:
        """What has to be encoded unless it lies in the cache."""
        sources = (source for spec in self._specs for source in (spec.clip, *spec.other.values()))
        return {source for source in sources if isinstance(source, Recipe)}

    @property
    def cameras(self) -> dict[str, SimulatedCamera]:
        """All cameras by id."""
        return self._cameras

    def camera(self, camera_id: str) -> SimulatedCamera:
        """One running camera."""
        try:
            return self._cameras[camera_id]
        except KeyError:
            raise CameraUnknown(camera=camera_id, known=", ".join(self._cameras)) from None

    def url(self, camera_id: str, *, with_credentials: bool = True) -> str:
        """The address of a camera's stream."""
        spec = self.camera(camera_id).camera
        door = next(door for door in self._doors if camera_id in door.cameras)
        scheme = "rtsps" if self._tls is not None else "rtsp"
        credentials = (
            f"{quote(spec.user, safe='')}:{quote(spec.password, safe='')}@" if spec.user and with_credentials else ""
        )
        return f"{scheme}://{credentials}{self._host}:{door.port}/{camera_id}"

    # -- sessions

    def now_us(self) -> int:
        """Monotonic time."""
        return time.monotonic_ns() // 1000

    def new_session(self, camera: SimulatedCamera) -> Session:
        """A session that does not play yet."""
        session_id = secrets.token_hex(8)
        session = Session(
            session_id, camera.camera.session_timeout_s, camera.conditions, self._seed + len(self._sessions)
        )
        session.last_heard_us = self.now_us()
        self._sessions[session_id] = session
        return session

    def session(self, session_id: str) -> Session | None:
        """The session of that name while it lives."""
        return self._sessions.get(session_id)

    def forget_session(self, session: Session) -> None:
        """The session is over."""
        self._sessions.pop(session.id, None)

    # -- time

    def _tick(self) -> None:
        now_us, wall_us = self.now_us(), time.time_ns() // 1000
        now_90k = (now_us - self._started_us) * 9 // 100
        for camera in self._cameras.values():
            if camera.due_90k <= now_90k or camera.clip.audio is not None:
                camera.tick(now_90k, now_us, wall_us)
        if now_us >= self._next_check_us:
            self._next_check_us = now_us + int(_SESSION_CHECK_S * US_PER_S)
            self._end_silent_sessions(now_us)
        self._ticker = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _end_silent_sessions(self, now_us: int) -> None:
        """RFC 2326 §12.37: a session without a sign of life for its timeout is over."""
        for session in list(self._sessions.values()):
            if now_us - session.last_heard_us > session.timeout_us:
                self.forget_session(session)
                for camera in self._cameras.values():
                    if session in camera.sessions:
                        camera.remove_session(session)
                for connection in list(self.connections):
                    if connection.serves(session):
                        connection.kill(reset=False)


class _Door:
    """One listening port and the cameras behind it; closes while all of them are off."""

    def __init__(
        self, simulator: Simulator, cameras: list[SimulatedCamera], host: str, port: int, tls: ssl.SSLContext | None
    ) -> None:
        self.cameras = {camera.camera.id: camera for camera in cameras}
        self.port = port
        self._simulator = simulator
        self._host = host
        self._tls = tls
        self._server: asyncio.Server | None = None
        self._task: asyncio.Task[None] | None = None
        for camera in cameras:
            camera.on_power = self._on_power

    async def open(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            self._server = await loop.create_server(
                lambda: ClientConnection(self._simulator, self.cameras),
                self._host,
                self.port,
                ssl=self._tls,
                reuse_address=True,
                backlog=512,
            )
        except OSError as error:
            raise PortTaken(host=self._host, port=self.port, reason=error.strerror) from error
        self.port = self._server.sockets[0].getsockname()[1]

    def _on_power(self, on: bool) -> None:
        if all(camera.conditions.is_off for camera in self.cameras.values()):
            self.close()
        elif on and self._server is None:
            self._task = asyncio.get_running_loop().create_task(self.open())

    def close(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def closed(self) -> None:
        if self._task is not None:
            await self._task
            self.close()


@contextmanager
def running(cameras: Sequence[Camera | str], **options: object) -> Iterator[ThreadedSimulator]:
    """A simulator in a thread of its own, for callers without an event loop; `fault` works from any thread."""
    simulator = ThreadedSimulator(cameras, **options)  # type: ignore[arg-type]
    simulator.launch()
    try:
        yield simulator
    finally:
        simulator.finish()


class ThreadedSimulator(Simulator):
    """A simulator whose event loop runs in a thread."""

    def launch(self) -> None:
        """Start the thread and wait until the cameras listen."""
        ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=lambda: asyncio.run(self._live(ready)), name="simulator", daemon=True)
        self._thread.start()
        ready.wait()
        if self._failure is not None:
            raise self._failure

    async def _live(self, ready: threading.Event) -> None:
        self._loop = asyncio.get_running_loop()
        self._end = asyncio.Event()
        try:
            await self.start()
        except Error as error:
            self._failure = error
            return
        finally:
            ready.set()
        await self._end.wait()
        await self.stop()

    def fault(self, camera_id: str, name: str, *, seconds: float | None = None, **parameters: object) -> None:
        """Misbehave, from another thread."""

        async def apply() -> None:
            self.camera(camera_id).fault(name, seconds=seconds, **parameters)

        asyncio.run_coroutine_threadsafe(apply(), self._loop).result(10)

    def finish(self) -> None:
        """Stop and wait for the thread."""
        if self._failure is None:
            self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
