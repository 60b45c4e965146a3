"""Every address x every role, read and written, with things that are there: what the matrix denies is refused with
its clause, and nothing that is refused answers data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.core.signals import request_finished
from django.db import close_old_connections, transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from nangmai.web.accounts.models import User
from nangmai.web.amendments import services as amendments
from nangmai.web.directions import services as directions
from nangmai.web.duties import calendar
from nangmai.web.duties.models import Duty
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.incidents import services as incidents
from nangmai.web.ledger.services import checkpoint
from nangmai.web.matters import services as matters
from nangmai.web.people import services as people
from nangmai.web.sites import plans
from nangmai.web.sites.models import Area, Camera
from nangmai.web.watch.models import RosterWeek
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role
from unit.web.test_access import ARGUMENTS, REGULATION, ROUTES, access, is_open

NORMS = {norm.id: norm for norm in REGULATION.norms}
CLAUSES = {clause.id for clause in REGULATION.clauses}
ENTERED = {name: pattern for name, pattern in ROUTES.items() if access(pattern) not in ("public", "recorder")}
#: open to whoever holds the thing, and refused to others with the clause of the act
OWN = {"duties:done", "people:delegate"}
#: what a page may answer to somebody who may enter it: shown, done, led on, not there, or not in this way
ENTERS = (200, 302, 400, 404, 405, 409, 412)
HOUR_US = 3_600_000_000


@pytest.fixture
def things(make_user: Callable[..., User]) -> dict[str, Any]:
    """One of each, made by somebody else than who asks for it; by the names that addresses have for them."""
    assert FakeRecorder().enrol().send().status_code == 200
    picture = BytesIO()
    Image.new("RGB", (4, 3)).save(picture, "PNG")
    sha256, width, height = plans.keep(BytesIO(picture.getvalue()))
    Area.objects.update(plan_sha256=sha256, plan_width=width, plan_height=height)
    principal, head = make_user(Role.PRINCIPAL, "first"), make_user(Role.HEAD_OF_SECURITY, "second")
    guard, cameras, now_us = make_user(Role.GUARD, "third"), list(Camera.objects.all()), checkpoint().made_us
    footage: dict[str, Any] = {"cameras": cameras, "span": (now_us - 2 * HOUR_US, now_us), "purpose": "P1"}
    asked = directions.ask(person=guard, act="playback.view", reason="Mất xe", **footage)
    now = timezone.now()
    direction = directions.give(
        by=principal, person=guard, text="Xem lại", until_at=now + timedelta(hours=1), is_stepped_up=True, **footage
    )
    delegation = people.delegate(
        assignment=principal.assignments.get(), taker=head, by=principal, is_stepped_up=True, form="KT",
        span=people.Span(now, now + timedelta(days=1)), acts=["people.see"],
    )  # fmt: skip
    incident = incidents.report(
        by=guard, severity="P1", observed_at=now, cameras=cameras, place="Cổng chính", what="Trèo rào"
    )
    calendar.look()
    RosterWeek.objects.create(begins="2026-11-23")
    return ARGUMENTS | {
        "area": Area.objects.get().pk,
        "asked_id": asked.pk,
        "direction_id": direction.pk,
        "delegation_id": delegation.pk,
        "assignment_id": guard.assignments.get().pk,
        "person_id": guard.pk,
        "incident_id": incident.pk,
        "matter_id": matters.file(person=guard, text="Cổng phụ không có camera").pk,
        "amendment_id": amendments.begin(by=head, title="Sửa", reason="Thiếu").pk,
        "duty_id": Duty.objects.earliest("pk").pk,
        "size": checkpoint().size,
    }


@pytest.fixture
def entered(make_user: Callable[..., User]) -> Callable[[str], Callable[[], Client]]:
    """The browser of somebody of the role, signed in and proven, as it was at first whenever it is wanted."""

    def enter(role: str) -> Callable[[], Client]:
        first = Client(raise_request_exception=False)
        first.force_login(make_user(role, role or "nobody"))
        session = first.session
        session["purpose"] = ["P1", int(timezone.now().timestamp())]
        session["stepped_up_s"] = timezone.now().timestamp()
        session.save()

        kept = first.cookies.copy()

        def browser() -> Client:
            first.cookies = kept.copy()
            return first

        return browser

    return enter


def answers(browser: Callable[[], Client], things: dict[str, Any]) -> Iterator[tuple[str, str, HttpResponseBase]]:
    """Of every address, read and written; each is undone."""
    for name, pattern in ENTERED.items():
        wanted = pattern.pattern.converters
        address = reverse(name, kwargs={key: value for key, value in things.items() if key in wanted})
        for method in ("GET", "POST"):
            with transaction.atomic():
                client = browser()
                answer = (client.get if method == "GET" else client.post)(address)
                yield name, method, answer
                _close(answer)
                transaction.set_rollback(True)


def _close(answer: HttpResponseBase) -> None:
    """As the test client closes what it has read: the connection to the database stays, which is the test's."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def clause_of(answer: Any) -> set[str]:
    """The clauses that a refusal names."""
    if answer["Content-Type"].startswith("application/json"):
        return set(filter(None, answer.json()["clause"].split(", ")))
    tag = re.search(r'<span class="clause">([^<]+)</span>', answer.content.decode())
    return set(tag[1].split(", ")) if tag else set()


def owed_by(role: str) -> frozenset[str]:
    """The acts that open duties demand of the role, read from the text alone."""
    open_norms = {duty.norm: set(duty.roles) for duty in Duty.objects.filter(done_at=None)}
    return frozenset(act for norm, roles in open_norms.items() if role in roles for act in NORMS[norm].acts)


@pytest.mark.parametrize("role", [*Role, ""], ids=lambda role: role or "no_role")
def test_every_address_keeps_its_word_and_every_refusal_names_its_clause(
    things: dict[str, Any], entered: Callable[[str], Callable[[], Client]], role: str
) -> None:
    wrong, owed = [], owed_by(role)
    for name, method, answer in answers(entered(role), things):
        may = is_open(access(ROUTES[name]), role or "anyone", owed)
        if answer.status_code == 403:
            named = clause_of(answer)
            if not named or not named <= CLAUSES:
                wrong.append((name, method, "refused without a clause", sorted(named)))
            if may and method == "GET" and name not in OWN:
                wrong.append((name, method, "refused though the matrix opens it"))
        elif not may:
            wrong.append((name, method, f"answers {answer.status_code} though the matrix refuses it"))
        elif answer.status_code not in ENTERS:
            wrong.append((name, method, f"answers {answer.status_code}"))
    assert not wrong, "\n".join(map(str, wrong))
    assert not IssuedTicket.objects.exists()
