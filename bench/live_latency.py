"""From the recorder's receipt of a picture to the screen, over MSE and over WebCodecs; and the first picture of a tile.

The number burnt into each picture is read from the screen. When the recorder received the picture of that number is
learnt from a second live socket, whose fragments carry the time of receipt.
"""

from __future__ import annotations

import asyncio
import random
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import aiohttp
from tests.browser.client_stage import Cameras, Stage, running_stage

from bench._browser import Screen, at_most, chromium, summary
from bench._machine import watched
from nangmai.simulator.stamp import stamps

NTP_TO_UNIX_S = 2_208_988_800
LONGEST_MS = 5000
LIMITS_MS = {"mse": 200, "webcodecs": 50}
FIRST_LIMIT_MS = 300
STATS = "document.querySelector('video-wall').stats[0]"
SHOWING = "document.querySelector('video-wall')?.stats?.[0]?.presented > 5"
_FRAME = struct.Struct(">HI")


def run(quick: bool = False) -> dict[str, Any]:
    """Both players on a GOP of one second, first pictures on GOPs of up to twelve."""
    seconds, openings = (8, 4) if quick else (30, 10)
    claims: dict[str, Any] = {}
    result: dict[str, Any] = {"claims": claims}
    with running_stage(Cameras(count=1)) as stage:
        stage.wait_recorded(3)
        for player, limit in LIMITS_MS.items():
            figures = result[player] = measure_latency(stage, player, seconds)
            claims[f"receipt to screen over {player}, median ms"] = at_most(figures["p50"], limit)
    for gop_seconds in (2.0, 12.0) if quick else (2.0, 4.0, 8.0, 12.0):
        with running_stage(Cameras(count=1, gop_seconds=gop_seconds, seconds=max(8.0, gop_seconds))) as stage:
            stage.wait_recorded(gop_seconds, timeout_s=90 + 2 * gop_seconds)
            for player in LIMITS_MS:
                figures = result[f"first_{player}_gop_{gop_seconds:g}s"] = measure_first(stage, player, openings)
                sentence = f"first picture over {player} with a GOP of {gop_seconds:g} s, 95th percentile ms"
                claims[sentence] = at_most(figures["p95"], FIRST_LIMIT_MS)
    return result


def measure_latency(stage: Stage, player: str, seconds: float) -> dict[str, Any]:
    """Receipt to screen of every picture shown in a time."""
    with received(stage) as times, chromium() as browser:
        screen = Screen(browser, f"{stage.url}/wall?player={player}")
        screen.wait_until(SHOWING)
        time.sleep(5)  # the controller finds its distance
        offset_ms = screen.clock_offset_ms()
        before = screen.ask(STATS)
        screen.ask("watchNumbers()")
        with watched() as load:
            time.sleep(seconds)
        seen: list[tuple[int, float]] = screen.ask("seen")
        after = screen.ask(STATS)
        time.sleep(0.2)
    shown = ((number, page_ms + offset_ms) for number, page_ms in seen)
    delays = [delay for number, shown_ms in shown if (delay := _delay_ms(times, number, shown_ms)) is not None]
    return summary(delays) | {
        "stalls": after["stalls"] - before["stalls"],
        "own_figure_ms": after["latencyMs"],
        "clock_offset_ms": offset_ms,
        "machine": load,
    }


def _delay_ms(times: dict[int, list[float]], number: int, shown_ms: float) -> float | None:
    """The clip goes round: the receipt that counts is the last before the picture was shown."""
    delays = [shown_ms - received_ms for received_ms in times.get(number, []) if received_ms <= shown_ms + 20]
    return min(delays) if delays and min(delays) < LONGEST_MS else None


def measure_first(stage: Stage, player: str, openings: int) -> dict[str, Any]:
    """From the opening of a tile to its first picture, on a page that is already there, anywhere in a GOP."""
    chance = random.Random(3)
    with chromium() as browser:
        screen = Screen(browser, f"{stage.url}/wall?player={player}")
        screen.wait_until(SHOWING)
        took = []
        with watched() as load:
            for _ in range(openings):
                time.sleep(chance.random() * stage.cameras.gop_seconds)
                took.append(float(screen.ask(REOPEN)))
    return summary(took) | {"machine": load}


#: the wall is taken from the page and put back: tile, line and player start anew
REOPEN = """
() => new Promise((resolve, reject) => {
  setTimeout(() => reject(new Error('a tile that was opened shows nothing after 10 s')), 10000);
  const old = document.querySelector('video-wall');
  const config = old.dataset.config;
  old.remove();
  setTimeout(() => {
    const wall = document.createElement('video-wall');
    wall.dataset.config = config;
    const startMs = performance.now();
    wall.addEventListener('tile-first', () => resolve(performance.now() - startMs), {once: true});
    document.body.append(wall);
  }, 500);
})
"""


@contextmanager
def received(stage: Stage) -> Iterator[dict[int, list[float]]]:
    """Barcode number -> when the recorder received it (ms), filled as pictures come."""
    times: dict[int, list[float]] = {}
    ending = threading.Event()
    thread = threading.Thread(target=lambda: asyncio.run(_listen(stage, times, ending)), daemon=True)
    thread.start()
    try:
        yield times
    finally:
        ending.set()
        thread.join(10)


async def _listen(stage: Stage, times: dict[int, list[float]], ending: threading.Event) -> None:
    url = f"http://127.0.0.1:{stage.recorder_port}/live"
    subscribe = {"op": "subscribe", "slot": 0, "camera": "cam-01", "stream": "main", "ticket": stage.ticket("live")}
    async with aiohttp.ClientSession() as session, session.ws_connect(url, protocols=["nangmai.live.1"]) as socket:
        await socket.send_json(subscribe)
        async for message in socket:
            if ending.is_set():
                break
            if message.type is aiohttp.WSMsgType.BINARY:
                for payload in _payloads(message.data):
                    if payload[4:8] == b"prft":
                        _note(payload, times, stage.cameras.pictures)


def _payloads(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        _, length = _FRAME.unpack_from(data, at)
        yield data[at + _FRAME.size : at + _FRAME.size + length]
        at += _FRAME.size + length


def _note(unit: bytes, times: dict[int, list[float]], pictures: int) -> None:
    seconds, fraction = struct.unpack_from(">II", unit, 16)
    received_ms = (seconds - NTP_TO_UNIX_S + fraction / 2**32) * 1000
    for stamp in stamps(unit):
        times.setdefault(stamp.counter % pictures, []).append(received_ms)
