"""The pages in a real browser, with a real recorder behind them: they work, complain of nothing, and are photographed.

Pictures of every page in both themes and languages, desktop and phone, go to build/screenshots, to be looked at.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.running import running

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build/screenshots"
PASSWORD = "nang-mai-2022"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
#: every size with every language and every theme; NANGMAI_ALL_LOOKS=1 takes all eight together
LOOKS = [("desktop", "vi", "light"), ("desktop", "en", "dark"), ("phone", "vi", "dark"), ("phone", "en", "light")]
if os.environ.get("NANGMAI_ALL_LOOKS"):
    LOOKS = [(size, *look) for size in SIZES for look in itertools.product(("vi", "en"), ("light", "dark"))]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demonstration of four cameras."""
    folder = tmp_path_factory.mktemp("demo")
    with running("demo", "--cameras", "4", "--no-history", "--port", "0", "--data", "data", cwd=folder) as demo:
        url = demo.wait_for("http://127.0.0.1:").strip()
        demo.wait_for("Ctrl-C stops everything")
        yield url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """One browser for the module; it ends before any test that runs an event loop of its own."""
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """A page, and what the browser complained of while it was used."""

    def __init__(
        self, chromium: Any, address: str, *, size: str = "desktop", language: str = "vi", theme: str = "light"
    ) -> None:
        width, height = SIZES[size]
        self.address = address
        self.context = chromium.new_context(viewport={"width": width, "height": height}, has_touch=size == "phone")
        self.context.add_cookies(
            [
                {"name": "nangmai_language", "value": language, "url": address},
                {"name": "nangmai_theme", "value": theme, "url": address},
            ]
        )
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._hear(message.type, message.text))
        self.page.on("pageerror", lambda error: self._hear("error", str(error)))

    def _hear(self, kind: str, text: str) -> None:
        # A violation of the content security policy is told as an error on the console too.
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def go(self, path: str) -> Any:
        """Open an address of the site."""
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, username: str = "hieutruong", password: str = PASSWORD) -> Any:
        """Through the form."""
        self.go("/account/sign-in")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", password)
        self.page.click("form.card button")
        return self.page

    def photograph(self, name: str) -> None:
        """Wait for fonts, then take the picture."""
        self.page.evaluate("document.fonts.ready")
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


@pytest.fixture
def visit(chromium: Any, address: str) -> Iterator[Any]:
    """Opens visitors and closes them."""
    opened: list[Visitor] = []

    def open_visitor(**fields: str) -> Visitor:
        opened.append(Visitor(chromium, address, **fields))
        return opened[-1]

    yield open_visitor
    for visitor in opened:
        visitor.context.close()


def wait_for_pictures(page: Any, count: int) -> None:
    """Until so many tiles show a picture."""
    page.wait_for_function(
        """count => {
            const inside = root =>
                [...root.querySelectorAll("*")].flatMap(e => (e.shadowRoot ? [e, ...inside(e.shadowRoot)] : [e]));
            const tiles = inside(document).filter(e => e.localName === "camera-tile");
            return tiles.filter(e => e.dataset.state === "recording").length >= count;
        }""",
        arg=count,
        timeout=60_000,
    )


def test_a_wrong_password_is_explained_and_the_right_one_opens_the_wall(visit: Any) -> None:
    visitor = visit(language="en")
    page = visitor.sign_in(password="wrong")
    assert "do not fit" in page.inner_text("[role=alert]")
    visitor.complaints.clear()  # Chromium calls the status 401 an error
    page = visitor.sign_in()
    page.wait_for_url("**/watch")
    assert visitor.complaints == []


def test_the_language_switch_works_on_the_page_one_is_on(visit: Any) -> None:
    visitor = visit()
    visitor.sign_in().wait_for_url("**/watch")
    page = visitor.go("/cameras/?q=cam-01")
    assert page.inner_text("h1") == "Camera"
    page.click("button[name=language][value=en]")
    page.wait_for_load_state()
    assert page.inner_text("h1") == "Cameras"
    assert page.url.endswith("/cameras/?q=cam-01")


def test_the_theme_switch_changes_the_ground_at_once(visit: Any) -> None:
    visitor = visit()
    page = visitor.go("/account/sign-in")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    paper = page.evaluate(ground)
    page.click("button[name=theme][value=dark]")
    page.wait_for_load_state()
    assert page.evaluate(ground) != paper


def test_the_wall_moves_and_is_always_dark(visit: Any) -> None:
    visitor = visit(theme="light")
    page = visitor.sign_in()
    page.wait_for_url("**/watch")
    wait_for_pictures(page, 4)
    red, green, blue = map(
        int, re.findall(r"\d+", page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))[:3]
    )
    assert max(red, green, blue) < 60
    assert visitor.complaints == []


def test_review_plays_what_was_recorded(visit: Any) -> None:
    visitor = visit()
    visitor.sign_in().wait_for_url("**/watch")
    page = visitor.go("/watch/review?camera=nvr-1/cam-01&camera=nvr-1/cam-02")
    page.check("input[name=purpose][value=P1]")  # the regulation lets nobody play back without one
    page.click("form.card button")
    page.wait_for_url("**/watch/review?camera=*")
    page.wait_for_function(
        "() => document.querySelector('sync-player').shadowRoot?.querySelector('canvas, video') != null"
    )
    page.wait_for_timeout(3000)
    assert visitor.complaints == []


def test_the_cameras_list_finds_and_leads_to_a_camera(visit: Any) -> None:
    visitor = visit()
    visitor.sign_in().wait_for_url("**/watch")
    page = visitor.go("/cameras/")
    page.wait_for_selector("table.cameras")
    page.fill("input[type=search]", "cổng chính")
    page.press("input[type=search]", "Enter")
    page.click("text=Cổng chính")
    page.wait_for_url("**/cameras/nvr-1/cam-01")
    page.wait_for_selector("[data-completeness] .strip li", timeout=30_000)
    wait_for_pictures(page, 1)
    assert visitor.complaints == []


def test_a_page_that_is_not_permitted_names_the_clause(visit: Any) -> None:
    visitor = visit(language="en")
    visitor.sign_in("ketoan").wait_for_url("**/cameras/")
    page = visitor.go("/watch")
    assert page.inner_text(".clause") == "Đ9.2"
    assert "Ask the board" in page.inner_text("main")


def test_the_keyboard_alone_signs_in_and_reaches_the_content(visit: Any) -> None:
    visitor = visit()
    page = visitor.go("/account/sign-in")
    page.wait_for_function("() => document.activeElement.name === 'username'")
    page.keyboard.type("hieutruong")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/watch")
    page = visitor.go("/cameras/")
    page.keyboard.press("Tab")
    assert "skip" in page.evaluate("document.activeElement.className")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_nothing_is_wider_than_a_telephone(visit: Any) -> None:
    visitor = visit(size="phone")
    visitor.sign_in().wait_for_url("**/watch")
    # What stands in somebody's menu is looked at in test_work.
    for path in (
        "/account/sign-in",
        "/cameras/nvr-1/cam-01",
        "/regulation/acknowledge",
        "/directions/ask",
        "/ledger/0",
    ):
        page = visitor.go(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["phone"][0], path


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_every_page_is_photographed_and_complains_of_nothing(visit: Any, size: str, language: str, theme: str) -> None:
    visitor = visit(size=size, language=language, theme=theme)
    look = f"{size}-{language}-{theme}"
    page = visitor.go("/account/sign-in")
    visitor.photograph(f"sign-in-{look}")
    visitor.sign_in()
    page.wait_for_url("**/watch")
    wait_for_pictures(page, 4)
    page.wait_for_timeout(1500)
    visitor.photograph(f"wall-{look}")
    visitor.go("/cameras/")
    visitor.photograph(f"cameras-{look}")
    visitor.go("/cameras/nvr-1/cam-01")
    wait_for_pictures(page, 1)
    visitor.photograph(f"camera-{look}")
    page = visitor.go("/watch/review?camera=nvr-1/cam-01&camera=nvr-1/cam-02")
    page.check("input[name=purpose][value=P1]")
    visitor.photograph(f"purpose-{look}")
    page.click("form.card button")
    page.wait_for_timeout(2000)
    visitor.photograph(f"review-{look}")
    visitor.go("/footage/register")
    visitor.photograph(f"register-{look}")
    visitor.go("/account/")
    visitor.photograph(f"account-{look}")
    for path, name in (
        ("", "regulation"),
        ("matrix", "matrix"),
        ("versions", "versions"),
        ("acknowledge", "acknowledge"),
    ):
        visitor.go(f"/regulation/{path}")
        visitor.photograph(f"{name}-{look}")
    for path, name in (("", "directions"), ("ask", "ask")):
        visitor.go(f"/directions/{path}")
        visitor.photograph(f"{name}-{look}")
    for path, name in (("", "ledger"), ("0", "entry"), ("watched", "watched"), ("checkpoints", "checkpoints")):
        visitor.go(f"/ledger/{path}")
        visitor.photograph(f"{name}-{look}")
    assert visitor.complaints == []
