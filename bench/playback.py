"""How long the recorder takes to answer a player, on an index of 78 cameras and 20 days (2.25 million segments).

Over HTTP on a real socket, client and server in one process: the client's own work is in the figures. Fragments are 2 s
of 8 Mbit/s in sparse files, so they come from the page cache; a disk's seek comes on top.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import struct
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from aiohttp import ClientSession, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bench.playback_index import FRAGMENT_BYTES, FRAGMENTS, SEGMENT_US, make_index
from nangmai.archive.index import Index
from nangmai.archive.segment_file import segment_path
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.protocol.keys import key_id
from nangmai.protocol.tickets import Ticket, issue_ticket
from nangmai.recorder.gate import Gate
from nangmai.recorder.live import Hub
from nangmai.recorder.serve import make_app
from nangmai.recorder.serve.port import Node

SAMPLES = 50
LIMITS_MS = {
    "index of five minutes": 50,
    "key picture": 30,
    "key picture at a moment": 30,
    "fragment of 2 MB": 50,
    "nine cameras: first picture of all": 200,
    "a day of one camera in 100 key pictures": 500,
    "timeline of an hour": 50,
    "timeline of all days": 250,
    "playlist of a day": 500,
}


class Player:
    """Asks for random moments, and sees to it that the files they lie in exist."""

    def __init__(
        self, client: ClientSession, base: str, folder: Path, cameras: int, first_us: int, now_us: int
    ) -> None:
        self._client = client
        self._base = base
        self._folder = folder
        self._cameras = cameras
        self._first_us = first_us
        self._now_us = now_us
        self._chance = random.Random(1)
        self._film = folder / "film"
        with self._film.open("wb") as film:
            film.truncate(2000 + FRAGMENTS * FRAGMENT_BYTES)

    def moment(self, margin_us: int = 0) -> tuple[str, int]:
        """Any camera at any time."""
        at_us = self._chance.randrange(self._first_us, self._now_us - margin_us)
        return f"cam-{self._chance.randint(1, self._cameras):02d}", at_us

    def film(self, camera: str, from_us: int, to_us: int) -> int:
        """Make the files of a period; the number of the first segment."""
        first, last = ((at_us - self._first_us) // SEGMENT_US + 1 for at_us in (from_us, to_us))
        for seq in range(first, last + 1):
            path = segment_path(self._folder, f"{camera}.main", seq)
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.exists():
                path.symlink_to(self._film)
        return first

    async def get(self, path: str) -> bytes:
        """The body of an answer."""
        async with self._client.get(self._base + path) as response:
            assert response.status == 200, await response.text()
            return await response.read()

    async def index(self) -> float:
        camera, at_us = self.moment(300 * US_PER_S)
        return await _timed(self.get(f"/playback/{camera}/main/index?from={at_us}&to={at_us + 300 * US_PER_S}"))

    async def key(self) -> float:
        camera, at_us = self.moment()
        seq = self.film(camera, at_us, at_us)
        return await _timed(self.get(f"/playback/{camera}/main/{seq}/{self._chance.randrange(FRAGMENTS)}.key.m4s"))

    async def frame(self) -> float:
        camera, at_us = self.moment()
        self.film(camera, at_us, at_us)
        return await _timed(self.get(f"/playback/{camera}/main/frame?at={at_us}"))

    async def fragment(self) -> float:
        camera, at_us = self.moment()
        seq, number = self.film(camera, at_us, at_us), self._chance.randrange(FRAGMENTS)
        return await _timed(self.get(f"/playback/{camera}/main/{seq}/{number}-{number}.m4s"))

    async def nine(self) -> float:
        """Until the first unit of each of nine cameras has come whole."""
        _, at_us = self.moment(10 * US_PER_S)
        cameras = [f"cam-{number:02d}" for number in self._chance.sample(range(1, self._cameras + 1), 9)]
        for camera in cameras:
            self.film(camera, at_us, at_us + 10 * US_PER_S)
        streams = [{"slot": slot, "camera": camera, "stream": "main"} for slot, camera in enumerate(cameras)]
        body = {"from_us": at_us, "to_us": at_us + 10 * US_PER_S, "streams": streams}
        began_s = time.perf_counter()
        async with self._client.post(f"{self._base}/playback/multi", json=body) as response:
            assert response.status == 200, await response.text()
            waited = set(range(9))
            while waited:
                slot, length = struct.unpack(">HI", await response.content.readexactly(6))
                await response.content.readexactly(length)
                if length > 1:  # not the init
                    waited.discard(slot)
        return (time.perf_counter() - began_s) * 1000

    async def scrub(self) -> float:
        camera, at_us = self.moment(US_PER_DAY)
        self.film(camera, at_us, at_us + US_PER_DAY)
        body = {
            "from_us": at_us, "to_us": at_us + US_PER_DAY, "mode": "key", "every_us": US_PER_DAY // 100,
            "streams": [{"slot": 0, "camera": camera, "stream": "main"}],
        }  # fmt: skip
        began_s = time.perf_counter()
        async with self._client.post(f"{self._base}/playback/multi", json=body) as response:
            assert len(await response.read()) > 100 * 100_000
        return (time.perf_counter() - began_s) * 1000

    async def timeline(self, length_us: int) -> float:
        camera, at_us = self.moment(length_us) if length_us else (self.moment()[0], self._first_us)
        to_us = at_us + (length_us or self._now_us - self._first_us)
        return await _timed(self.get(f"/playback/{camera}/timeline?from={at_us}&to={to_us}&buckets=800"))

    async def playlist(self) -> float:
        camera, at_us = self.moment(US_PER_DAY)
        return await _timed(self.get(f"/playback/{camera}/main.m3u8?from={at_us}&to={at_us + US_PER_DAY}"))


async def _timed(answer: Awaitable[bytes]) -> float:
    began_s = time.perf_counter()
    await answer
    return (time.perf_counter() - began_s) * 1000


def run(quick: bool = False, cameras: int = 78, days: int = 20) -> dict[str, Any]:
    """Make the index, ask, and compare the 95th percentile with the limit."""
    if quick:
        cameras, days = 10, 3
    with tempfile.TemporaryDirectory() as scratch:
        folder, clock = Path(scratch), ManualClock()
        path = folder / "index.sqlite3"
        segments = make_index(path, cameras=cameras, days=days, end_us=clock.wall_us())
        index = Index(path, clock)
        index.attach(None, {1: folder})
        figures = asyncio.run(_ask(index, clock, folder, cameras, days))
        index.close()
    claims = {
        f"{name}, ms (p95)": {"measured": figures[name]["p95"], "limit": limit, "holds": figures[name]["p95"] <= limit}
        for name, limit in LIMITS_MS.items()
    }
    return {"claims": claims, "segments": segments, "cameras": cameras, "days": days, "answers_ms": figures}


async def _ask(index: Index, clock: ManualClock, folder: Path, cameras: int, days: int) -> dict[str, Any]:
    key = Ed25519PrivateKey.generate()
    gate = Gate("bench", clock, {key_id(key.public_key()): key.public_key()})
    node = SimpleNamespace(clock=clock, hub=Hub(clock), tickets=gate, archive=SimpleNamespace(index=index))
    runner = web.AppRunner(make_app(cast(Node, node)), access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    now_us = clock.wall_us()
    first_us, now_s = now_us - days * US_PER_DAY, now_us // US_PER_S
    names = tuple(f"cam-{number:02d}" for number in range(1, cameras + 1))
    ticket = Ticket("t", "bench", "1", "", "playback", names, now_s, now_s + 600, first_us, now_us)
    headers = {"Authorization": f"Bearer {issue_ticket(key, key_id(key.public_key()), ticket)}"}
    async with ClientSession(headers=headers) as client:
        player = Player(client, f"http://127.0.0.1:{runner.addresses[0][1]}", folder, cameras, first_us, now_us)
        questions: dict[str, Callable[[], Awaitable[float]]] = {
            "index of five minutes": player.index,
            "key picture": player.key,
            "key picture at a moment": player.frame,
            "fragment of 2 MB": player.fragment,
            "nine cameras: first picture of all": player.nine,
            "a day of one camera in 100 key pictures": player.scrub,
            "timeline of an hour": lambda: player.timeline(3600 * US_PER_S),
            "timeline of all days": lambda: player.timeline(0),
            "playlist of a day": player.playlist,
        }
        figures = {}
        for name, question in questions.items():
            taken = sorted([await question() for _ in range(SAMPLES)])
            figures[name] = {"p50": round(statistics.median(taken), 1), "p95": round(taken[int(SAMPLES * 0.95)], 1)}
    await runner.cleanup()
    return figures


if __name__ == "__main__":
    print(json.dumps(run(), indent=2))
