"""A passkey in a real browser with a virtual authenticator: enrolled, used to step up, and an assignment is signed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from integration.running import running

playwright = pytest.importorskip("playwright.sync_api")

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
SCREENSHOTS = Path(__file__).resolve().parents[2] / "build/screenshots"
PASSWORD = "nang-mai-2022"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
#: every size with every language and every theme
LOOKS = [("desktop", "vi", "light"), ("desktop", "en", "dark"), ("phone", "vi", "dark"), ("phone", "en", "light")]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no Chromium on this machine"),
]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A demonstration of one camera, under the name that browsers give passkeys to."""
    folder = tmp_path_factory.mktemp("demo")
    with running("demo", "--cameras", "1", "--no-history", "--port", "0", "--data", "data", cwd=folder) as demo:
        url = demo.wait_for("http://127.0.0.1:").strip()
        demo.wait_for("Ctrl-C stops everything")
        yield url.replace("127.0.0.1", "localhost").rstrip("/")


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def principal(chromium: Any, address: str) -> Iterator[Any]:
    """The principal's browser, with an authenticator that says yes to everything, signed in; and its complaints."""
    context = chromium.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda told: page.complaints.append(told.text) if told.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    page.goto("/account/sign-in")
    page.fill("input[name=username]", "hieutruong")
    page.fill("input[name=password]", PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/watch")
    look(context, address, "en", "light")
    yield page
    context.close()


def look(context: Any, address: str, language: str, theme: str) -> None:
    """Set language and theme."""
    values = {"nangmai_language": language, "nangmai_theme": theme}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in values.items()])


def photograph(page: Any, name: str) -> None:
    page.evaluate("document.fonts.ready")
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def person_address(page: Any, name: str) -> str:
    page.goto("/people/")
    return str(page.get_attribute(f"th a:text-is('{name}')", "href"))


def test_the_first_signature_leads_over_password_and_passkey_to_the_form(principal: Any) -> None:
    page = principal
    path = person_address(page, "Phạm Đức Long") + "/assign"
    page.goto(path)
    photograph(page, "step-up-password")
    page.fill("input[name=password]", PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/account/factors?next=*")
    photograph(page, "add-factor")
    page.click("text=Add a passkey")
    page.fill("input[name=label]", "Máy tính phòng hiệu trưởng")
    page.click("text=Make the passkey")
    page.wait_for_url("**/account/recovery-codes")
    assert page.locator(".codes li").count() == 10
    photograph(page, "recovery-codes")
    page.click("text=They are put away")
    page.wait_for_url(f"**{path}")
    page.select_option("select[name=role]", "it_officer")
    page.fill("input[name=document]", "12/QĐ-MNNM")
    photograph(page, "assign")
    page.click("button:has-text('Sign'):visible >> nth=-1")
    page.wait_for_selector(".notice-success")
    assert "12/QĐ-MNNM" in page.inner_text("main")
    assert page.complaints == []


def test_a_passkey_steps_up_in_a_new_session(principal: Any) -> None:
    page = principal
    path = person_address(page, "Đỗ Thị Lan") + "/assign"
    page.context.clear_cookies(name="nangmai_session")
    page.goto("/account/sign-in")
    page.fill("input[name=username]", "hieutruong")
    page.fill("input[name=password]", PASSWORD)
    page.click("form.card button")
    page.wait_for_url("**/watch")
    page.goto(path)
    photograph(page, "step-up-passkey")
    page.click("text=Use a passkey")
    page.wait_for_url(f"**{path}")
    assert page.locator("select[name=role]").count() == 1
    page.goto("/account/")
    assert "Máy tính phòng hiệu trưởng" in page.inner_text("main")


def test_a_refused_passkey_is_explained(principal: Any) -> None:
    page = principal
    page.goto("/account/passkeys/new")  # the authenticator knows this account already, and says so
    page.fill("input[name=label]", "x")
    page.click("text=Make the passkey")
    page.wait_for_selector("[data-passkey-wrong]:visible")


@pytest.mark.parametrize(("size", "language", "theme"), LOOKS)
def test_the_pages_are_photographed_fit_and_complain_of_nothing(
    principal: Any, address: str, size: str, language: str, theme: str
) -> None:
    page = principal
    look(page.context, address, language, theme)
    width, height = SIZES[size]
    page.set_viewport_size({"width": width, "height": height})
    page.complaints.clear()
    person = person_address(page, "Phạm Đức Long")
    own = "/people/mine"
    shown = {
        "people": "/people/?all=1",
        "person": person,
        "own": own,
        "assign": f"{person}/assign",
        "account": "/account/",
        "totp": "/account/totp",
        "recuse": "/people/mine/recuse",
    }
    for name, path in shown.items():
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
        photograph(page, f"{name}-{size}-{language}-{theme}")
    page.goto(own)
    page.click(".row-action a >> nth=0")
    photograph(page, f"delegate-{size}-{language}-{theme}")
    assert page.complaints == []


def test_the_printed_list_has_the_people_and_none_of_the_controls(principal: Any, address: str) -> None:
    page = principal
    look(page.context, address, "vi", "dark")
    page.set_viewport_size({"width": 1000, "height": 1400})
    page.goto("/people/")
    page.emulate_media(media="print")
    photograph(page, "people-on-paper")
    assert page.is_visible("text=Phạm Đức Long >> nth=0")
    assert page.is_visible(".on-paper")
    for control in (".filters", "[data-print]", "nav.menu"):
        assert not page.is_visible(control), control
    page.emulate_media(media="screen")
