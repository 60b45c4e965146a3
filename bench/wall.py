"""The wall on this machine: 16 tiles at full rate for a minute without a stall, 78 as key pictures."""

from __future__ import annotations

import time
from typing import Any

from tests.browser.client_stage import Cameras, Stage, running_stage

from bench._browser import Screen, at_least, at_most, chromium
from bench._machine import watched

STATS = "document.querySelector('video-wall').stats"
FPS = 15
GOP_SECONDS = 1.0


def run(quick: bool = False) -> dict[str, Any]:
    """16 tiles over both players, then 78 key pictures."""
    seconds = 10 if quick else 60
    claims: dict[str, Any] = {}
    result: dict[str, Any] = {"claims": claims}
    with running_stage(Cameras(count=16, gop_seconds=GOP_SECONDS, fps=FPS)) as stage:
        stage.wait_recorded(3)
        for player in ("webcodecs", "mse"):
            figures = result[f"tiles_16_{player}"] = measure(stage, player, "16", seconds)
            claims[f"16 tiles over {player}: stalls"] = at_most(figures["stalls"], 0)
            share = figures["presented_a_second"] / (16 * FPS)
            claims[f"16 tiles over {player}: share of the pictures shown"] = at_least(share, 0.97)
            claims[f"16 tiles over {player}: all have a picture, ms"] = at_most(figures["complete_ms"], 1000)
    with running_stage(Cameras(count=78, gop_seconds=GOP_SECONDS, fps=FPS)) as stage:
        stage.wait_recorded(3)
        figures = result["tiles_78_key_pictures"] = measure(stage, "webcodecs", "all", seconds)
        share = figures["presented_a_second"] / (78 / GOP_SECONDS)
        claims["78 tiles of key pictures: share of the pictures shown"] = at_least(share, 0.97)
    return result


def measure(stage: Stage, player: str, layout: str, seconds: float) -> dict[str, Any]:
    """Counts over a time, after the wall has come up."""
    with chromium() as browser:
        screen = Screen(browser, f"{stage.url}/wall?player={player}&layout={layout}", FIRSTS)
        screen.wait_until(f"{STATS}?.every((tile) => tile.presented > 0) === true", 60)
        complete_ms = screen.ask("Math.max(...firsts)")
        time.sleep(5)
        before = screen.ask(STATS)
        began = time.monotonic()
        with watched() as load:
            time.sleep(seconds)
        after = screen.ask(STATS)
        elapsed = time.monotonic() - began
    grown = {key: sum(tile[key] for tile in after) - sum(tile[key] for tile in before) for key in COUNTED}
    latencies = [tile["latencyMs"] for tile in after if tile["latencyMs"] is not None]
    return {
        "tiles": len(after),
        "modes": sorted({tile["mode"] for tile in after}),
        "presented_a_second": round(grown["presented"] / elapsed, 1),
        "dropped": grown["dropped"],
        "stalls": grown["stalls"],
        "complete_ms": round(complete_ms),
        "own_latency_ms": round(sum(latencies) / len(latencies), 1) if latencies else None,
        "machine": load,
    }


COUNTED = ("presented", "dropped", "stalls")
FIRSTS = """
window.firsts = [];
document.addEventListener('tile-first', (event) => window.firsts.push(event.detail.first_ms));
"""
