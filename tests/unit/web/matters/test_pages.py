"""What people see of the register, and what they do there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Entry
from nangmai.web.matters import services
from nangmai.web.matters.models import Matter
from unit.web.roles import Role


def text_of(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_a_refusal_leads_to_the_form_and_one_press_files_it(sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.FINANCE)
    refused = client.get("/watch")
    assert refused.status_code == 403
    address = next(way.href for way in refused.context["ways"] if "/matters/file" in way.href)
    assert f'<form method="post" action="{address.replace("&", "&amp;")}">' in refused.content.decode()
    assert 'class="clause"' in text_of(client, address)
    filed = client.post(address)
    row = Matter.objects.get()
    assert filed["Location"] == f"/matters/{row.pk}"
    assert (row.act, row.text) == ("live.view", "")
    assert row.clause
    assert row.refusal_seq == Entry.objects.filter(act="live.view", outcome="refused").latest("seq").seq
    assert "Tổ trưởng tổ bảo vệ" in text_of(client, filed["Location"])
    client.post(f"/matters/{row.pk}/explain", {"text": "Cần đối chiếu số giờ trực."})
    assert "Cần đối chiếu số giờ trực." in text_of(client, "/matters/")


def test_an_act_nobody_knows_is_no_refusal(sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.GUARD)
    assert client.post("/matters/file?act=<script>").status_code == 200
    assert not Matter.objects.exists()
    assert client.post("/matters/file?act=<script>", {"text": "Cổng phụ."}).status_code == 302
    assert Matter.objects.get().act == ""


def test_everybody_sees_their_own_matters_and_those_who_go_through_them_see_all(
    sign_in: Callable[..., Client], make_user: Callable[..., User]
) -> None:
    other = services.file(person=make_user(Role.CLERK, "clerk"), text="Việc của văn thư.")
    client = sign_in(Role.GUARD)
    services.file(person=User.objects.get(username="guard"), text="Việc của bảo vệ.")
    page = text_of(client, "/matters/")
    assert "Việc của bảo vệ." in page
    assert "Việc của văn thư." not in page
    assert client.get(f"/matters/{other.pk}").status_code == 404
    assert client.post(f"/matters/{other.pk}/explain", {"text": "x"}).status_code == 404
    for role in (Role.HEAD_OF_SECURITY, Role.PRINCIPAL):
        page = text_of(sign_in(role), "/matters/")
        assert "Việc của bảo vệ." in page
        assert "Việc của văn thư." in page


def test_the_whole_way_by_the_pages(sign_in: Callable[..., Client]) -> None:
    guard, head, principal = (sign_in(role) for role in (Role.GUARD, Role.HEAD_OF_SECURITY, Role.PRINCIPAL))
    guard.post("/matters/file", {"text": "Cổng phụ không có camera.", "suggestion": "Thêm camera."})
    row = Matter.objects.get()
    assert f"/matters/{row.pk}/collect" in text_of(head, f"/matters/{row.pk}")
    assert f"/matters/{row.pk}/collect" not in text_of(principal, f"/matters/{row.pk}")
    given = {"topic": "Cổng phụ", "note": "Hai vụ trong tháng.", "proposal": "Lắp camera cổng phụ."}
    assert head.post(f"/matters/{row.pk}/collect", given).status_code == 302
    assert "Cổng phụ" in text_of(head, "/matters/report")
    issued = head.post("/matters/report", {"remarks": "", "after": "0"})
    assert head.post("/matters/report", {"remarks": "", "after": "0"}).status_code == 409
    assert issued["Location"].startswith("/documents/")
    assert head.get(issued["Location"]).status_code == 200
    for reader in (head, principal):
        assert "01/BC-MNNM" in text_of(reader, "/matters/reports")
    assert head.get(f"/matters/{row.pk}/collect")["Location"] == f"/matters/{row.pk}"
    assert f"/matters/{row.pk}/answer" in text_of(principal, "/matters/reports")
    assert f"/matters/{row.pk}/answer" not in text_of(head, "/matters/reports")
    assert principal.post(f"/matters/{row.pk}/answer", {"choice": "amend", "reason": ""}).status_code == 200
    answered = principal.post(f"/matters/{row.pk}/answer", {"choice": "amend", "reason": "Đúng, phải bổ sung."})
    assert answered.status_code == 302
    assert principal.get(f"/matters/{row.pk}/answer")["Location"] == f"/matters/{row.pk}"
    assert "Đúng, phải bổ sung." in text_of(guard, f"/matters/{row.pk}")


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("state=open", {"mở", "gộp"}),
        ("state=logged", {"mở"}),
        ("state=collected", {"gộp"}),
        ("state=answered", {"xong"}),
        ("q=gộp", {"gộp"}),
        ("q=chủ+gộp", {"gộp"}),
        ("q=chủ+mở", set()),
        ("state=nonsense", {"mở", "gộp", "xong"}),
        ("page=99", {"mở", "gộp", "xong"}),
    ],
)
def test_the_list_is_searched_and_filtered(
    sign_in: Callable[..., Client], head: User, principal: User, query: str, shown: set[str]
) -> None:
    done = services.file(person=head, text="Việc xong")
    services.report(by=head)
    services.answer(matter=done, by=principal, choice="no_change", reason="Đã rõ.")
    services.file(person=head, text="Việc mở")
    services.collect(matter=services.file(person=head, text="Việc gộp"), by=head, topic="Chủ đề", note="Ghi chú")
    page = text_of(sign_in(Role.HEAD_OF_SECURITY, "other"), f"/matters/?{query}")
    assert {word for word in ("mở", "gộp", "xong") if f"Việc {word}" in page} == shown


def test_long_lists_come_in_pages(sign_in: Callable[..., Client], head: User) -> None:
    for number in range(31):
        services.file(person=head, text=f"Việc số {number:02d}.")
    client = sign_in(Role.HEAD_OF_SECURITY, "other")
    assert "Việc số 00." not in text_of(client, "/matters/")
    assert "Việc số 00." in text_of(client, "/matters/?page=2")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_empty_pages_say_what_comes_here(sign_in: Callable[..., Client], language: str) -> None:
    client = sign_in(Role.HEAD_OF_SECURITY)
    client.cookies["nangmai_language"] = language
    for address in ("/matters/", "/matters/report", "/matters/reports"):
        assert 'class="empty"' in text_of(client, address)


def test_what_people_write_is_never_markup(sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.HEAD_OF_SECURITY)
    client.post("/matters/file", {"text": "<script>alert(1)</script>"})
    row = Matter.objects.get()
    for address in ("/matters/", f"/matters/{row.pk}", f"/matters/{row.pk}/collect", "/matters/report"):
        assert "<script>alert(1)" not in text_of(client, address)
