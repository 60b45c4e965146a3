"""A Chromium for the benchmarks, the barcode read from what it shows, and small statistics."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

CHROMIUM = "/usr/bin/chromium"

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


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def open_page(browser: Browser, url: str, script: str = "") -> Page:
    """A page with the barcode reader in it; an error of its scripts is raised, not swallowed."""
    page = browser.new_page(viewport={"width": 1600, "height": 900})
    page.on("pageerror", _fail)
    page.add_init_script(READER + script)
    page.goto(url)
    return page


def clock_offset_ms(page: Page, questions: int = 60) -> float:
    """What to add to the page's clock to get this machine's: a browser's can be tens of milliseconds off."""
    best = (float("inf"), 0.0)
    for _ in range(questions):
        asked_ms = time.time() * 1000
        page_ms = float(page.evaluate("performance.timeOrigin + performance.now()"))
        answered_ms = time.time() * 1000
        best = min(best, (answered_ms - asked_ms, (asked_ms + answered_ms) / 2 - page_ms))
    return best[1]


def wait_until(page: Page, expression: str, timeout_s: float = 30) -> None:
    """Wait for an expression to be true; the page's policy forbids the waiting of Playwright itself."""
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        if time.monotonic() > deadline:
            raise TimeoutError(f"the page did not reach: {expression}")
        time.sleep(0.05)


def _fail(error: Any) -> None:
    raise RuntimeError(f"the page failed: {error}")


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
