"""An incident in a real browser: a guard reports it from a telephone, the board receives and directs."""

from __future__ import annotations

from typing import Any

from browser.school import DESKTOP, PHONE, School


def fits(page: Any) -> bool:
    """Nothing is wider than the screen."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_guard_reports_from_a_telephone_and_the_board_directs(school: School) -> None:
    guard = school.at("baove")
    guard.set_viewport_size(PHONE)
    guard.goto("/incidents/report")
    assert fits(guard)
    guard.check("input[name=severity][value=P1]")
    guard.fill("textarea[name=what]", "Có người lạ trèo qua hàng rào phía sau")
    guard.fill("input[name=place]", "Hàng rào sau dãy B")
    guard.click("form.card button.button-main")
    assert "Vụ việc số" in guard.inner_text("h1")
    assert fits(guard)
    path = guard.url.removeprefix(school.address)
    guard.set_viewport_size(DESKTOP)

    principal = school.at("hieutruong", "/incidents/")
    principal.click("text=Có người lạ trèo qua")
    principal.click("text=Tiếp nhận báo cáo")
    principal.click("a:has-text('Chỉ đạo xử lý')")
    school.prove(principal)
    principal.fill("textarea[name=text]", "Giữ khoảng cách, báo công an phường, khóa cổng sau")
    principal.click("form.card button.button-main")
    assert principal.url.removeprefix(school.address) == path
    assert "báo công an phường" in school.at("baove", path).inner_text("article")
    head = school.at("totruong", path)
    head.click("a:has-text('Lập biên bản')")
    head.fill("textarea[name=text]", "Lúc 21 giờ 10, một người trèo qua hàng rào rồi bỏ đi. Không có thiệt hại.")
    head.click("form.card button.button-main")
    principal.goto(path)
    principal.click("a:has-text('Kết thúc vụ việc')")
    school.prove(principal)
    principal.fill("textarea[name=conclusion]", "Không có thiệt hại; gia cố hàng rào.")
    principal.click("form.card button.button-main")
    assert "đã kết thúc" in principal.inner_text(".headline")
