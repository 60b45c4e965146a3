"""A recorder to send requests to: a real archive and hub fed by a real encoder, on a clock that tests move."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
import random
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal, cast

import av
import numpy as np
from aiohttp.test_utils import TestClient, TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import CollectorRegistry

from nangmai.archive.archive import Archive
from nangmai.base.clock import ManualClock
from nangmai.base.log import RepeatLimiter
from nangmai.base.units import US_PER_S
from nangmai.media.h264_sets import H264Sets
from nangmai.media.picture import Picture, VideoParameters
from nangmai.protocol.keys import key_id
from nangmai.protocol.messages import CameraState, HealthState
from nangmai.protocol.tickets import Right, Ticket, issue_ticket
from nangmai.recorder.config import RecorderConfig, load_config
from nangmai.recorder.gate import Gate
from nangmai.recorder.ingest import StreamIngest
from nangmai.recorder.live import Hub
from nangmai.recorder.serve import make_app
from nangmai.recorder.serve.port import Node
from nangmai.recorder.timing import WallEstimate

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = key_id(KEY.public_key())
FPS = 10
STEP_US = US_PER_S // FPS
RECORDER = "nvr-1"


@functools.cache
def clip(width: int = 160, height: int = 96, pictures: int = 20, gop: int = 10, b_frames: int = 0) -> list[Picture]:
    """Pictures of a moving gradient in decode order, as a depacketiser would deliver them."""
    sets = H264Sets()
    found: list[Picture] = []
    context = cast(av.VideoCodecContext, av.CodecContext.create("libx264", "w"))
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.time_base, context.framerate, context.gop_size = Fraction(1, FPS), Fraction(FPS), gop
    context.options = {
        "preset": "ultrafast", "bf": str(b_frames), "sc_threshold": "0", "g": str(gop), "keyint_min": str(gop),
        "threads": "1", "x264-params": "bframes=0" if not b_frames else f"bframes={b_frames}:b-adapt=0",
    }  # fmt: skip
    ramp = np.tile(np.linspace(0, 200, width, dtype=np.uint8), (height, 1))
    frames: list[av.VideoFrame | None] = []
    for number in range(pictures):
        frame = av.VideoFrame.from_ndarray(np.dstack([np.roll(ramp, number * 5, axis=1)] * 3), format="rgb24")
        frame.pts = number
        frames.append(frame.reformat(format="yuv420p"))
    for frame in [*frames, None]:
        for packet in context.encode(frame):
            found.append(_picture(bytes(packet), (packet.pts or 0) * 90_000 // FPS, bool(packet.is_keyframe), sets))
    for picture in found:
        picture.parameters = found[0].parameters  # one object, as a depacketiser gives it
    return found


def _picture(annex_b: bytes, pts_90k: int, is_key: bool, sets: H264Sets) -> Picture:
    nals = [nal for nal in annex_b.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1") if nal]
    for nal in nals:
        if nal[0] & 0x1F in (7, 8):
            sets.add(nal)
    kept = [nal for nal in nals if nal[0] & 0x1F not in (7, 8, 9)]
    data = b"".join(len(nal).to_bytes(4, "big") + nal for nal in kept)
    return Picture(pts_90k, data, is_key, 0, sets.parameters(), False)


def noisy() -> list[Any]:
    """Pictures as large as those of a main stream."""
    filler = random.Random(1).randbytes(20_000)
    sei = b"\x06" + filler.replace(b"\0", b"\1")
    return [dataclasses.replace(picture, data=len(sei).to_bytes(4, "big") + sei + picture.data) for picture in clip()]


class Stand:
    """One recorder with the cameras `cam-01` and `cam-02`."""

    def __init__(self, folder: Path, client: TestClient[Any, Any], node: Any, clock: ManualClock, uses: Any) -> None:
        self.folder = folder
        self.client = client
        self.node = node
        self.clock = clock
        self.gate: Gate = node.tickets
        self.uses: list[dict[str, Any]] = uses
        self.archive: Archive = node.archive
        self.start_us = clock.wall_us()
        self._wall = WallEstimate(clock)
        self._ingests: dict[str, StreamIngest] = {}
        self._pts: dict[str, int] = {}

    def ingest(self, camera: str = "cam-01", kind: Literal["main", "sub"] = "main") -> StreamIngest:
        """The real way in."""
        name = f"{camera}.{kind}"
        if name not in self._ingests:
            self._ingests[name] = StreamIngest(
                name,
                writer=self.archive.add_stream(name, camera, kind),
                live=self.node.hub.stream(camera, kind),
                wall=self._wall,
                clock=self.clock,
                limiter=RepeatLimiter(clock=self.clock),
            )
            self._ingests[name].on_state("streaming", None)
        return self._ingests[name]

    def record(self, seconds: float, *streams: tuple[str, Literal["main", "sub"]], pictures: Any = None) -> None:
        """Cameras send for so long (all at once, on the test's clock); what can be on disk then is there."""
        pictures = pictures or clip()
        ingests = [self.ingest(*stream) for stream in streams or (("cam-01", "main"),)]
        loop_90k = len(pictures) * 90_000 // FPS
        for _ in range(int(seconds * FPS)):
            for ingest in ingests:
                count = self._pts.get(ingest.name, 0)
                self._pts[ingest.name] = count + 1
                source = pictures[count % len(pictures)]
                pts_90k = source.pts_90k + count // len(pictures) * loop_90k
                ingest.on_picture(dataclasses.replace(source, pts_90k=pts_90k, received_us=self.clock.mono_us()))
            self.clock.advance(STEP_US)
        self.archive.flush()

    def stop(self) -> None:
        """Every stream is closed in order."""
        for ingest in self._ingests.values():
            ingest.stop()
        self.archive.flush()

    def outcomes(self) -> list[str]:
        """What has been reported of tickets, uses that are idle included."""
        self.clock.advance(60 * US_PER_S)
        self.gate.tick()
        return [use["outcome"] for use in self.uses]

    def claims(self, right: Right = "playback", **changes: Any) -> Ticket:
        """A ticket that opens everything recorded so far and an hour more."""
        now_s = self.clock.wall_us() // US_PER_S
        period = {} if right == "live" else {"from_us": self.start_us - 3600 * US_PER_S,
                                             "to_us": self.clock.wall_us() + 3600 * US_PER_S}  # fmt: skip
        claims: dict[str, Any] = {
            "id": "ticket-1", "recorder": RECORDER, "person": "7", "name": "Bảo", "right": right,
            "cameras": ("cam-01", "cam-02"), "issued_s": now_s, "expires_s": now_s + 600, "basis": "",
        }  # fmt: skip
        return Ticket(**(claims | period | changes))

    def ticket(self, right: Right = "playback", **changes: Any) -> str:
        """The same, signed."""
        return issue_ticket(KEY, KID, self.claims(right, **changes))

    async def get(self, path: str, ticket: str | None = "", **options: Any) -> Any:
        """GET with a ticket that opens everything unless told otherwise; the body is read."""
        token = self.ticket() if ticket == "" else ticket
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        headers |= options.pop("headers", {})
        response = await self.client.request(options.pop("method", "GET"), path, headers=headers, **options)
        await response.read()
        return response

    async def begin(self, path: str) -> asyncio.Future[Any]:
        """A GET of live HLS that waits for pictures; returns once the recorder follows the stream."""
        stream = self.node.hub.stream("cam-01", "main")
        follows = asyncio.Event()
        subscribe = stream.subscribe

        def noticed(subscriber: Any) -> None:
            subscribe(subscriber)
            follows.set()

        stream.subscribe = noticed
        waiting = asyncio.ensure_future(self.get(path, None))
        await follows.wait()
        return waiting


def configuration(folder: Path) -> RecorderConfig:
    """A recorder's file with two cameras."""
    path = folder / "nangmai.toml"
    path.write_text(
        f'[recorder]\nname = "{RECORDER}"\narchive = ["{folder / "archive"}"]\n'
        '[[camera]]\nid = "cam-01"\nname = "Cổng chính"\nmain = "rtsp://127.0.0.1/1"\nsub = "rtsp://127.0.0.1/2"\n'
        '[[camera]]\nid = "cam-02"\nname = "Sân"\nmain = "rtsp://127.0.0.1/3"\n',
        encoding="utf-8",
    )
    return load_config(path)


@asynccontextmanager
async def stand(folder: Path) -> AsyncIterator[Stand]:
    """A recorder that answers on a real socket."""
    clock = ManualClock()
    archive = Archive.open([folder / "archive"], recorder=RECORDER, clock=clock, flush_seconds=60)
    node = SimpleNamespace(
        config=configuration(folder),
        clock=clock,
        archive=archive,
        hub=Hub(clock),
        tickets=Gate(RECORDER, clock, {KID: KEY.public_key()}),
        metrics=SimpleNamespace(registry=CollectorRegistry()),
        started_mono_us=clock.mono_us(),
        has_sound=False,
        states=lambda: cast(tuple[CameraState, ...], ()),
        health=lambda: HealthState("ok", ""),
    )
    uses: list[dict[str, Any]] = []
    node.tickets.report = uses.append
    try:
        async with TestClient(TestServer(make_app(cast(Node, node)))) as client:
            yield Stand(folder, client, node, clock, uses)
    finally:
        archive.close()


def run(scenario: Coroutine[Any, Any, None]) -> None:
    """Run a test's coroutine to its end."""
    asyncio.run(scenario)


def parameters() -> VideoParameters:
    """Those of the clip."""
    found = clip()[0].parameters
    assert found is not None
    return found
