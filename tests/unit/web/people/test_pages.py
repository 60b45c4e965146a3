"""The register of people, the page of one person, and the forms that sign."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.web.accounts.models import User
from nangmai.web.people import services
from nangmai.web.people.models import Assignment, Delegation, Recusal
from nangmai.web.people.services import Span
from nangmai.web.sites.models import Area


def prove(client: Client) -> None:
    """As after the step-up page; the ways there have tests of their own."""
    session = client.session
    session["stepped_up_s"] = timezone.now().timestamp()
    session.save()


@pytest.fixture
def board(sign_in: Callable[..., Client]) -> Client:
    client = sign_in("principal", "hieutruong")
    client.cookies["nangmai_language"] = "en"
    prove(client)
    return client


@pytest.fixture
def principal(board: Client) -> User:
    return User.objects.get(username="hieutruong")


@pytest.fixture
def guard(make_user: Callable[..., User]) -> User:
    user = make_user("guard", "baove")
    User.objects.filter(pk=user.pk).update(display_name="Phạm Đức Long")
    return User.objects.get(pk=user.pk)


def text(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_register_shows_who_holds_what_and_how_it_came_about(board: Client, guard: User) -> None:
    page = text(board.get("/people/"))
    assert "Phạm Đức Long" in page
    assert "by the command line" in page


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("q=phạm", True), ("q=nobody", False), ("role=guard", True), ("role=finance", False), ("unit=none", False)],
)
def test_the_register_is_searched_and_filtered(board: Client, guard: User, query: str, is_found: bool) -> None:
    assert ("Phạm Đức Long" in text(board.get(f"/people/?{query}"))) == is_found


def test_what_has_ended_is_history_and_only_shown_as_such(board: Client, principal: User, guard: User) -> None:
    row = Assignment.objects.get(person=guard)
    services.revoke(assignment=row, by=principal, is_stepped_up=True, reason="left the school")
    now = text(board.get("/people/"))
    assert "left the school" not in now
    assert "Accounts without an assignment" in now
    assert "left the school" in text(board.get("/people/?all=1"))


def test_a_form_that_signs_leads_to_the_proof_first_and_back(board: Client, guard: User) -> None:
    session = board.session
    del session["stepped_up_s"]
    session.save()
    path = f"/people/{guard.pk}/assign"
    assert board.get(path)["Location"] == f"/account/step-up?next=%2Fpeople%2F{guard.pk}%2Fassign"
    board.post(path, {"role": "it_officer", "document": "12/QĐ-MNNM"})
    assert Assignment.objects.filter(person=guard).count() == 1
    prove(board)
    page = text(board.get(path))  # what was typed before the proof is there again
    assert 'value="12/QĐ-MNNM"' in page
    assert 'value="it_officer" selected' in page
    assert 'value="12/QĐ-MNNM"' not in text(board.get(path))


def test_an_assignment_is_signed_on_the_page(board: Client, principal: User, guard: User) -> None:
    area = Area.objects.create(name="Cổng chính", kind="gate")
    form = {
        "role": "it_officer",
        "unit": "Văn phòng",
        "area": str(area.pk),
        "from_at": "2026-01-02T08:00",
        "until_at": "2036-01-02T08:00",
        "document": "12/QĐ-MNNM",
    }
    answer = board.post(f"/people/{guard.pk}/assign", form)
    assert answer["Location"] == f"/people/{guard.pk}"
    made = Assignment.objects.get(role="it_officer")
    assert (made.signed_by, made.unit and made.unit.name, made.area) == (principal, "Văn phòng", str(area.pk))
    assert made.from_at.isoformat() == "2026-01-02T01:00:00+00:00"  # what is typed is local time
    page = text(board.get(f"/people/{guard.pk}"))
    for part in ("IT officer", "Văn phòng", "Cổng chính", "signed by", "12/QĐ-MNNM"):
        assert part in page


@pytest.mark.parametrize(
    "form",
    [
        {"role": ""},
        {"role": "superuser"},
        {"role": "guard", "area": "moon"},
        {"role": "guard", "from_at": "2026-01-02T08:00", "until_at": "2026-01-02T08:00"},
        {"role": "guard", "from_at": "tomorrow"},
        {"role": "guard", "until_at": "2001-01-02T08:00"},
    ],
)
def test_a_form_that_makes_no_sense_is_shown_again_with_the_reason(
    board: Client, guard: User, form: dict[str, str]
) -> None:
    page = text(board.post(f"/people/{guard.pk}/assign", form))
    assert 'class="wrong"' in page
    assert Assignment.objects.filter(person=guard).count() == 1


def test_nobody_opens_the_form_for_themselves(board: Client, principal: User) -> None:
    assert board.get(f"/people/{principal.pk}/assign").status_code == 403


def test_revoking_on_the_page_needs_a_reason(board: Client, guard: User) -> None:
    path = f"/people/assignments/{Assignment.objects.get(person=guard).pk}/revoke"
    assert 'class="wrong"' in text(board.post(path, {"reason": " "}))
    assert board.post(path, {"reason": "left the school"}).status_code == 302
    assert "left the school" in text(board.get(f"/people/{guard.pk}"))


def test_the_last_who_may_sign_reads_why_it_cannot_be_revoked(board: Client, principal: User, guard: User) -> None:
    row = Assignment.objects.get(person=principal)
    page = text(board.post(f"/people/assignments/{row.pk}/revoke", {"reason": "retires"}))
    assert "last person who may sign" in page
    row.refresh_from_db()
    assert row.revoked_at is None


def test_a_delegation_is_signed_and_withdrawn_on_the_page(board: Client, principal: User, guard: User) -> None:
    row = Assignment.objects.get(person=principal)
    path = f"/people/assignments/{row.pk}/delegate"
    assert "always has an end" in text(board.get(path))
    until = timezone.localtime() + timedelta(days=2)
    form = {"taker": guard.pk, "form": "TUQ", "acts": ["people.see"], "until_at": until.strftime("%Y-%m-%dT%H:%M")}
    assert board.post(path, form)["Location"] == "/people/mine"
    made = Delegation.objects.get()
    assert (made.taker, made.form, made.acts) == (guard, "TUQ", ["people.see"])
    page = text(board.get("/people/mine"))
    assert "Delegated to others" in page
    assert "See who is assigned" in page
    assert board.post(f"/people/delegations/{made.pk}/withdraw", {"reason": "back at work"}).status_code == 302
    assert "back at work" in text(board.get("/people/mine"))


def test_nobody_delegates_what_another_holds(board: Client, guard: User) -> None:
    row = Assignment.objects.get(person=guard)
    assert board.get(f"/people/assignments/{row.pk}/delegate").status_code == 403


def test_who_took_a_delegation_sees_it_and_may_do_what_it_says(principal: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in("finance")
    assert client.get("/people/").status_code == 403
    services.delegate(
        assignment=Assignment.objects.get(person=principal),
        taker=User.objects.get(username="finance"),
        by=principal,
        is_stepped_up=True,
        form="KT",
        span=Span(until_at=timezone.now() + timedelta(days=1)),
        acts=["people.see"],
    )
    assert client.get("/people/").status_code == 200
    assert client.get(f"/people/{principal.pk}/assign").status_code == 403


def test_everybody_keeps_out_of_a_case_on_the_own_page(sign_in: Callable[..., Client]) -> None:
    client = sign_in("guard")
    prove(client)
    answer = client.post("/people/mine/recuse", {"case": "VV-03", "reason": "cháu của tôi"})
    assert answer["Location"] == "/people/mine"
    row = Recusal.objects.get()
    assert (row.person, row.declared_by) == (User.objects.get(username="guard"),) * 2
    assert "VV-03" in text(client.get("/people/mine"))


def test_the_board_keeps_somebody_out_of_a_case(board: Client, guard: User) -> None:
    board.post(f"/people/{guard.pk}/recuse", {"case": "VV-03", "reason": "complained of"})
    assert Recusal.objects.get().person == guard


def test_the_menu_leads_to_the_register_only_those_who_may_see_it(
    board: Client, sign_in: Callable[..., Client]
) -> None:
    assert 'href="/people/"' in text(board.get("/cameras/"))
    page = text(sign_in("finance").get("/cameras/"))
    assert 'href="/people/"' not in page
    assert 'href="/people/mine"' in page
