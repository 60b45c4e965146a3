"""A Chromium page with one of the client's elements in it."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

__all__ = ["Browser", "Page", "chromium", "open_element", "until"]

CHROMIUM = os.environ.get("NANGMAI_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The machine's Chromium, headless; tests are skipped where it has none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield running
        finally:
            running.close()


@contextmanager
def open_element(browser: Browser, url: str) -> Iterator[Page]:
    """The page; an exception in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(url)
    try:
        yield page
        assert errors == []
    finally:
        context.close()


def until(page: Page, expression: str, timeout_s: float = 20) -> None:
    """Wait for an expression; the page's content policy forbids Playwright's own waiting."""
    deadline = time.monotonic() + timeout_s
    while not page.evaluate(expression):
        assert time.monotonic() < deadline, f"the page did not reach: {expression}"
        time.sleep(0.05)
