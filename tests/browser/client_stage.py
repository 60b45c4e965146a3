"""Simulated cameras, a recorder and the gateway as they run in earnest, and bare pages around the client's elements.

The pages stand in for the web plane only: they hand over `data-config` and issue tickets. Everything that carries
pictures is the real thing, in processes of its own. Used by browser tests and by the benchmarks of the client.
"""

from __future__ import annotations

import asyncio
import dataclasses
import html
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.gateway.server import Gateway, GatewayConfig
from nangmai.gateway.upstream import Upstream
from nangmai.protocol.keys import key_id, public_key_text
from nangmai.protocol.tickets import Ticket, issue_ticket

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "src/nangmai/web/ui/static"
RECORDER = "nvr-1"
START_S = 60
SIMULATOR_S = 120
# As the web plane sends it (nangmai.web.security), without the nonce.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self' blob:; worker-src 'self'; connect-src 'self' ws://{host}; base-uri 'none'"
)


@dataclasses.dataclass(frozen=True, kw_only=True)
class Cameras:
    """What the simulated cameras send."""

    count: int = 1
    codec: str = "h264"
    size: str = "640x360"
    fps: int = 15
    gop_seconds: float = 1.0
    seconds: float = 8.0
    has_sub: bool = False
    more: tuple[str, ...] = ()  #: further options of `nangmai simulator`

    @property
    def pictures(self) -> int:
        """Pictures of the clip that goes round: the barcode counts up to here."""
        return round(self.fps * self.seconds)


class Recorder:
    """The recorder's process, which a test may stop and start again."""

    def __init__(self, config: Path, port: int) -> None:
        self.port = port
        self._config = config
        self._running = ExitStack()

    def start(self) -> None:
        self._running.enter_context(_process("recorder", "--config", str(self._config)))
        _wait_answer(f"http://127.0.0.1:{self.port}/health")

    def stop(self) -> None:
        self._running.close()


class Stage:
    """The running whole; `url` is the gateway's."""

    def __init__(self, url: str, cameras: Cameras, key: Ed25519PrivateKey, recorder: Recorder) -> None:
        self.url = url
        self.cameras = cameras
        self.recorder = recorder
        self.recorder_port = recorder.port
        self.began_us = time.time_ns() // 1000  #: nothing was really recorded before
        self._key = key

    @property
    def ids(self) -> list[str]:
        """Of the cameras."""
        return [f"cam-{number + 1:02d}" for number in range(self.cameras.count)]

    def ticket(self, right: str = "playback", cameras: list[str] | None = None, **period: int | None) -> str:
        """A ticket as the web plane would issue it."""
        now_s = int(time.time())
        claims = Ticket(
            id=uuid.uuid4().hex,
            recorder=RECORDER,
            person="guard",
            name="Nguyễn Văn Bảo",
            right=right,  # type: ignore[arg-type]
            cameras=tuple(cameras or self.ids),
            issued_s=now_s,
            expires_s=now_s + 600,
            **period,
        )
        return issue_ticket(self._key, key_id(self._key.public_key()), claims)

    def get_json(self, path: str) -> Any:
        """An answer of the recorder, with a ticket for everything."""
        token = self.ticket(from_us=0, to_us=2**52)
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.recorder_port}{path}", headers={"Authorization": f"Bearer {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own http address
            return json.load(answer)

    def wait_recorded(self, seconds: float, stream: str = "main", timeout_s: float = 90) -> tuple[int, int]:
        """Wait until every camera has so much footage; the period that all of them cover."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            now_us = time.time_ns() // 1000
            periods = [self._recorded(camera, stream, now_us) for camera in self.ids]
            begin_us, end_us = max(first for first, _ in periods), min(last for _, last in periods)
            if end_us - begin_us >= seconds * 1_000_000:
                return begin_us, end_us
            time.sleep(0.5)
        raise TimeoutError("the recorder has not recorded in time")

    def _recorded(self, camera: str, stream: str, now_us: int) -> tuple[int, int]:
        answer = self.get_json(f"/playback/{camera}/{stream}/index?from={self.began_us}&to={now_us}")
        fragments = [fragment for segment in answer["segments"] for fragment in segment["fragments"]]
        return (fragments[0][1], fragments[-1][1] + fragments[-1][2]) if fragments else (now_us, 0)


def camera_configs(stage: Stage) -> list[dict[str, Any]]:
    """The cameras as the pages hand them over."""
    width, height = map(int, stage.cameras.size.split("x"))
    streams: dict[str, Any] = {"main": {"codec": stage.cameras.codec, "width": width, "height": height}}
    if stage.cameras.has_sub:
        streams["sub"] = {"codec": "h264", "width": 640, "height": 360}
    names = ("Cổng chính", "Sân chơi", "Hành lang tầng 1", "Bếp ăn", "Phòng y tế", "Nhà xe")
    return [
        {
            "id": camera,
            "name": f"{names[number % len(names)]} {number + 1}",
            "area": "",
            "recorder": RECORDER,
            "base": f"/recorders/{RECORDER}",
            "streams": streams,
            "state": "recording",
            "since_us": None,
        }
        for number, camera in enumerate(stage.ids)
    ]


class Pages:
    """`/wall` and `/review` with what the address asks for, static files, and tickets."""

    def __init__(self) -> None:
        self.stage: Stage | None = None
        self.refuse: str | None = None  #: code with which tickets are refused
        self.tickets: list[dict[str, Any]] = []

    def application(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/{page:wall|review}", self._page)
        app.router.add_post("/footage/ticket", self._ticket)
        app.router.add_static("/static/", STATIC)
        return app

    async def _page(self, request: web.Request) -> web.Response:
        assert self.stage is not None
        element = "video-wall" if request.path == "/wall" else "sync-player"
        query = request.query
        at_us = query.get("at", "")
        config = {
            "cameras": camera_configs(self.stage),
            "ticket_url": "/footage/ticket",
            "review_url": "/review",
            "layout": query.get("layout") or None,
            "texts": {},
            "locale": query.get("locale", "en"),
            "zone": "Asia/Ho_Chi_Minh",
            "viewer": {"name": "Nguyễn Văn Bảo"},
            "may": {"live": True, "replay": True, "playback": True, "export": query.get("export") == "1"},
            "selected": query.getall("camera", []),
            "at_us": int(at_us) if at_us else None,
            "range": [int(query["in"]), int(query["out"])] if "in" in query else None,
        }
        night = ' class="night"' if element == "video-wall" else ' data-theme="light"'
        text = f"""<!doctype html><html lang="en"{night}><head><meta charset="utf-8"><title>stage</title>
<meta name="viewport" content="width=device-width"><meta name="csrf-token" content="token">
<link rel="stylesheet" href="/static/ui/css/tokens.css">
<script type="module" src="/static/ui/client/client.js"></script></head>
<body><{element} data-config="{html.escape(json.dumps(config))}"></{element}></body></html>"""
        headers = {"Content-Security-Policy": POLICY.format(host=request.headers.get("Host", ""))}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def _ticket(self, request: web.Request) -> web.Response:
        assert self.stage is not None
        if request.headers.get("X-CSRFToken") != "token":
            return web.json_response({"error": "csrf", "message": "no token"}, status=403)
        wanted = await request.json()
        self.tickets.append(wanted)
        if self.refuse is not None:
            refusal = {"error": self.refuse, "message": "Not permitted: a test says so.", "clause": "Đ4.2"}
            return web.json_response(refusal, status=403)
        period = {"from_us": wanted["from_us"], "to_us": wanted["to_us"]}
        return web.json_response(
            {"ticket": self.stage.ticket(wanted["right"], wanted["cameras"], **period), "jti": "1", **period}
        )


@contextmanager
def running_stage(
    cameras: Cameras, pages: Pages | None = None, prepare: Callable[[Path], object] | None = None
) -> Iterator[Stage]:
    """Start everything, wait until it answers, and end everything; `prepare` gets the archive's folder before that."""
    pages = pages or Pages()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="nangmai-stage-")))
        urls = stack.enter_context(_simulator(cameras))
        key = Ed25519PrivateKey.generate()
        port = _free_port()
        _write_config(folder, key, port, urls, cameras)
        if prepare is not None:
            prepare(folder / "archive")
        recorder = Recorder(folder / "recorder.toml", port)
        stack.callback(recorder.stop)
        url = stack.enter_context(_served(pages, port))
        pages.stage = Stage(url, cameras, key, recorder)
        recorder.start()
        yield pages.stage


@contextmanager
def _process(*arguments: str, stdout: int | None = None) -> Iterator[subprocess.Popen[str]]:
    environment = os.environ | {"PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "nangmai", *arguments]
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, stdout=stdout or log, stderr=log, text=True, env=environment) as process,
    ):
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()


@contextmanager
def _simulator(cameras: Cameras) -> Iterator[dict[str, str]]:
    options = [
        *("--cameras", str(cameras.count), "--codec", cameras.codec, "--size", cameras.size, "--fps", str(cameras.fps)),
        *("--gop", str(cameras.gop_seconds), "--seconds", str(cameras.seconds), "--port", "0", "--json"),
        *(["--sub"] if cameras.has_sub else []),
        *cameras.more,
    ]
    with _process("simulator", *options, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        # It makes its clips first; one that never says it is ready is ended, which ends the wait.
        patience = threading.Timer(SIMULATOR_S, process.kill)
        patience.start()
        try:
            urls = _first_json(process.stdout)["cameras"]
        finally:
            patience.cancel()
        yield urls


def _first_json(lines: Any) -> Any:
    text = ""
    for line in lines:
        text += line
        try:
            return json.loads(text)
        except ValueError:
            continue
    raise RuntimeError(f"the simulator ended, or was not ready within {SIMULATOR_S} s: {text}")


def _write_config(folder: Path, key: Ed25519PrivateKey, port: int, urls: dict[str, str], cameras: Cameras) -> None:
    (folder / "web.pub").write_text(public_key_text(key.public_key()), encoding="ascii")
    tables = [
        f'[recorder]\nname = "{RECORDER}"\narchive = ["./archive"]\nlisten = "127.0.0.1:{port}"\nflush_seconds = 2',
        "[retention]\nmin_days = 20\nmax_days = 30",
        '[tickets]\nkeys = ["./web.pub"]',
    ]
    for number in range(cameras.count):
        camera = f"cam-{number + 1:02d}"
        sub = f'\nsub = "{urls[camera + "-sub"]}"' if cameras.has_sub else ""
        tables.append(f'[[camera]]\nid = "{camera}"\nname = "{camera}"\nmain = "{urls[camera]}"{sub}')
    (folder / "archive").mkdir()
    (folder / "recorder.toml").write_text("\n".join(tables) + "\n", encoding="utf-8")


@contextmanager
def _served(pages: Pages, recorder_port: int) -> Iterator[str]:
    """Pages and gateway, in a thread with a loop of its own."""
    ready, ending = threading.Event(), threading.Event()
    url = ""

    async def serve() -> None:
        nonlocal url
        runner = web.AppRunner(pages.application(), access_log=None, shutdown_timeout=0.5)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        config = GatewayConfig(
            host=os.environ.get("NANGMAI_STAGE_HOST", "127.0.0.1"),
            port=0,
            web=Upstream("", "127.0.0.1", runner.addresses[0][1]),
            recorders={RECORDER: Upstream(RECORDER, "127.0.0.1", recorder_port)},
        )
        async with Gateway(config) as gateway:
            url = f"http://{config.host}:{gateway.port}"
            ready.set()
            await asyncio.to_thread(ending.wait)
        await runner.cleanup()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(START_S):
        raise TimeoutError("the pages were not served")
    try:
        yield url
    finally:
        ending.set()
        thread.join(10)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_answer(url: str) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own http address
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError(f"{url} does not answer")
