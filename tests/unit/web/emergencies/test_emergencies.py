"""Break-glass: who may, how far back, for how long, what the board is told, and what a refusal to ratify ends."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.web.accounts.models import User
from nangmai.web.duties.models import Duty
from nangmai.web.emergencies import services
from nangmai.web.emergencies.models import EMERGENCY, Emergency
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.services import Wanted, issue
from nangmai.web.footage.standing import end_unfounded
from nangmai.web.ledger.models import Entry
from nangmai.web.regulation import facts
from nangmai.web.regulation.authorities import Asker, Refused
from nangmai.web.regulation.models import Version
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role

MINUTE_US = 60 * US_PER_S
WHY = "Một cháu bị ngã, bất tỉnh ngoài sân"


@pytest.fixture(autouse=True)
def _recorder(monkeypatch: pytest.MonkeyPatch) -> None:
    FakeRecorder().enrol().send()
    monkeypatch.setitem(facts._facts, "on_shift", lambda moment: False)


def reach_minutes(user: User) -> int:
    """How far back the ticket reaches that somebody is given who asks for two hours."""
    now_us = SystemClock().wall_us()
    body = {"right": "replay", "recorder": "nvr-1", "cameras": ["cam-01"], "from_us": now_us - 120 * MINUTE_US}
    _token, row = issue(by=user, session_key="s", wanted=Wanted.from_json(body | {"to_us": now_us}))
    assert row.from_us is not None
    return round((now_us - row.from_us) / MINUTE_US)


def test_a_guard_off_shift_sees_the_last_hour_and_the_board_is_told_at_once(make_user: Callable[..., User]) -> None:
    guard = make_user(Role.GUARD)
    with pytest.raises(Refused):
        reach_minutes(guard)
    row = services.invoke(by=guard, reason=WHY)
    assert reach_minutes(guard) == 60
    assert not Asker(guard).may("playback.view")
    duty = Duty.objects.get(subject=row.name)
    assert (duty.norm, duty.due_at) == ("Đ4.6/ratified", row.invoked_at + timedelta(hours=24))
    assert set(duty.roles) == {"principal", "vice_principal"}
    entry = Entry.objects.get(act="emergency.invoked")
    assert "Đ4.6" in entry.said.clauses
    assert "ngã" not in entry.body


def test_it_ends_by_itself_and_the_ticket_with_it(make_user: Callable[..., User]) -> None:
    guard = make_user(Role.GUARD)
    row = services.invoke(by=guard, reason=WHY)
    reach_minutes(guard)
    assert end_unfounded() == 0
    Emergency.objects.update(invoked_at=timezone.now() - timedelta(minutes=20), until_at=timezone.now())
    assert end_unfounded() == 1
    with pytest.raises(Refused):
        reach_minutes(guard)
    assert Duty.objects.get(subject=row.name).done_at is None


def test_what_the_board_does_not_ratify_ends_at_once(make_user: Callable[..., User]) -> None:
    guard, principal = make_user(Role.GUARD), make_user(Role.PRINCIPAL)
    row = services.invoke(by=guard, reason=WHY)
    reach_minutes(guard)
    with pytest.raises(Refused):
        services.reject(emergency=row, by=guard, answer="…", is_stepped_up=True)
    with pytest.raises(Refused):
        services.reject(emergency=row, by=principal, answer="Không có nguy hiểm", is_stepped_up=False)
    services.reject(emergency=row, by=principal, answer="Không có nguy hiểm", is_stepped_up=True)
    assert end_unfounded() == 1
    assert IssuedTicket.objects.get().revoked_us is not None
    assert Duty.objects.get(subject=row.name).evidence == f"{row.name} rejected"
    assert EMERGENCY.ends == {"ratified", "rejected"}


def test_only_who_needs_it_and_is_named_invokes_it_once_with_a_reason(make_user: Callable[..., User]) -> None:
    guard = make_user(Role.GUARD)
    with pytest.raises(Refused):
        services.invoke(by=make_user(Role.IT_OFFICER), reason=WHY)
    with pytest.raises(services.NotNeeded):
        services.invoke(by=make_user(Role.PRINCIPAL), reason=WHY)
    with pytest.raises(services.ReasonMissing):
        services.invoke(by=guard, reason=" ")
    services.invoke(by=guard, reason=WHY)
    with pytest.raises(services.AlreadyInvoked):
        services.invoke(by=guard, reason=WHY)
    assert Emergency.objects.count() == 1


def test_a_text_without_an_emergency_window_lets_nobody_invoke_one(make_user: Callable[..., User]) -> None:
    guard = make_user(Role.GUARD)
    text = Version.objects.get().text.replace("break_glass_minutes: 60", "break_glass_minutes: 0")
    Version.objects.update(text=text, sha256="d" * 64)
    with pytest.raises(Refused):
        services.invoke(by=guard, reason=WHY)


def test_the_pages_invoke_and_judge(sign_in: Callable[..., Client]) -> None:
    guard, principal = sign_in(Role.GUARD), sign_in(Role.PRINCIPAL)
    assert "60 phút" in guard.get("/emergencies/invoke").content.decode()
    assert guard.post("/emergencies/invoke", {"reason": WHY}).headers["Location"] == "/watch/review"
    row = Emergency.objects.get()
    address = f"/emergencies/{row.pk}/answer"
    assert address in principal.get("/emergencies/").content.decode()
    assert address not in guard.get("/emergencies/").content.decode()
    assert guard.get(address).status_code == 403
    assert principal.get(address).headers["Location"].startswith("/account/step-up")
    session = principal.session
    session["stepped_up_s"] = time.time()
    session.save()
    assert principal.post(address, {"event": "ratify", "answer": "Đúng là khẩn cấp"}).status_code == 302
    row.refresh_from_db()
    assert row.state == Emergency.State.RATIFIED
