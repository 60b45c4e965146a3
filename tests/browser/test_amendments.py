"""The regulation amended in a real browser: from matters of the register to the recorder's floor and the paper.

A school is started with its web plane, a recorder and a simulated camera, and nothing is done but by its pages.
"""

from __future__ import annotations

import time
import tomllib
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyotp
import pytest

from integration.running import running
from unit.web.documents.pdf_text import fonts, text

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build/screenshots"
PASSWORD = "nang-mai-2022"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
LOOKS = [("desktop", "vi", "light"), ("phone", "en", "dark")]
WAIT_S = 60

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


class School:
    """The running demonstration, and the browsers of its people."""

    def __init__(self, chromium: Any, url: str, data: Path, on_watch: str) -> None:
        self._chromium, self.url, self._data, self.on_watch = chromium, url, data, on_watch
        self.people: dict[str, Any] = {}

    def page(self, username: str) -> Any:
        """The page of a person who is signed in."""
        if username not in self.people:
            context = self._chromium.new_context(base_url=self.url, viewport={"width": 1440, "height": 900})
            look(context, self.url, "en", "light")
            page = context.new_page()
            page.complaints = []
            page.on("pageerror", lambda error: page.complaints.append(str(error)))
            page.goto("/account/sign-in")
            page.fill("input[name=username]", username)
            page.fill("input[name=password]", PASSWORD)
            page.click("form.card button")
            page.wait_for_url(lambda url: "sign-in" not in url)
            self.people[username] = page
        return self.people[username]

    def floor_days(self) -> float:
        """How long the recorder promises to keep the camera's footage, as it says itself."""
        listen = tomllib.loads((self._data / "nangmai.toml").read_text("utf-8"))["recorder"]["listen"]
        with urllib.request.urlopen(f"http://{listen}/metrics", timeout=10) as answer:
            figures = answer.read().decode()
        (line,) = [line for line in figures.splitlines() if line.startswith("nangmai_retention_floor_days{")]
        return float(line.rpartition(" ")[2])

    def wait_for_floor(self, days: float) -> None:
        """Until the recorder has heard of it."""
        deadline = time.monotonic() + WAIT_S
        while self.floor_days() != days:
            assert time.monotonic() < deadline, self.floor_days()
            time.sleep(0.2)


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    folder = tmp_path_factory.mktemp("demo")
    with (
        running("demo", "--cameras", "1", "--no-history", "--port", "0", "--data", "data", cwd=folder) as demo,
        playwright.sync_playwright() as driver,
    ):
        url = demo.wait_for("http://127.0.0.1:").strip().rstrip("/")
        demo.wait_for("Ctrl-C stops everything")
        on_watch = demo.wait_for("đang trực").split()[0]
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield School(browser, url, folder / "data", on_watch)
        browser.close()


def look(context: Any, address: str, language: str, theme: str) -> None:
    """Set language and theme."""
    values = {"nangmai_language": language, "nangmai_theme": theme}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in values.items()])


def photograph(page: Any, name: str) -> None:
    page.evaluate("document.fonts.ready")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def press(page: Any, words: str) -> None:
    page.click(f"main button:has-text('{words}') >> nth=-1")
    page.wait_for_load_state()


def tell(page: Any, path: str, words: str, **fields: str) -> None:
    """Fill in a form and send it."""
    page.goto(path)
    for name, value in fields.items():
        page.fill(f"main [name={name}]", value)
    press(page, words)


def ticket(page: Any, minutes: int) -> dict[str, Any]:
    """Ask for a replay of the last minutes, as the player does."""
    page.goto("/cameras/")
    return page.evaluate(  # type: ignore[no-any-return]
        """async (minutes) => {
            const now = Date.now() * 1000
            const token = document.querySelector('meta[name=csrf-token]').content
            const answer = await fetch('/footage/ticket', {
                method: 'POST',
                headers: {'X-CSRFToken': token, 'Content-Type': 'application/json'},
                body: JSON.stringify({right: 'replay', recorder: 'nvr-1', cameras: ['cam-01'],
                                      from_us: now - minutes * 60e6, to_us: now}),
            })
            return {status: answer.status, asked_us: now, ...(await answer.json())}
        }""",
        minutes,
    )


def reach_minutes(given: dict[str, Any]) -> int:
    return round((given["asked_us"] - given["from_us"]) / 60e6)


def recorder_answers(page: Any, given: dict[str, Any]) -> int:
    """What the recorder says to the ticket."""
    path = f"/recorders/nvr-1/playback/cam-01/main/index?from={given['from_us']}&to={given['to_us']}"
    return page.evaluate(  # type: ignore[no-any-return]
        """async ([path, token]) =>
            (await fetch(path, {headers: {Authorization: `Bearer ${token}`}})).status""",
        [path, given["ticket"]],
    )


def test_a_matter_of_the_register_becomes_a_draft(school: School) -> None:
    guard, head, principal = school.page(school.on_watch), school.page("totruongbaove"), school.page("hieutruong")
    tell(
        guard,
        "/matters/file",
        "Enter in the register",
        text="Phụ huynh hỏi về việc xảy ra 25 ngày trước, dữ liệu đã bị xóa.",
    )
    matter = guard.url.rpartition("/")[2]
    topic = "Lưu trữ 30 ngày, xem lại nhanh 10 phút"
    tell(head, f"/matters/{matter}/collect", "Collect", topic=topic, note="Ba lần trong học kỳ.")
    head.goto("/matters/report")
    press(head, "Issue the report")
    principal.goto(f"/matters/{matter}/answer")
    principal.check("main [name=choice][value=amend]")
    principal.fill("main [name=reason]", "Đề nghị có lý.")
    press(principal, "Answer")

    principal.goto("/amendments/")
    photograph(principal, "amendments-waiting")
    principal.click("a:has-text('Begin an amendment') >> nth=-1")
    assert principal.input_value("[name=title]") == topic
    assert principal.is_checked("[name=matters]")
    assert "was meant until 31/05/2023" in principal.inner_text("main")
    photograph(principal, "amendment-begin")
    press(principal, "Begin the draft")
    principal.wait_for_url("**/parameters")


def test_a_draft_below_the_law_is_refused_with_the_rule(school: School) -> None:
    page = school.page("hieutruong")
    page.goto("/amendments/1/parameters")
    page.fill("[name=complaint_window_days]", "20")
    press(page, "Change the draft")
    assert "complaints_keep_their_evidence" in page.inner_text("main")
    assert not page.is_visible("button:has-text('Ask for opinions')")
    photograph(page, "amendment-below-the-law")
    press(page, "Undo the last change")
    page.goto("/amendments/1")
    assert "complaints_keep_their_evidence" not in page.inner_text("main")


def test_a_clause_is_added_and_taken_out_again(school: School) -> None:
    page = school.page("hieutruong")
    page.goto("/amendments/1/text")
    page.click("a[href$='/articles/%C4%907/clauses']")
    page.fill("[name=vi]", "Tổ bảo vệ kiểm tra camera đầu mỗi ca.")
    page.fill("[name=en]", "The security team checks the cameras when a shift begins.")
    press(page, "Change the draft")
    page.click("a:has-text('Remove the clause')")
    assert "The security team checks the cameras" in page.inner_text("main")
    photograph(page, "amendment-remove")
    press(page, "Remove from the draft")
    assert "The security team checks the cameras" not in page.inner_text("main")


def test_the_effects_stand_before_the_signature(school: School) -> None:
    page = school.page("hieutruong")
    page.goto("/amendments/1/parameters")
    page.fill("[name=retention_min_days]", "30")
    page.fill("[name=replay_minutes]", "10")
    press(page, "Change the draft")
    told = page.inner_text("main")
    assert "Footage is kept at least: 20 days → 30 days" in told
    assert "Replay window: 30 minutes → 10 minutes" in told
    assert page.complaints == []


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_the_pages_of_a_draft_are_photographed_and_fit(school: School, size: str, language: str, theme: str) -> None:
    page = school.page("hieutruong")
    look(page.context, school.url, language, theme)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    shown = {
        "list": "",
        "begin": "begin",
        "effect": "1",
        "parameters": "1/parameters",
        "text": "1/text",
        "article": "1/articles/Đ7",
        "clause": "1/clauses/Đ7.1",
        "norm": "1/clauses/Đ7.1/norm",
        "new-clause": "1/articles/Đ7/clauses",
        "new-article": "1/articles",
        "matters": "1/matters",
        "bases": "1/bases",
    }
    for name, path in shown.items():
        page.goto(f"/amendments/{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        photograph(page, f"amendment-{name}-{size}-{language}-{theme}")
    look(page.context, school.url, "en", "light")
    page.set_viewport_size({"width": 1440, "height": 900})


def test_the_signature_raises_the_floor_and_asks_everybody_again(school: School) -> None:
    guard, page = school.page(school.on_watch), school.page("hieutruong")
    guard.goto("/")
    if "/purpose" in guard.url:
        guard.check("[name=purpose] >> nth=0")
        press(guard, "Go on")
    before = ticket(guard, 60)
    assert reach_minutes(before) == 30
    assert recorder_answers(guard, before) == 200
    school.wait_for_floor(20)

    page.goto("/amendments/1")
    press(page, "Ask for opinions")
    press(page, "Lay it before who signs")
    page.click("a:has-text('Sign and put in force')")
    prove(page)
    page.wait_for_url("**/sign")
    assert "Replay window: 30 minutes → 10 minutes" in page.inner_text("main")
    photograph(page, "amendment-sign")
    press(page, "Sign and put in force")
    assert "0 of" in page.inner_text("main")
    photograph(page, "amendment-signed")

    school.wait_for_floor(30)
    deadline = time.monotonic() + WAIT_S
    while recorder_answers(guard, before) == 200:
        assert time.monotonic() < deadline, "the ticket of the old version still opens footage"
        time.sleep(0.2)
    assert ticket(guard, 60)["error"] == "text_not_acknowledged"
    guard.goto("/regulation/acknowledge")
    photograph(guard, "amendment-acknowledge")
    guard.check("[name=read]")
    press(guard, "Sign")
    assert reach_minutes(ticket(guard, 60)) == 10
    page.goto("/amendments/1")
    assert "1 of" in page.inner_text("main")


def test_what_was_done_before_stands_under_the_old_version(school: School) -> None:
    page = school.page("hieutruong")
    page.goto("/regulation/versions")
    hrefs = page.eval_on_selector_all("main a[href*='/regulation/versions/']", "all => all.map(one => one.href)")
    told = {}
    for href in dict.fromkeys(hrefs):
        page.goto(href)
        told[href.rpartition("/")[2]] = page.inner_text("main")
    new, old = ("the last 10 minutes", "the last 30 minutes")
    assert sorted(new in text for text in told.values()) == [False, True]
    assert sorted(old in text for text in told.values()) == [False, True]
    (old_hash,) = [sha256 for sha256, text in told.items() if old in text]
    (new_hash,) = set(told) - {old_hash}
    page.goto("/ledger/?act=ticket.issued")
    entries = page.eval_on_selector_all("main tbody a", "all => all.map(one => one.href)")
    said = []
    for href in dict.fromkeys(one for one in entries if one.rpartition("/")[2].isdigit()):
        page.goto(href)
        said.append(page.content())
    assert any(old_hash in one for one in said)
    assert any(new_hash in one for one in said)


def test_the_decision_is_printed(school: School) -> None:
    page = school.page("hieutruong")
    page.goto("/amendments/1")
    number = page.inner_text("main section.card strong >> nth=0")
    for name in ("The signed decision", "The comparison on paper"):
        page.goto("/amendments/1")
        page.click(f"a:has-text('{name}')")
        page.wait_for_load_state("networkidle")
        token = page.url.rpartition("/")[2]
        pdf = page.request.get(f"/documents/{token}/file.pdf").body()
        assert {font.partition("-")[0] for font in fonts(pdf)} == {"Tinos"}
        said = text(pdf)
        assert "30 ngày" in said
        if name == "The signed decision":
            assert number in said
            assert "139/QĐ-MNNM" in said
        pages = page.locator(".sheets img").count()
        for n in range(1, pages + 1):
            picture = page.request.get(f"/documents/{token}/pages/{n}.png")
            assert picture.ok
            (SCREENSHOTS / f"paper-{'decision' if 'decision' in name else 'comparison'}-{n}.png").write_bytes(
                picture.body()
            )
    page.goto("/matters/1")
    assert f"The version {number} settles it." in page.inner_text("main")


def prove(page: Any) -> None:
    """The password, then an authenticator app for the first time, and its code."""
    page.fill("input[name=password]", PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/account/factors?next=*")
    page.click("text=Add an authenticator app")
    app = pyotp.TOTP(page.inner_text("code.secret").replace(" ", ""))
    page.fill("[name=code]", app.now())
    photograph(page, "amendment-totp")
    press(page, "Add it")
    page.wait_for_url("**/account/recovery-codes")
    page.click("text=They are put away")
