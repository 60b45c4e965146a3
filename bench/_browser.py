"""A Chromium for the benchmarks, the barcode read from what it shows, and small statistics."""

from __future__ import annotations

import contextlib
import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, sync_playwright
from playwright.sync_api import Error as PlaywrightError

from bench._machine import below

CHROMIUM = "/usr/bin/chromium"
ANSWER_S = 30

#: Finds every picture on the page, and reads the number burnt into it (nangmai.simulator.barcode). A picture counts as
#: shown one refresh of 60 Hz after the callback in which it can be read: `expectedDisplayTime` of a picture that comes
#: from a track lies anywhere, even before the picture was received.
READER = """
(() => {
  const canvas = document.createElement('canvas');
  canvas.width = 256; canvas.height = 4;
  const context = canvas.getContext('2d', {willReadFrequently: true, alpha: false});
  window.readBarcode = (picture, width, height) => {
    context.drawImage(picture, 0, 0, width * 24 / 64, height / 36, 0, 0, 256, 4);
    const pixels = context.getImageData(0, 0, 256, 4).data;
    const levels = [];
    for (let cell = 0; cell < 24; cell++) {
      const from = Math.round((cell + 0.25) * 256 / 24), to = Math.round((cell + 0.75) * 256 / 24);
      let sum = 0;
      for (let x = from; x < to; x++) {
        for (const at of [(256 + x) * 4, (512 + x) * 4]) sum += pixels[at] + pixels[at + 1] + pixels[at + 2];
      }
      levels.push(sum / ((to - from) * 6));
    }
    const white = Math.min(levels[0], levels[23]), black = Math.max(levels[1], levels[22]);
    if (white - black < 60) return null;
    let value = 0;
    for (let cell = 2; cell < 22; cell++) value = value << 1 | (levels[cell] > (white + black) / 2 ? 1 : 0);
    const number = value >> 4;
    const check = (number >> 12 ^ number >> 8 & 15 ^ number >> 4 & 15 ^ number & 15 ^ 10) & 15;
    return (value & 15) === check ? number : null;
  };
  window.pictures = () => [...document.querySelector('video-wall, sync-player').shadowRoot.querySelectorAll('video')];
  window.seen = [];
  window.watchNumbers = () => {
    for (const video of window.pictures()) {
      const look = () => {
        const shownMs = performance.timeOrigin + performance.now() + 1000 / 60;
        const number = window.readBarcode(video, video.videoWidth, video.videoHeight);
        if (number !== null) window.seen.push([number, shownMs]);
        video.requestVideoFrameCallback(look);
      };
      video.requestVideoFrameCallback(look);
    }
  };
})()
"""


class BrowserHangs(RuntimeError):
    """The browser did not answer in time."""


class Screen:
    """A page with the barcode reader in it. Every question has a bound, and an error that names what was waited for."""

    def __init__(self, browser: Browser, url: str, script: str = "") -> None:
        self._faults: list[str] = []
        with _bounded(f"a page at {url}", ANSWER_S * 2):
            self._page = browser.new_page(viewport={"width": 1600, "height": 900})
            # Kept for the next question: what a handler raises comes out of some other call, or of none.
            self._page.on("pageerror", lambda error: self._faults.append(str(error)))
            self._page.on("crash", lambda _: self._faults.append("it crashed"))
            self._page.add_init_script(READER + script)
            self._page.goto(url)

    def ask(self, script: str, argument: Any = None, *, within_s: float = ANSWER_S) -> Any:
        """What a script gives; a promise counts when it is kept."""
        with _bounded(" ".join(script.split())[:120], within_s):
            answer = self._page.evaluate(script, argument)
        if self._faults:
            raise RuntimeError(f"the page failed: {self._faults[0]}")
        return answer

    def wait_until(self, expression: str, within_s: float = ANSWER_S) -> None:
        """Wait for an expression to be true; the page's policy forbids the waiting of Playwright itself."""
        deadline = time.monotonic() + within_s
        while not self.ask(expression):
            if time.monotonic() > deadline:
                raise TimeoutError(f"in {within_s:g} s the page did not reach: {expression}")
            time.sleep(0.05)

    def clock_offset_ms(self, questions: int = 60) -> float:
        """What to add to the page's clock to get this machine's: a browser's can be tens of milliseconds off."""
        best = (float("inf"), 0.0)
        for _ in range(questions):
            asked_ms = time.time() * 1000
            page_ms = float(self.ask("performance.timeOrigin + performance.now()"))
            answered_ms = time.time() * 1000
            best = min(best, (answered_ms - asked_ms, (asked_ms + answered_ms) / 2 - page_ms))
        return best[1]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"], timeout=60_000)
        try:
            yield browser
        finally:
            with _bounded("the browser to close", ANSWER_S):
                browser.close()


@contextmanager
def _bounded(awaited: str, within_s: float) -> Iterator[None]:
    """Playwright waits for a script for ever: a browser that takes too long is ended, and with it the wait."""
    ended = threading.Event()

    def end() -> None:
        ended.set()
        for pid, program in below(os.getpid()).items():
            if program.name == "chromium":
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    timer = threading.Timer(within_s, end)
    timer.start()
    try:
        yield
    except PlaywrightError as error:
        if ended.is_set():
            raise BrowserHangs(f"no answer from the browser within {within_s:g} s; waited for: {awaited}") from error
        raise
    finally:
        timer.cancel()


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Median, 95th percentile, count."""
    if not values:
        raise RuntimeError("nothing was measured")
    return {"p50": round(statistics.median(values), 1), "p95": round(percentile(values, 0.95), 1), "count": len(values)}


def at_most(measured: float, limit: float) -> dict[str, Any]:
    """A claim whose figure has to stay under its limit."""
    return {"limit": limit, "measured": round(measured, 2), "holds": measured <= limit}


def at_least(measured: float, limit: float) -> dict[str, Any]:
    """A claim whose figure has to reach its limit."""
    return {"limit": limit, "measured": round(measured, 2), "holds": measured >= limit}
