"""What people do at the pages, in a real browser: each test is one piece of work from its beginning to its end."""

from __future__ import annotations

import itertools
import re
import unicodedata
from datetime import date, timedelta
from typing import Any

import pytest

from browser.scene import PASSWORD, VIEWED
from browser.school import DESKTOP, PHONE, School


def heading(page: Any) -> str:
    return str(page.inner_text("h1"))


def test_the_board_leads_to_a_clause_and_to_its_proof(school: School) -> None:
    page = school.at("hieutruong", "/regulation/board")
    assert re.match(r"Trường thực hiện \d+ trên \d+ khoản", page.inner_text(".board-sentence"))
    row = page.locator(".board-needs li", has=page.locator("span > a")).first
    clause = row.locator(".clause").inner_text()
    row.locator(".clause").click()
    assert page.locator(".clause-row:target .clause").first.inner_text() == clause
    page.click(".clause-row:target .board-state .clause")  # from the board to the text
    assert page.locator(".clause-row:target .clause").first.inner_text() == clause
    page.click(".clause-row:target .live-state")  # and from the text back to the board
    assert page.url.endswith(f"/regulation/board#{page.evaluate('location.hash.slice(1)')}")
    proof = page.locator(".clause-row:target .board-lines a").first
    address = proof.get_attribute("href")
    proof.click()
    assert page.url.startswith(school.address + str(address).partition("#")[0]) or "/account/step-up" in page.url
    assert heading(page)


def test_a_duty_is_reported_done(school: School) -> None:
    page = school.at("vanthu", "/duties/")
    for _ in range(40):  # the clockwork opens it within seconds
        if page.locator("text=Báo cáo hoàn thành").count():
            break
        page.wait_for_timeout(250)
        page.reload()
    owed = page.locator(".duty:has(a.button)").count()
    page.click(".duty:has-text('Công khai quy chế') a.button")
    page.fill("textarea[name=evidence]", "Đã niêm yết tại bảng tin và gửi toàn thể nhân viên.")
    page.click("form.card button.button-main")
    school.prove(page)
    if page.locator("textarea[name=evidence]").count():  # typed before the proof, sent after it
        page.click("form.card button.button-main")
    page.wait_for_url("**/duties/")
    assert page.is_visible(".notice-success")
    assert page.locator(".duty:has(a.button)").count() == owed - 1


def test_a_refusal_becomes_a_matter_that_is_collected_reported_and_answered(school: School) -> None:
    page = school.at("bophan", "/ledger/")
    assert page.inner_text(".refusal .clause").startswith("Đ")
    page.click("text=Ghi thành vấn đề ngoài quy chế")
    page.fill("textarea[name=text]", "Cần biết ai đã xem camera khu lớp học.")
    page.click("form.card button")
    page.wait_for_load_state()

    page = school.at("totruong", "/matters/")
    page.click("table th a")
    page.click("main a.button-main:has-text('Tổng hợp')")
    page.fill("input[name=topic]", "Quyền xem sổ cái")
    page.fill("textarea[name=note]", "Bộ phận phụ trách khu vực đề nghị được đọc.")
    page.click("form.card button.button-main")
    page.goto("/matters/report")
    assert "Quyền xem sổ cái" in page.inner_text("main")
    page.click("form.card button.button-main")
    school.prove(page)

    page = school.at("hieutruong", "/matters/")
    page.click("table th a")
    page.click("main a.button-main:has-text('Trả lời')")
    page.check("input[name=choice] >> nth=0")
    page.fill("textarea[name=reason]", "Đã xem xét.")
    page.click("form.card button.button-main")
    school.prove(page)
    page.wait_for_selector(".notice-success")
    page = school.at("bophan", "/matters/")
    page.click("table th a")
    assert "Đã xem xét." in page.inner_text("main")


def test_a_norm_is_attested_after_a_second_proof(school: School) -> None:
    page = school.at("cntt", "/regulation/board/attest/Đ8.1/receive")
    school.prove(page)
    page.fill("textarea[name=text]", "Đã nhận bàn giao tài liệu của đầu ghi.")
    page.click("form.card button")
    page.wait_for_selector(".notice-success")
    page.goto("/regulation/board/attest/Đ8.1/receive")
    assert "Đã nhận bàn giao tài liệu của đầu ghi." in page.inner_text("main")


def test_a_camera_is_placed_in_an_area_that_was_just_made(school: School) -> None:
    page = school.at("hieutruong", "/cameras/areas")
    page.fill("input[name=name]", "Sân sau")
    page.select_option("select[name=kind]", "yard")
    page.click("form button:has-text('Thêm')")
    assert page.locator("th a:text-is('Sân sau')").count() == 1
    page.goto("/cameras/nvr-1/cam-01/assign")
    page.select_option("select[name=area]", label=page.inner_text("select[name=area] option:has-text('Sân sau')"))
    page.click("form.card button.button-main")
    page.goto("/cameras/")
    assert "Sân sau" in page.inner_text("table.cameras th[scope=row]")


def test_a_roster_is_planned_checked_approved_and_published(school: School) -> None:
    today = date.today()
    monday = today + timedelta(days=14 - today.weekday())
    address = f"/watch/roster?week={monday.isoformat()}"
    page = school.at("totruong", address)
    page.fill("input[name=begin]", "07:00")
    page.fill("input[name=end]", "15:00")
    for box in page.locator("input[name=days]").all()[:5]:
        box.check()
    page.click("form.planning button.button-main")
    page.goto(address)
    assert page.locator(".shifts li .number:text('07:00–15:00')").count() == 5
    page.click("text=Kiểm tra lịch trực")
    page = school.at("hieutruong", address)
    page.click("button:has-text('Duyệt lịch trực')")
    school.prove(page)
    page.goto(address)
    if page.locator("button:has-text('Duyệt lịch trực')").count():
        page.click("button:has-text('Duyệt lịch trực')")
    page = school.at("totruong", address)
    page.click("button:has-text('Công bố lịch trực')")
    page.goto(address)
    assert page.is_visible(".page-head .state-kept:has-text('Đã công bố')")


def test_the_relief_takes_the_shift_over_at_the_console(school: School) -> None:
    page = school.at("baove", "/watch/shift")
    for box in page.locator("input[name=confirmed]").all():
        box.check()
    page.fill("textarea[name=note]", "Cổng phụ đã khóa.")
    page.fill("input[name=username]", "baove2")
    page.fill("input[name=password]", PASSWORD)
    page.click("form.handover button.button-main")
    page.wait_for_load_state()
    page.goto("/watch/shift")
    assert "Ngô Văn Tú" in page.inner_text(".shift-bar")
    page.click("table td a >> nth=0")
    assert heading(page) == "Giao ca"
    assert "Cổng phụ đã khóa." in page.inner_text("main")


def test_the_ledger_is_searched_and_says_who_watched(school: School) -> None:
    page = school.at("hieutruong", "/ledger/")
    page.select_option("select[name=act]", "footage.viewed")
    page.fill("input[name=who]", "đức long")
    page.press("input[name=who]", "Enter")
    page.wait_for_url("**/ledger/?*")
    assert page.locator("table.entries tbody tr").count() == 1
    page.click("table.entries th a")
    assert page.locator(".checks .state-kept").count() == 3
    page.goto("/ledger/watched")
    page.select_option("select[name=camera]", "camera:nvr-1/cam-01")
    for name, minutes in (("begin", -30), ("end", 30)):
        page.fill(f"input[name={name}]", (VIEWED + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%S"))
    page.click("form button:has-text('Tìm')")
    assert "Phạm Đức Long" in page.inner_text("table")
    page.fill("input[name=end]", (VIEWED - timedelta(minutes=10)).strftime("%Y-%m-%dT%H:%M:%S"))
    page.click("form button:has-text('Tìm')")
    assert "Phạm Đức Long" not in page.inner_text("main")


def test_the_keyboard_alone_signs_in_goes_through_the_menu_and_files_a_matter(school: School) -> None:
    context = school.context()
    page = context.new_page()
    page.goto("/account/sign-in")
    page.wait_for_function("() => document.activeElement.name === 'username'")
    page.keyboard.type("ketoan")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    _tab_to(page, "summary")
    page.keyboard.press("Enter")
    _tab_to(page, "a[href='/matters/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/matters/")
    _tab_to(page, "a[href='/matters/file']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/matters/file")
    _tab_to(page, "textarea[name=text]")
    page.keyboard.type("Hóa đơn nâng cấp đầu ghi chưa có điều khoản.")
    _tab_to(page, "form.card button")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Hóa đơn nâng cấp đầu ghi")
    context.close()


def _tab_to(page: Any, selector: str) -> None:
    """Press Tab until the element has the focus, which has to be seen."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert ring == "solid", f"{selector}: the focus is not seen"
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


@pytest.mark.parametrize("weight", [400, 500, 600])
def test_every_vietnamese_letter_is_drawn_from_one_font(school: School, weight: int) -> None:
    page = school.at("hieutruong", "/account/")
    text = "".join(letters()) + "0123456789.,;:–“”…"
    page.evaluate(
        "([text, weight]) => { const p = document.createElement('p'); p.id = 'letters'; p.textContent = text;"
        " p.style.fontWeight = weight; document.querySelector('main').append(p); }",
        [text, weight],
    )
    page.evaluate("document.fonts.ready")
    page.wait_for_function("() => [...document.fonts].every(font => font.status !== 'loading')")
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    root = devtools.send("DOM.getDocument")["root"]["nodeId"]
    node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "#letters"})["nodeId"]
    drawn = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
    assert {font["familyName"].partition(" Medium")[0].partition(" SemiBold")[0] for font in drawn} == {
        "Be Vietnam Pro"
    }
    assert sum(font["glyphCount"] for font in drawn) == len(text)


def letters() -> list[str]:
    """The 134 letters that Vietnamese has beyond ASCII."""
    pairs = itertools.product("aăâeêioôơuưy", ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"))
    small = [unicodedata.normalize("NFC", vowel + tone) for vowel, tone in pairs]
    small = [letter for letter in small if not letter.isascii()] + ["đ"]
    return small + [letter.upper() for letter in small]


@pytest.mark.parametrize("username", ["hieutruong", "totruong", "baove", "cntt", "ketoan", "vanthu", "bophan"])
def test_no_page_of_anybodys_menu_is_wider_than_a_telephone(school: School, username: str) -> None:
    page = school.at(username, "/account/")
    page.set_viewport_size(PHONE)
    try:
        links = "[...document.querySelectorAll('nav.menu a, .sheet a, .tabs a')].map(a => a.getAttribute('href'))"
        waiting, seen = page.evaluate(links), set()
        while waiting:
            path = waiting.pop()
            if path in seen or path.startswith("/watch/review"):
                continue
            seen.add(path)
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
            waiting += page.evaluate("[...document.querySelectorAll('.tabs a')].map(a => a.getAttribute('href'))")
        assert len(seen) > 8
    finally:
        page.set_viewport_size(DESKTOP)
