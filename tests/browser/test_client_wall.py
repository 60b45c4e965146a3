"""The live wall in a real browser, on a real recorder and simulated cameras."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from browser.client_page import Browser, Page, open_element, until
from browser.client_stage import Cameras, Pages, Stage, running_stage

pytestmark = pytest.mark.browser

WALL = "document.querySelector('video-wall')"
STATS = f"{WALL}.stats"


@pytest.fixture(scope="module")
def stage(pages: Pages) -> Iterator[Stage]:
    with running_stage(Cameras(count=5, has_sub=True, seconds=4), pages) as running:
        running.wait_recorded(3)
        yield running


@pytest.fixture
def page(browser: Browser, stage: Stage) -> Iterator[Page]:
    with open_element(browser, f"{stage.url}/wall?layout=4") as opened:
        until(opened, f"{STATS}?.length === 4 && {STATS}.every((tile) => tile.presented > 0)")
        yield opened


@pytest.mark.parametrize("player", ["webcodecs", "mse", "hls", "jpeg"])
def test_every_way_of_playing_shows_moving_pictures(browser: Browser, stage: Stage, player: str) -> None:
    with open_element(browser, f"{stage.url}/wall?layout=4&player={player}") as page:
        until(page, f"{STATS}?.length === 4 && {STATS}.every((tile) => tile.presented > 3)")
        assert {tile["player"] for tile in page.evaluate(STATS)} == {player}
        assert {tile["state"] for tile in page.evaluate(STATS)} == {"recording"}


def test_the_wall_shows_sub_streams_and_an_enlarged_tile_the_main_stream(page: Page) -> None:
    assert {tile["stream"] for tile in page.evaluate(STATS)} == {"sub"}
    page.keyboard.press("Tab")
    page.evaluate(f"{WALL}.shadowRoot.querySelector('camera-tile').focus()")
    page.keyboard.press("Enter")
    until(page, f"{STATS}[0].stream === 'main' && {STATS}[0].presented > 0")
    assert page.evaluate(f"{WALL}.enlarged") == "nvr-1/cam-01"
    page.keyboard.press("Escape")
    until(page, f"{STATS}.every((tile) => tile.stream === 'sub')")


def test_tiles_that_are_not_seen_are_not_fetched(page: Page) -> None:
    page.keyboard.press("1")
    until(page, f"{WALL}.layout === '1' && {STATS}.length === 1")
    running = f"[...{WALL}.shadowRoot.querySelectorAll('camera-tile')].filter((tile) => tile.figures.player).length"
    until(page, f"{running} === 1")


def test_arrows_move_the_choice_and_m_moves_the_camera(page: Page) -> None:
    page.evaluate(f"{WALL}.shadowRoot.querySelector('camera-tile').focus()")
    page.keyboard.press("ArrowRight")
    focused = f"{WALL}.shadowRoot.activeElement.dataset.camera"
    assert page.evaluate(focused) == "cam-02"
    page.keyboard.press("m")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    order = ["nvr-1/cam-01", "nvr-1/cam-04", "nvr-1/cam-03", "nvr-1/cam-02", "nvr-1/cam-05"]
    assert page.evaluate(f"{WALL}.order") == order
    page.reload()
    until(page, f"{STATS}?.length === 4")
    assert page.evaluate(f"{WALL}.order") == order, "the placement is kept"


def test_a_tile_is_dragged_onto_another(page: Page) -> None:
    page.evaluate("localStorage.clear()")
    page.reload()
    until(page, f"{STATS}?.length === 4 && {STATS}.every((tile) => tile.presented > 0)")
    boxes = [page.locator(f"camera-tile[data-camera=cam-0{number}]").bounding_box() for number in (1, 4)]
    (x1, y1), (x2, y2) = ((box["x"] + 60, box["y"] + 60) for box in boxes if box is not None)
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move(x2, y2, steps=5)
    page.mouse.up()
    assert page.evaluate(f"{WALL}.order")[:4] == ["nvr-1/cam-04", "nvr-1/cam-02", "nvr-1/cam-03", "nvr-1/cam-01"]


def test_pages_are_turned_when_there_are_more_cameras_than_places(page: Page) -> None:
    assert page.locator("video-wall").get_by_text("Page 1 of 2").is_visible()
    page.keyboard.press("PageDown")
    until(page, f"{STATS}.length === 1 && {STATS}[0].presented > 0")


def test_rows_and_columns_that_would_hold_nothing_are_not_drawn(page: Page) -> None:
    shape = f"""(() => {{
      const grid = {WALL}.shadowRoot.querySelector('.grid');
      const lines = (text) => text.split(' ').length;
      const {{gridTemplateColumns, gridTemplateRows}} = getComputedStyle(grid);
      return [lines(gridTemplateColumns), lines(gridTemplateRows), grid.querySelectorAll('.place').length];
    }})()"""
    for key in ("4", "5"):  # 16 and 25 places, five cameras
        page.keyboard.press(key)
        assert page.evaluate(shape) == [3, 2, 1]
    page.set_viewport_size({"width": 390, "height": 844})
    until(page, f"JSON.stringify({shape}) === '[2,3,1]'")


def test_a_tile_dropped_on_the_empty_place_goes_behind_all_others(page: Page) -> None:
    page.evaluate("localStorage.clear()")
    page.reload()
    until(page, f"{STATS}?.length === 4 && {STATS}.every((tile) => tile.presented > 0)")
    page.keyboard.press("3")
    boxes = [page.locator(place).bounding_box() for place in ("camera-tile[data-camera=cam-02]", ".place")]
    (x1, y1), (x2, y2) = ((box["x"] + 60, box["y"] + 60) for box in boxes if box is not None)
    page.mouse.move(x1, y1)
    page.mouse.down()
    page.mouse.move(x2, y2, steps=5)
    page.mouse.up()
    assert page.evaluate(f"{WALL}.order") == [f"nvr-1/cam-0{number}" for number in (1, 3, 4, 5, 2)]


def test_the_keys_are_listed_and_the_list_keeps_them_to_itself(page: Page) -> None:
    page.keyboard.press("?")
    sheet = page.locator("dialog.keys-sheet")
    assert sheet.is_visible()
    assert "Replay 30 s" in sheet.inner_text()
    page.keyboard.press("1")
    assert page.evaluate(f"{WALL}.layout") == "4"
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")


def test_a_finger_taps_once_to_enlarge_and_finds_the_way_back(browser: Browser, stage: Stage) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    try:
        page = context.new_page()
        page.goto(f"{stage.url}/wall?layout=4")
        until(page, f"{STATS}?.length === 4 && {STATS}.every((tile) => tile.presented > 0)")
        page.locator("camera-tile[data-camera=cam-02]").tap()
        until(page, f"{WALL}.enlarged === 'nvr-1/cam-02'")
        page.get_by_role("button", name="Back to the wall").tap()
        until(page, f"{WALL}.enlarged === null")
    finally:
        context.close()


def test_replay_leads_to_the_review_of_half_a_minute_ago(page: Page) -> None:
    asked = page.evaluate(
        f"""new Promise((resolve) => {{
          {WALL}.addEventListener('wall-replay', (event) => {{ event.preventDefault(); resolve(event.detail.url); }});
          {WALL}.replay('nvr-1/cam-03');
        }})"""
    )
    assert "/review?camera=nvr-1%2Fcam-03&at=" in asked
    at_us = int(asked.rpartition("=")[2])
    assert abs(time.time_ns() // 1000 - at_us - 30_000_000) < 5_000_000


def test_the_wall_says_that_the_recorder_is_gone_and_comes_back_by_itself(page: Page, stage: Stage) -> None:
    stage.recorder.stop()
    try:
        until(page, f"{STATS}.every((tile) => tile.state === 'lost')")
        plate = page.locator("camera-tile[data-camera=cam-01] .plate").inner_text()
        assert "No connection to the recorder" in plate
        assert "since " in plate
    finally:
        stage.recorder.start()
    before: list[dict[str, Any]] = page.evaluate(STATS)
    until(page, f"{STATS}.every((tile) => tile.state === 'recording')", 40)
    until(page, f"{STATS}[0].presented > {before[0]['presented']} + 20")


def test_a_refusal_is_told_on_the_tile_with_the_words_of_the_server(
    browser: Browser, stage: Stage, pages: Pages
) -> None:
    pages.refuse = "denied"
    try:
        with open_element(browser, f"{stage.url}/wall?layout=1") as page:
            until(page, f"{STATS}?.[0]?.state === 'denied'")
            text = page.locator("camera-tile[data-camera=cam-01] .plate").inner_text()
            assert "Not permitted: a test says so." in text
    finally:
        pages.refuse = None


def test_one_ticket_serves_the_whole_wall(browser: Browser, stage: Stage, pages: Pages) -> None:
    pages.tickets.clear()
    with open_element(browser, f"{stage.url}/wall?layout=4") as page:
        until(page, f"{STATS}?.length === 4 && {STATS}.every((tile) => tile.presented > 0)")
    assert [(ticket["right"], len(ticket["cameras"])) for ticket in pages.tickets] == [("live", 5)]
