"""Playback in Chromium: start, seek, drag over a line of 60 ms, nine cameras in step.

The recorder goes on with an archive whose index knows 20 days of 78 cameras; the footage of the last minutes is real.

Every seek is checked against the number burnt into the picture, read from the screen: a quick seek to the wrong
picture does not count.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.browser.client_stage import RECORDER, Cameras, Stage, running_stage

from bench._browser import Screen, at_least, at_most, chromium, percentile, summary
from bench._machine import watched
from bench._slow_line import slow_line
from bench.playback_index import make_archive

CAMERAS = 78
PLAYER = "document.querySelector('sync-player')"
ROUND_TRIP_S = 0.06
DRAG_STEP_S = 0.033
SPARE_US = 3_000_000

#: seek, and wait until every picture sought is on the screen: its time, and the number read from each picture
SEEK = f"""
(us) => new Promise((resolve, reject) => {{
  const player = {PLAYER};
  setTimeout(() => {{
    const states = pictures().map((video) => [video.currentTime, video.readyState, video.seeking,
      [...Array(video.buffered.length).keys()].map((at) => [video.buffered.start(at), video.buffered.end(at)])]);
    reject(new Error(`not shown: ${{us}} ${{JSON.stringify([player.moments, states])}}`));
  }}, 5000);
  const startMs = performance.now();
  player.addEventListener('player-shown', () => {{
    const ms = performance.now() - startMs;
    setTimeout(() => {{
      const numbers = pictures().map((video) => readBarcode(video, video.videoWidth, video.videoHeight));
      resolve({{ms, numbers, shown: player.moments.map((moment) => moment.shownUs)}});
    }}, 50);
  }}, {{once: true}});
  player.seek(us);
}})
"""

#: the player is taken from the page and put back at another moment
RESTART = f"""
(us) => new Promise((resolve, reject) => {{
  setTimeout(() => reject(new Error(`not started: ${{us}}`)), 8000);
  const old = {PLAYER};
  const config = JSON.parse(old.dataset.config);
  old.remove();
  setTimeout(() => {{
    const player = document.createElement('sync-player');
    player.dataset.config = JSON.stringify({{...config, at_us: us}});
    const startMs = performance.now();
    player.addEventListener('player-shown', () => resolve(performance.now() - startMs), {{once: true}});
    document.body.append(player);
  }}, 300);
}})
"""


def run(quick: bool = False) -> dict[str, Any]:
    """One camera in 1080p, then nine together."""
    recorded_s, seeks = (25, 10) if quick else (90, 50)
    days = 1 if quick else 20
    claims: dict[str, Any] = {}
    result: dict[str, Any] = {"claims": claims, "index": {"cameras": CAMERAS, "days": days}}
    with _stage(Cameras(count=1, size="1920x1080", gop_seconds=2.0), days, recorded_s) as stage:
        for player in ("webcodecs", "mse"):
            figures = result[f"one_{player}"] = measure_one(stage, player, seeks)
            claims[f"start over {player}, 95th percentile ms"] = at_most(figures["start"]["p95"], 300)
            claims[f"seek over {player}, 95th percentile ms"] = at_most(figures["seek"]["p95"], 250)
            claims[f"drag over {player} at 60 ms, pictures a second"] = at_least(figures["drag_a_second"], 10)
    with _stage(Cameras(count=9, gop_seconds=2.0), days, recorded_s) as stage:
        figures = result["nine"] = measure_nine(stage, seeks)
        claims["nine cameras: seek until all show it, 95th percentile ms"] = at_most(figures["seek"]["p95"], 300)
        claims["nine cameras: apart while playing, ms"] = at_most(figures["apart_ms"], 300)
        claims["nine cameras: drag at 60 ms, pictures a second"] = at_least(figures["drag_a_second"], 10)
    return result


@contextmanager
def _stage(cameras: Cameras, days: int, recorded_s: float) -> Iterator[Stage]:
    def prepare(folder: Path) -> None:
        make_archive(folder, recorder=RECORDER, cameras=CAMERAS, days=days, end_us=time.time_ns() // 1000)

    with running_stage(cameras, prepare=prepare) as stage:
        stage.wait_recorded(recorded_s, timeout_s=recorded_s + 60)
        yield stage


def measure_one(stage: Stage, player: str, seeks: int) -> dict[str, Any]:
    """Start, seek and drag of one camera."""
    with chromium() as browser, watched() as load:
        screen = _open(browser, stage, stage.url, player)
        begin_us, end_us = stage.wait_recorded(1)
        starts = [screen.ask(RESTART, moment) for moment in _moments(begin_us, end_us, 8 if seeks < 50 else 12)]
        screen.ask(f"{PLAYER}.pause()")
        took = _seek_all(screen, stage, _moments(begin_us, end_us, seeks))
        with slow_line(stage.url, ROUND_TRIP_S) as far:
            drag = _drag(_open(browser, stage, far, player), begin_us, end_us)
    return {"start": summary(starts), "seek": summary(took), "drag_a_second": drag, "machine": load}


def measure_nine(stage: Stage, seeks: int) -> dict[str, Any]:
    """Seek, playing in step, drag of nine cameras."""
    with chromium() as browser, watched() as load:
        screen = _open(browser, stage, stage.url, "")
        begin_us, end_us = stage.wait_recorded(1)
        screen.ask(f"{PLAYER}.pause()")
        took = _seek_all(screen, stage, _moments(begin_us, end_us, seeks))
        screen.ask(SEEK, begin_us + SPARE_US)
        screen.ask(f"{PLAYER}.play()")
        apart = []
        for _ in range(20):
            time.sleep(0.4)
            shown = screen.ask(f"{PLAYER}.moments.map((moment) => moment.shownUs)")
            apart.append((max(shown) - min(shown)) / 1000)
        with slow_line(stage.url, ROUND_TRIP_S) as far:
            drag = _drag(_open(browser, stage, far, ""), begin_us, end_us)
    return {"seek": summary(took), "apart_ms": percentile(apart, 0.95), "drag_a_second": drag, "machine": load}


def _open(browser: Any, stage: Stage, url: str, player: str) -> Screen:
    begin_us, _ = stage.wait_recorded(1)
    cameras = "&".join(f"camera=nvr-1/{camera}" for camera in stage.ids)
    forced = f"&player={player}" if player else ""
    screen = Screen(browser, f"{url}/review?{cameras}&at={begin_us + SPARE_US}{forced}")
    screen.wait_until(f"{PLAYER}?.moments?.every((moment) => moment.shownUs > 0) === true", 30)
    return screen


def _moments(begin_us: int, end_us: int, count: int) -> list[int]:
    chance = random.Random(7)
    return [chance.randrange(begin_us + SPARE_US, end_us - SPARE_US) for _ in range(count)]


def _seek_all(screen: Screen, stage: Stage, moments: list[int]) -> list[float]:
    """Times of seeks; each picture has to be the one that belongs there."""
    took = []
    picture_us = 1_000_000 / stage.cameras.fps
    offsets: dict[int, set[int]] = {}
    for moment in moments:
        answer = screen.ask(SEEK, moment)
        for camera, (shown_us, number) in enumerate(zip(answer["shown"], answer["numbers"], strict=True)):
            if not -1.5 * picture_us < shown_us - moment < 3000:
                raise RuntimeError(f"sought {moment}, shown {shown_us}")
            if number is not None:
                place = round(shown_us / picture_us) % stage.cameras.pictures
                offsets.setdefault(camera, set()).add((number - place) % stage.cameras.pictures)
        took.append(answer["ms"])
    for camera, found in offsets.items():
        # Times are of arrival, so the offset wanders by a picture; a wrong picture would be anywhere.
        if len(found) > 3:
            raise RuntimeError(f"camera {camera}: the pictures do not belong to their times: {sorted(found)}")
    return took


def _drag(screen: Screen, begin_us: int, end_us: int) -> float:
    """Key pictures shown a second while a pointer moves over all that is recorded."""
    screen.ask(f"{PLAYER}.pause()")
    time.sleep(1)
    before = screen.ask(f"{PLAYER}.scrubShown")
    began = time.monotonic()
    steps = 120
    for step in range(steps):
        share = (step * 37 % steps) / steps
        us = round(begin_us + SPARE_US + share * (end_us - begin_us - 2 * SPARE_US))
        screen.ask(f"{PLAYER}.scrub({us})")
        time.sleep(DRAG_STEP_S)
    elapsed = time.monotonic() - began
    shown = screen.ask(f"{PLAYER}.scrubShown") - before
    screen.ask(f"{PLAYER}.endScrub()")
    return float(shown / elapsed)
