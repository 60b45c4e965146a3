"""64 sub streams (640x360, 15 a second, 400 kbit/s) to 10 walls: processor time, delay, what a stuck viewer does.

The server is this process: hub, HTTP and tickets, without cameras. The pages run in a process of their own.
"""

from __future__ import annotations

import asyncio
import json
import random
import statistics
import struct
import subprocess
import sys
import time
from types import SimpleNamespace
from typing import Any, cast

import uvloop
from aiohttp import ClientSession, WSMsgType, web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.media.isobmff import parse_prft
from nangmai.media.picture import Picture, VideoParameters
from nangmai.protocol.keys import key_id
from nangmai.protocol.tickets import Ticket, issue_ticket
from nangmai.recorder.gate import Gate
from nangmai.recorder.live import Hub
from nangmai.recorder.serve import make_app
from nangmai.recorder.serve.port import Node

STREAMS, WALLS, FPS = 64, 10, 15
BITRATE_BPS = 400_000
CPU_LIMIT_PERCENT = 15.0
TICK_S = 0.005  #: how finely the cameras are paced; finer would measure the pacing
PARAMETERS = VideoParameters("h264", 640, 360, float(FPS), "avc1.4D401E", b"\0\0\0\x08avc1", 0)


def run(quick: bool = False) -> dict[str, Any]:
    """Nobody, then ten walls, then ten walls and a viewer that never reads."""
    seconds = 5.0 if quick else 20.0
    idle = uvloop.run(_measure(seconds / 2, walls=0))
    walls = uvloop.run(_measure(seconds, walls=WALLS))
    stuck = uvloop.run(_measure(seconds, walls=WALLS, stuck=1))
    frame_ms = 1000 / FPS
    claims = {
        "CPU of 64 streams to 10 walls, percent of one core": _at_most(walls["cpu_percent"], CPU_LIMIT_PERCENT),
        "pictures that did not arrive": _at_most(walls["missing"], 0),
        "delay that a stuck viewer adds for others, 99th percentile in ms": _at_most(
            stuck["delay_p99_ms"] - walls["delay_p99_ms"], frame_ms
        ),
    }
    return {"claims": claims, "nobody": idle, "walls": walls, "walls_and_a_stuck_viewer": stuck}


def _at_most(measured: float, limit: float) -> dict[str, Any]:
    return {"limit": round(limit, 2), "measured": round(measured, 2), "holds": measured <= limit}


async def _measure(seconds: float, walls: int, stuck: int = 0) -> dict[str, Any]:
    clock, key = SystemClock(), Ed25519PrivateKey.generate()
    hub = Hub(clock)
    gate = Gate("bench", clock, {key_id(key.public_key()): key.public_key()})
    node = SimpleNamespace(clock=clock, hub=hub, tickets=gate, archive=None)
    runner = web.AppRunner(make_app(cast(Node, node)), access_log=None, shutdown_timeout=1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    publishing = asyncio.create_task(_publish(hub, clock))
    pages = None
    if walls:
        command = (sys.executable, "-m", "bench.live_fanout", str(runner.addresses[0][1]), str(walls), str(stuck))
        pages = await asyncio.create_subprocess_exec(
            *command, _ticket(key, clock), str(seconds), stdout=subprocess.PIPE
        )
        assert pages.stdout is not None
        await pages.stdout.readline()  # everybody watches
    began_s, cpu_s = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    cpu_percent = (time.process_time() - cpu_s) / (time.monotonic() - began_s) * 100
    result = {"cpu_percent": round(cpu_percent, 2)}
    if pages is not None and pages.stdout is not None:
        result |= json.loads(await pages.stdout.readline())
        await pages.wait()
    publishing.cancel()
    await runner.cleanup()
    return result


def _ticket(key: Ed25519PrivateKey, clock: SystemClock) -> str:
    now_s = clock.wall_us() // US_PER_S
    cameras = tuple(f"cam-{number:02d}" for number in range(STREAMS))
    return issue_ticket(
        key, key_id(key.public_key()), Ticket("t", "bench", "1", "", "live", cameras, now_s, now_s + 600)
    )


async def _publish(hub: Hub, clock: SystemClock) -> None:
    """Each stream sends 15 pictures a second, the streams spread over the interval, as real cameras are."""
    rng = random.Random(1)
    mean = BITRATE_BPS // 8 // FPS
    key, delta = rng.randbytes(mean * 5), rng.randbytes(mean * 10 // 14)
    streams = [hub.stream(f"cam-{number:02d}", "sub") for number in range(STREAMS)]
    step_s = 1 / FPS / STREAMS
    due_s, turn = time.monotonic(), 0
    while True:
        while due_s <= time.monotonic():
            count, number = divmod(turn, STREAMS)
            is_key = (count + number) % FPS == 0
            now_us = clock.mono_us()
            picture = Picture(count * 6000, key if is_key else delta, is_key, now_us, PARAMETERS, False)
            streams[number].publish(picture, clock.wall_us())
            turn, due_s = turn + 1, due_s + step_s
        await asyncio.sleep(TICK_S)


async def _watch(port: int, walls: int, stuck: int, ticket: str, seconds: float) -> None:
    """The pages: read everything, note the delay of each picture from its receipt."""
    delays: list[float] = []
    counts: list[int] = []
    async with ClientSession() as session:
        sockets = [await _open(session, port, ticket) for _ in range(walls + stuck)]
        for socket in sockets[walls:]:
            cast(Any, socket)._response.connection.transport.pause_reading()
        readers = [asyncio.create_task(_read(socket, delays, counts)) for socket in sockets[:walls]]
        await asyncio.sleep(2)  # the cached GOPs have come
        delays.clear()
        counts.clear()
        print("ready", flush=True)
        await asyncio.sleep(seconds)
        expected = walls * STREAMS * FPS * seconds
        missing = max(0, round((expected - len(counts)) / expected * 100 - 1))  # percent, one picture's edge allowed
        delays.sort()
        told = {
            "pictures": len(counts),
            "missing": missing,
            "delay_median_ms": round(statistics.median(delays), 2),
            "delay_p99_ms": round(delays[int(len(delays) * 0.99)], 2),
            "delay_most_ms": round(delays[-1], 2),
            "megabits": round(sum(counts) * 8 / seconds / 1e6, 1),
        }
        print(json.dumps(told), flush=True)
        for reader in readers:
            reader.cancel()


async def _open(session: ClientSession, port: int, ticket: str) -> Any:
    socket = await session.ws_connect(f"http://127.0.0.1:{port}/live", max_msg_size=0, compress=0)
    for slot in range(STREAMS):
        message = {"op": "subscribe", "slot": slot, "camera": f"cam-{slot:02d}", "stream": "sub", "ticket": ticket}
        await socket.send_str(json.dumps(message))
    return socket


async def _read(socket: Any, delays: list[float], counts: list[int]) -> None:
    async for message in socket:
        if message.type is not WSMsgType.BINARY:
            continue
        data, at, now_us = message.data, 0, time.time_ns() // 1000
        while at < len(data):
            length = struct.unpack_from(">HI", data, at)[1]
            if data[at + 10 : at + 14] == b"prft":
                delays.append((now_us - parse_prft(data[at + 14 : at + 38]).wall_us) / 1000)
                counts.append(length)
            at += 6 + length


if __name__ == "__main__":
    uvloop.run(_watch(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), sys.argv[4], float(sys.argv[5])))
