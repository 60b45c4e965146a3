"""The review player in a real browser, on a real archive. What is shown is told by the picture's own time."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest

from browser.client_page import Browser, Page, open_element, until
from browser.client_stage import Cameras, Pages, Stage, running_stage

pytestmark = pytest.mark.browser

PLAYER = "document.querySelector('sync-player')"
SHOWN = f"{PLAYER}.moments.map((moment) => moment.shownUs)"
FPS = 10
PICTURE_US = 1_000_000 // FPS
BORDER_US = 3000  #: what the player leaves between a moment and the pictures beside it
SECOND_US = 1_000_000


@pytest.fixture(scope="module")
def stage(pages: Pages) -> Iterator[Stage]:
    """Half a minute of footage with a hole of some seconds in it, in which the recorder was off."""
    with running_stage(Cameras(count=3, fps=FPS, gop_seconds=2.0, seconds=4, size="320x180"), pages) as running:
        running.wait_recorded(8)
        running.recorder.stop()
        running.recorder.start()
        first_us, last_us = running.wait_recorded(16)
        running.period_us = (first_us, last_us)  # type: ignore[attr-defined]
        yield running


@pytest.fixture(scope="module")
def begin_us(stage: Stage) -> int:
    return int(stage.period_us[0])  # type: ignore[attr-defined]


def review(browser: Browser, stage: Stage, at_us: int, cameras: int = 1, more: str = "") -> Any:
    chosen = "&".join(f"camera=nvr-1/{camera}" for camera in stage.ids[:cameras])
    return open_element(browser, f"{stage.url}/review?{chosen}&at={at_us}{more}")


@pytest.fixture
def page(browser: Browser, stage: Stage, begin_us: int) -> Iterator[Page]:
    with review(browser, stage, begin_us + 2 * SECOND_US) as opened:
        until(opened, f"{PLAYER}?.moments?.[0]?.shownUs > 0")
        opened.evaluate(f"{PLAYER}.pause()")
        yield opened


def seek(page: Page, us: int) -> list[int]:
    """Seek, wait until it is shown; the times of the pictures."""
    shown: list[int] = page.evaluate(
        f"""(us) => new Promise((resolve, reject) => {{
          setTimeout(() => reject(new Error('not shown ' + JSON.stringify({PLAYER}.moments))), 15000);
          {PLAYER}.addEventListener('player-shown', () => resolve({SHOWN}), {{once: true}});
          {PLAYER}.seek(us);
        }})""",
        us,
    )
    return shown


def test_playback_begins_by_itself_where_the_address_says(browser: Browser, stage: Stage, begin_us: int) -> None:
    with review(browser, stage, begin_us + 3 * SECOND_US) as page:
        until(page, f"{PLAYER}?.moments?.[0]?.shownUs > {begin_us + 4 * SECOND_US}")
        assert page.evaluate(f"{PLAYER}.isPlaying")
        assert page.evaluate(SHOWN)[0] < begin_us + 12 * SECOND_US


@pytest.mark.parametrize("player", ["webcodecs", "mse"])
def test_a_seek_shows_exactly_the_picture_of_the_moment(
    browser: Browser, stage: Stage, begin_us: int, player: str
) -> None:
    with review(browser, stage, begin_us + SECOND_US, more=f"&player={player}") as page:
        until(page, f"{PLAYER}?.moments?.[0]?.shownUs > 0")
        page.evaluate(f"{PLAYER}.pause()")
        for tenth in (52, 7, 33, 34, 61, 12):
            us = begin_us + tenth * PICTURE_US + 37_000
            [shown] = seek(page, us)
            assert -BORDER_US <= us - shown < PICTURE_US + BORDER_US


def test_arrows_step_one_picture_forward_and_back_over_the_edges_of_gops(page: Page, begin_us: int) -> None:
    [start] = seek(page, begin_us + 3 * SECOND_US + 50_000)
    times = [start]
    for key in ["ArrowRight"] * 14 + ["ArrowLeft"] * 30:
        page.keyboard.press(key)
        until(page, f"{SHOWN}[0] !== {times[-1]}")
        times.append(page.evaluate(SHOWN)[0])
    steps = [second - first for first, second in itertools.pairwise(times)]
    assert all(abs(step - PICTURE_US) < 5000 for step in steps[:14])
    assert all(abs(step + PICTURE_US) < 5000 for step in steps[14:])
    assert abs(times[28] - start) < 5000


def test_three_cameras_show_the_same_moment_and_stay_together(browser: Browser, stage: Stage, begin_us: int) -> None:
    with review(browser, stage, begin_us + 2 * SECOND_US, cameras=3) as page:
        until(page, f"{PLAYER}?.moments?.length === 3 && {SHOWN}.every((us) => us > 0)")
        page.evaluate(f"{PLAYER}.pause()")
        us = begin_us + 5 * SECOND_US
        shown = seek(page, us)
        assert all(-BORDER_US <= us - one < PICTURE_US + BORDER_US for one in shown)
        page.evaluate(f"{PLAYER}.play()")
        until(page, f"{SHOWN}.every((shown) => shown > {us + SECOND_US})")
        shown = page.evaluate(SHOWN)
        assert max(shown) - min(shown) < 300_000


@pytest.mark.parametrize("player", ["webcodecs", "mse"])
@pytest.mark.parametrize("cameras", [1, 3])
def test_dragging_shows_key_pictures_and_letting_go_the_exact_one(
    browser: Browser, stage: Stage, begin_us: int, player: str, cameras: int
) -> None:
    with review(browser, stage, begin_us + SECOND_US, cameras, f"&player={player}") as page:
        until(page, f"{PLAYER}?.moments?.length === {cameras} && {SHOWN}.every((us) => us > 0)")
        page.evaluate(f"{PLAYER}.pause()")
        for tenth in range(0, 60, 3):
            page.evaluate(f"{PLAYER}.scrub({begin_us + tenth * PICTURE_US})")
            page.wait_for_timeout(30)
        until(page, f"{PLAYER}.scrubShown >= 3")
        us = begin_us + 45 * PICTURE_US + 50_000
        page.evaluate(f"{PLAYER}.scrub({us}); {PLAYER}.endScrub()")
        until(page, f"{SHOWN}.every((shown) => {us} - shown >= 0 && {us} - shown < {PICTURE_US + 2000})")


def test_a_gap_is_stepped_over_and_said(page: Page, stage: Stage, begin_us: int) -> None:
    _, last_us = stage.period_us  # type: ignore[attr-defined]
    answer = stage.get_json(f"/playback/cam-01/main/index?from={begin_us}&to={last_us}")
    gap = max(answer["gaps"], key=lambda gap: gap["end_us"] - gap["start_us"])
    page.evaluate(
        f"{PLAYER}.addEventListener('player-skipped', (event) => document.title = event.detail.cause, {{once: true}})"
    )
    seek(page, gap["start_us"] - SECOND_US)
    page.evaluate(f"{PLAYER}.play()")
    until(page, f"{SHOWN}[0] >= {gap['end_us'] - 200_000}")
    assert page.title() == gap["cause"]
    assert "without footage" in page.locator(".notice").inner_text()


@pytest.mark.parametrize(("speed", "seconds"), [(4, 4), (8, 4), (-2, 2)])
def test_other_speeds_move_time_as_fast_as_they_say(page: Page, begin_us: int, speed: float, seconds: float) -> None:
    start_us = begin_us + (SECOND_US if speed > 0 else 6 * SECOND_US)
    seek(page, start_us)
    page.evaluate(f"{PLAYER}.setSpeed({speed}); {PLAYER}.play()")
    goal_us = start_us + (1 if speed > 0 else -1) * seconds * SECOND_US
    until(page, f"{PLAYER}.currentUs {'>' if speed > 0 else '<'} {goal_us}")
    compare = f"> {start_us + SECOND_US}" if speed > 0 else f"< {start_us}"
    until(page, f"{SHOWN}[0] {compare}")


def test_keys_play_pause_mark_and_choose_how_many(page: Page, begin_us: int) -> None:
    seek(page, begin_us + 2 * SECOND_US)
    page.keyboard.press("i")
    page.keyboard.press("Space")
    until(page, f"{PLAYER}.currentUs > {begin_us + 3 * SECOND_US}")
    page.keyboard.press("k")
    assert not page.evaluate(f"{PLAYER}.isPlaying")
    page.keyboard.press("o")
    marks = page.evaluate(f"{PLAYER}.marks")
    assert marks["inUs"] < marks["outUs"]
    page.keyboard.press("3")
    until(page, f"{PLAYER}.moments.length === 3 && {SHOWN}.every((us) => us > 0)")
    page.keyboard.press("l")
    page.keyboard.press("l")
    assert page.evaluate(f"{PLAYER}.speed") == 2


def test_a_marked_range_is_looped_zoomed_to_copied_and_cleared(page: Page, begin_us: int) -> None:
    bar = page.locator(".range")
    assert bar.is_hidden()
    first, last = begin_us + 2 * SECOND_US, begin_us + 4 * SECOND_US
    seek(page, first)
    page.keyboard.press("i")
    assert "mark the end" in bar.inner_text()
    seek(page, last)
    page.keyboard.press("o")
    assert "(0:02)" in bar.inner_text()
    assert "extraction order" in bar.inner_text(), "what is not possible yet is said, not hidden"
    bar.get_by_text("Zoom to it").click()
    view = page.evaluate(f"{PLAYER}.timeline.view")
    assert view["fromUs"] < first < last < view["toUs"]
    assert view["toUs"] - view["fromUs"] < 4 * SECOND_US
    bar.get_by_text("Loop").click()
    page.evaluate(f"globalThis.loops = 0; {PLAYER}.addEventListener('player-shown', () => loops++); {PLAYER}.play()")
    until(page, "loops >= 2")
    assert first <= page.evaluate(f"{PLAYER}.currentUs") <= last + 300_000
    bar.get_by_text("Copy its address").click()
    assert f"in={first}&out={last}" in page.evaluate("location.search")
    bar.get_by_text("Remove the marks").click()
    assert bar.is_hidden()
    assert "in=" not in page.evaluate("location.search")


def test_an_address_with_a_range_opens_it_marked_at_its_beginning(
    browser: Browser, stage: Stage, begin_us: int
) -> None:
    first, last = begin_us + 3 * SECOND_US, begin_us + 6 * SECOND_US
    with review(browser, stage, first, more=f"&in={first}&out={last}") as page:
        until(page, f"{PLAYER}?.marks?.outUs === {last}")
        assert "(0:03)" in page.locator(".range").inner_text()


def test_a_single_row_uses_the_room_there_is(page: Page) -> None:
    one = page.locator("time-line canvas").bounding_box()
    page.keyboard.press("3")
    until(page, f"{PLAYER}.moments.length === 3")
    three = page.locator("time-line canvas").bounding_box()
    assert one is not None
    assert three is not None
    assert one["height"] > 90
    assert three["height"] < 3 * one["height"]


def test_the_wheel_zooms_around_the_pointer_and_a_click_seeks(page: Page, begin_us: int) -> None:
    canvas = page.locator("time-line canvas")
    box = canvas.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] * 0.6, box["y"] + 40
    at = f"(() => {{ const {{fromUs, toUs}} = {PLAYER}.timeline.view; return fromUs + (toUs - fromUs) * 0.6; }})()"
    before_us = page.evaluate(at)
    page.mouse.move(x, y)
    for _ in range(8):
        page.mouse.wheel(0, -200)
    until(page, f"{PLAYER}.timeline.view.toUs - {PLAYER}.timeline.view.fromUs < {300 * SECOND_US}")
    assert abs(page.evaluate(at) - before_us) < SECOND_US
    page.evaluate(f"{PLAYER}.timeline.reveal({begin_us})")
    view = page.evaluate(f"{PLAYER}.timeline.view")
    share = (begin_us + 4 * SECOND_US - view["fromUs"]) / (view["toUs"] - view["fromUs"])
    page.mouse.click(box["x"] + box["width"] * share, y)
    until(page, f"Math.abs({SHOWN}[0] - {begin_us + 4 * SECOND_US}) < {SECOND_US}")


def test_the_timeline_says_in_words_what_it_draws(page: Page) -> None:
    until(page, f"{PLAYER}.timeline.shadowRoot.querySelectorAll('li').length >= 3")
    text = page.evaluate(f"{PLAYER}.timeline.shadowRoot.querySelector('section').textContent")
    assert "recorded " in text
    assert "missing " in text


def test_the_viewer_is_written_over_the_picture_and_a_snapshot_needs_its_right(
    browser: Browser, stage: Stage, begin_us: int, page: Page
) -> None:
    assert "Nguyễn Văn Bảo" in page.locator(".camera .watermark").inner_text()
    assert page.get_by_label("Save this picture").count() == 0
    with review(browser, stage, begin_us + SECOND_US, more="&export=1") as allowed:
        until(allowed, f"{PLAYER}?.moments?.[0]?.shownUs > 0")
        with allowed.expect_download() as download:
            allowed.get_by_label("Save this picture").click()
        assert download.value.suggested_filename.startswith("cam-01-")


def test_a_refusal_is_told_with_its_clause(browser: Browser, stage: Stage, pages: Pages, begin_us: int) -> None:
    pages.refuse = "denied"
    try:
        with review(browser, stage, begin_us + SECOND_US) as page:
            until(page, f"{PLAYER}?.shadowRoot?.querySelector('.camera[data-empty]')?.textContent.includes('Đ4.2')")
    finally:
        pages.refuse = None
