"""What comes from outside is entered, answered in time by whom the text names, and seen by nobody else."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.regulation.bindings import TRIGGERS
from nangmai.regulation.states import EventUnexpected
from nangmai.web.accounts.models import User
from nangmai.web.duties.models import Duty
from nangmai.web.duties.queries import TOLD
from nangmai.web.ledger.models import Entry
from nangmai.web.letters import services
from nangmai.web.letters.models import WAYS, Kind, Letter
from nangmai.web.regulation.authorities import Refused
from unit.web.regulations import SHIPPED
from unit.web.roles import Role

#: events that no part of the system tells of, and why nobody is misled: their norms are attested, not judged by duties
UNTOLD = {"camera.installed", "visitor.arrived"}


def ago(**length: float) -> datetime:
    return timezone.now() - timedelta(**length)


def lodged(by: User, kind: str, **length: float) -> Letter:
    length = length or {"hours": 1}
    return services.lodge(by=by, kind=kind, sender="Bà Lê Thị Hoa", text="Con tôi bị ngã", came_at=ago(**length))


def answered(letter: Letter, by: User, event: str = "answer", *, is_stepped_up: bool = True) -> Letter:
    return services.take(letter=letter, by=by, event=event, words="Đã xem xét", is_stepped_up=is_stepped_up)


def open_norms(letter: Letter) -> set[str]:
    return set(Duty.objects.filter(subject=letter.name, done_at=None).values_list("norm", flat=True))


def test_every_event_that_the_shipped_text_waits_for_is_told_of_or_known_not_to_be() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    waited = {trigger for trigger in TRIGGERS if f"trigger: {trigger}\n" in text}
    assert waited - TOLD == UNTOLD


def test_every_kind_ends() -> None:
    for kind in Kind:
        machine = WAYS[kind].states
        assert machine.reachable() == set(machine.states)
        assert machine.ends <= {"answered", "declined"}


@pytest.mark.parametrize(
    ("kind", "norm", "role"),
    [
        (Kind.EVIDENCE, "Đ3.2/receipt", Role.CLERK),
        (Kind.REQUEST, "Đ4.2/answer", Role.PRINCIPAL),
        (Kind.AUTHORITY, "Đ4.7/authority", Role.VICE_PRINCIPAL),
    ],
)
def test_a_letter_opens_its_duty_from_the_day_it_came_and_the_answer_ends_it(
    make_user: Callable[..., User], kind: str, norm: str, role: Role
) -> None:
    letter = lodged(make_user(Role.GUARD), kind, days=1)
    assert open_norms(letter) == {norm}
    duty = Duty.objects.get(subject=letter.name)
    assert duty.due_at is not None
    assert duty.due_at <= letter.came_at + timedelta(days=2)
    with pytest.raises(Refused):
        answered(letter, make_user(Role.FINANCE))
    answered(letter, make_user(role))
    assert open_norms(letter) == set()
    with pytest.raises(EventUnexpected):
        answered(letter, make_user(role, "another"))


def test_a_complaint_is_accepted_then_decided_within_its_days(make_user: Callable[..., User]) -> None:
    principal = make_user(Role.PRINCIPAL)
    letter = lodged(make_user(Role.CLERK), Kind.COMPLAINT)
    assert open_norms(letter) == {"Đ3.2/hold"}
    with pytest.raises(EventUnexpected):
        answered(letter, principal)
    with pytest.raises(Refused):
        answered(letter, principal, "accept", is_stepped_up=False)
    answered(letter, principal, "accept")
    duty = Duty.objects.get(norm="Đ3.2/decided")
    assert duty.due_at == duty.opened_at + timedelta(days=30)
    answered(letter, principal)
    duty.refresh_from_db()
    assert duty.evidence == letter.name
    acts = Entry.objects.filter(thing=letter.name, act__startswith="letter.").order_by("seq")
    assert [entry.act for entry in acts] == ["letter.lodged", "letter.accepted", "letter.answered"]
    assert not any("Hoa" in entry.body or "xem xét" in entry.body for entry in acts)


def test_what_cannot_be_is_said_in_a_sentence(make_user: Callable[..., User]) -> None:
    guard = make_user(Role.GUARD)
    with pytest.raises(services.CameLater):
        lodged(guard, Kind.REQUEST, hours=-1)
    with pytest.raises(services.WordsMissing):
        services.lodge(by=guard, kind=Kind.REQUEST, sender=" ", text="x", came_at=ago(hours=1))


def test_the_register_shows_all_to_the_board_and_the_clerk_and_their_own_to_others(
    sign_in: Callable[..., Client],
) -> None:
    guard, clerk, principal = sign_in(Role.GUARD), sign_in(Role.CLERK), sign_in(Role.PRINCIPAL)
    came = timezone.localtime(ago(hours=2)).strftime("%Y-%m-%dT%H:%M")
    form = {"kind": "complaint", "sender": "Ông Trần Văn Tư", "text": "Xe bị xước ở cổng", "came_at": ""}
    assert clerk.post("/letters/new", form).status_code == 200
    assert clerk.post("/letters/new", form | {"came_at": came}).status_code == 302
    letter = Letter.objects.get()
    assert "Xe bị xước" not in guard.get("/letters/").content.decode()
    assert f"/letters/{letter.pk}/accept" not in clerk.get("/letters/").content.decode()
    assert f"/letters/{letter.pk}/accept" in principal.get("/letters/").content.decode()
    session = principal.session
    session["stepped_up_s"] = time.time()
    session.save()
    assert principal.get(f"/letters/{letter.pk}/steal").status_code == 404
    assert principal.post(f"/letters/{letter.pk}/accept", {"words": "Thụ lý"}).status_code == 302
    letter.refresh_from_db()
    assert letter.state == Letter.State.ACCEPTED
