"""One RTSP client's connection: answers its requests (RFC 2326 §10) and starts and ends its sessions."""

from __future__ import annotations

import asyncio
import re
import secrets
import socket
import struct
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

from nangmai.simulator.camera import Connection, SimulatedCamera
from nangmai.simulator.outlets import InterleavedOutlet, UdpOutlet
from nangmai.simulator.rtsp import Request, RequestParser, answer
from nangmai.simulator.sdp import AUDIO_CONTROL, VIDEO_CONTROL, describe
from nangmai.simulator.session import Outlet, Session, Track

if TYPE_CHECKING:
    from nangmai.simulator.server import Simulator

SERVER_NAME = "nangmai-simulator"
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, GET_PARAMETER, SET_PARAMETER, TEARDOWN"
_CHANNELS = re.compile(r"interleaved=(\d+)")
_PORTS = re.compile(r"client_port=(\d+)(?:-(\d+))?")


class Refusal(Exception):
    """The status to answer with."""

    def __init__(self, status: int, **headers: str) -> None:
        super().__init__(status)
        self.status = status
        self.headers = headers


class ClientConnection(asyncio.Protocol, Connection):
    """Speaks RTSP with one client."""

    def __init__(self, simulator: Simulator, cameras: dict[str, SimulatedCamera]) -> None:
        self._simulator = simulator
        self._cameras = cameras
        self._parser = RequestParser()
        self._transport: asyncio.Transport
        self._camera: SimulatedCamera | None = None
        self._session: Session | None = None
        self._is_frozen = False
        self._methods: dict[str, Callable[[Request, SimulatedCamera], bytes]] = {
            "DESCRIBE": self._describe,
            "SETUP": self._setup,
            "PLAY": self._play,
            "PAUSE": self._pause,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
            "TEARDOWN": self._teardown,
        }

    # -- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._simulator.connections.add(self)

    def data_received(self, data: bytes) -> None:
        if self._is_frozen:
            return
        heard = self._parser.interleaved_frames
        for request in self._parser.push(data):
            reply = self._reply(request)
            if reply and not self._transport.is_closing():
                self._transport.write(reply)
        if self._parser.interleaved_frames != heard:
            self._touch()

    def connection_lost(self, error: Exception | None) -> None:
        self._simulator.connections.discard(self)
        if self._camera is not None:
            self._camera.connections.discard(self)
            if self._session is not None and not self._is_udp():
                self._camera.remove_session(self._session)

    def _is_udp(self) -> bool:
        return self._session is not None and any(isinstance(t.outlet, UdpOutlet) for t in self._session.tracks.values())

    # -- Connection

    def kill(self, *, reset: bool) -> None:
        if reset:
            linger = struct.pack("ii", 1, 0)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self._transport.abort()
        if self._session is not None and self._camera is not None:
            self._camera.remove_session(self._session)

    def freeze(self) -> None:
        self._is_frozen = True
        self._transport.pause_reading()

    def serves(self, session: Session) -> bool:
        """Whether this connection belongs to the session."""
        return self._session is session

    # -- requests

    def _reply(self, request: Request) -> bytes:
        camera = self._camera_of(request)
        if camera is not None:
            self._adopt(camera)
            if camera.conditions.is_off:
                self._transport.abort()
                return b""
            if camera.conditions.is_hung:
                return b""
        try:
            return self._dispatch(request, camera)
        except Refusal as refusal:
            return answer(request, refusal.status, {"Server": SERVER_NAME, **refusal.headers})

    def _dispatch(self, request: Request, camera: SimulatedCamera | None) -> bytes:
        self._touch()
        if request.method == "OPTIONS" and (camera is None or not camera.conditions.refusal):
            return self._with_session(request, {"Public": _METHODS})
        if camera is None:
            raise Refusal(404)
        self._admit(request, camera)
        method = self._methods.get(request.method)
        if method is None:
            raise Refusal(405, Allow=_METHODS)
        return method(request, camera)

    def _camera_of(self, request: Request) -> SimulatedCamera | None:
        path = request.path
        while path:
            if path in self._cameras:
                return self._cameras[path]
            path = path.rpartition("/")[0]
        return self._camera if request.url == "*" else None

    def _adopt(self, camera: SimulatedCamera) -> None:
        if self._camera is None:
            self._camera = camera
            camera.connections.add(self)

    def _admit(self, request: Request, camera: SimulatedCamera) -> None:
        gatekeeper, refusal = camera.gatekeeper, camera.conditions.refusal
        if refusal == 401:
            challenge = gatekeeper.challenge() if gatekeeper else 'Basic realm="closed"'
            raise Refusal(401, **{"WWW-Authenticate": challenge})
        if refusal:
            raise Refusal(refusal)
        if gatekeeper is not None and not gatekeeper.admits(request):
            raise Refusal(401, **{"WWW-Authenticate": gatekeeper.challenge(stale=gatekeeper.is_stale(request))})

    def _describe(self, request: Request, camera: SimulatedCamera) -> bytes:
        if camera.conditions.redirect:
            raise Refusal(302, Location=camera.conditions.redirect)
        body = describe(camera.clip, camera.camera.id, camera.conditions.sdp)
        headers = {
            "Content-Type": "application/sdp",
            "Content-Base": request.url.rstrip("/") + "/",
            "Server": SERVER_NAME,
        }
        return answer(request, 200, headers, body)

    def _setup(self, request: Request, camera: SimulatedCamera) -> bytes:
        if len(camera.sessions) >= camera.camera.max_sessions:
            raise Refusal(453)
        control = request.path.rpartition("/")[2]
        kind = {VIDEO_CONTROL: "video", AUDIO_CONTROL: "audio"}.get(control)
        if kind is None or (kind == "audio" and camera.clip.audio is None):
            raise Refusal(404)
        if self._session is None:
            self._session = self._simulator.new_session(camera)
        self._touch()
        outlet, transport = self._outlet(request.headers.get("transport", ""), kind, camera)
        rate = 90_000 if kind == "video" or camera.clip.audio is None else camera.clip.audio.sample_rate
        track = Track("video" if kind == "video" else "audio", rate, outlet)
        self._session.tracks[kind] = track
        return self._with_session(request, {"Transport": f"{transport};ssrc={track.ssrc:08X}"})

    def _outlet(self, offered: str, kind: str, camera: SimulatedCamera) -> tuple[Outlet, str]:
        usual = 0 if kind == "video" else 2
        for offer in offered.split(","):
            if "TCP" in offer and "tcp" in camera.camera.transports:
                match = _CHANNELS.search(offer)
                channel = int(match[1]) if match else usual
                transport = f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}"
                return InterleavedOutlet(self._transport, channel, usual), transport
            ports = _PORTS.search(offer)
            if ports and "TCP" not in offer and "udp" in camera.camera.transports:
                first, second = int(ports[1]), int(ports[2] or int(ports[1]) + 1)
                peer = self._transport.get_extra_info("peername")[0]
                host = self._transport.get_extra_info("sockname")[0]
                outlet = UdpOutlet(host, (peer, first, second), self._touch)
                own = "-".join(map(str, outlet.ports))
                return outlet, f"RTP/AVP;unicast;client_port={first}-{second};server_port={own}"
        raise Refusal(461)

    def _play(self, request: Request, camera: SimulatedCamera) -> bytes:
        session = self._own(request)
        if not session.tracks:
            raise Refusal(455)
        camera.add_session(session)
        headers = {"Range": "npt=now-"}
        if camera.conditions.rtp_info != "missing":
            headers["RTP-Info"] = ",".join(self._rtp_info(request, camera, session))
        return self._with_session(request, headers)

    def _rtp_info(self, request: Request, camera: SimulatedCamera, session: Session) -> list[str]:
        entries = []
        for kind, track in session.tracks.items():
            media = camera.media_90k() * track.clock_rate // 90_000
            sequence, timestamp = track.sequence, (track.timestamp_offset + media) & 0xFFFFFFFF
            if camera.conditions.rtp_info == "invented":
                sequence, timestamp = secrets.randbits(16), secrets.randbits(32)
            control = VIDEO_CONTROL if kind == "video" else AUDIO_CONTROL
            entries.append(f"url={request.url.rstrip('/')}/{control};seq={sequence};rtptime={timestamp}")
        return entries

    def _pause(self, request: Request, camera: SimulatedCamera) -> bytes:
        self._own(request).is_playing = False
        return self._with_session(request, {})

    def _keep_alive(self, request: Request, camera: SimulatedCamera) -> bytes:
        if "session" in request.headers:
            self._own(request)
        return self._with_session(request, {})

    def _teardown(self, request: Request, camera: SimulatedCamera) -> bytes:
        session = self._own(request)
        camera.remove_session(session)
        self._simulator.forget_session(session)
        self._session = None
        return answer(request, 200, {"Server": SERVER_NAME})

    def _own(self, request: Request) -> Session:
        """The session the request names, started here or on a connection that is gone (UDP outlives it)."""
        named = request.headers.get("session", "").partition(";")[0].strip()
        session = self._simulator.session(named)
        if session is None:
            raise Refusal(454)
        self._session = session
        return session

    def _with_session(self, request: Request, headers: dict[str, str]) -> bytes:
        if self._session is not None:
            headers["Session"] = f"{self._session.id};timeout={self._session.timeout_us // 1_000_000}"
        return answer(request, 200, {"Server": SERVER_NAME, **headers})

    def _touch(self) -> None:
        if self._session is not None:
            self._session.last_heard_us = self._simulator.now_us()
