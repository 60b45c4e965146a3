"""Assigning, revoking, delegating, recusing: who may, what is refused, and what ends at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from nangmai.web.accounts.models import User
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.ledger.models import Disclosure, Entry
from nangmai.web.people import services
from nangmai.web.people.by_calendar import announce
from nangmai.web.people.models import Assignment, Delegation
from nangmai.web.people.queries import holdings, recused_from
from nangmai.web.people.services import Span
from nangmai.web.regulation.authorities import Refused as Denied
from nangmai.web.sites.models import Area
from unit.web.recorders import FakeRecorder


@pytest.fixture
def board(make_user: Callable[..., User]) -> User:
    return make_user("principal", "hieutruong")


@pytest.fixture
def deputy(make_user: Callable[..., User]) -> User:
    return make_user("vice_principal", "pho")


@pytest.fixture
def newcomer(make_user: Callable[..., User]) -> User:
    return make_user("", "moi")


@pytest.fixture
def gate() -> str:
    return str(Area.objects.create(name="Cổng chính", kind="gate").pk)


@pytest.fixture
def yard() -> str:
    return str(Area.objects.create(name="Sân trường", kind="yard").pk)


def assign(person: User, by: User, role: str = "guard", **fields: Any) -> Assignment:
    return services.assign(person=person, role=role, by=by, is_stepped_up=True, **fields)


def roles(person: User) -> list[str]:
    return [holding.role for holding in holdings(person, timezone.now())]


def delegate(given: Assignment, taker: User, by: User, days: int = 3, **fields: Any) -> Delegation:
    span = Span(until_at=timezone.now() + timedelta(days=days))
    return services.delegate(
        assignment=given, taker=taker, by=by, is_stepped_up=True, form="KT", span=fields.pop("span", span), **fields
    )


def test_what_the_board_signs_is_held_at_once_and_says_who_signed(board: User, newcomer: User, gate: str) -> None:
    made = assign(newcomer, board, area=gate, document="12/QĐ-MNNM")
    assert roles(newcomer) == ["guard"]
    assert (made.origin, made.signed_by, made.document) == ("signed", board, "12/QĐ-MNNM")


def test_who_may_not_sign_is_refused_with_the_clause(newcomer: User, make_user: Callable[..., User]) -> None:
    with pytest.raises(Denied) as refused:
        assign(newcomer, make_user("guard"))
    assert refused.value.clause
    assert roles(newcomer) == []


def test_nobody_assigns_themselves(board: User) -> None:
    with pytest.raises(services.SelfAssignment):
        assign(board, board)


def test_the_database_refuses_a_self_signed_assignment_too(board: User) -> None:
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Assignment.objects.create(
            person=board, role="guard", origin="signed", signed_by=board, signed_at=now, from_at=now
        )


def test_a_role_the_regulation_does_not_name_is_refused(board: User, newcomer: User) -> None:
    with pytest.raises(services.RoleUnknown, match="guard"):
        assign(newcomer, board, role="superuser")


def test_an_area_that_is_not_there_is_refused(board: User, newcomer: User, gate: str) -> None:
    with pytest.raises(services.AreaUnknown, match="Cổng chính"):
        assign(newcomer, board, area="moon")


def test_a_period_has_to_run_forwards(board: User, newcomer: User) -> None:
    now = timezone.now()
    with pytest.raises(services.PeriodBackwards):
        assign(newcomer, board, span=Span(now, now))


def test_revoking_takes_the_role_and_the_open_tickets_at_once(
    board: User, sign_in: Callable[..., Client], make_user: Callable[..., User]
) -> None:
    FakeRecorder().enrol().send()
    client = sign_in("guard")
    body = {"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]}
    assert client.post("/footage/ticket", body, content_type="application/json").status_code == 200
    row = Assignment.objects.get(role="guard")
    services.revoke(assignment=row, by=board, is_stepped_up=True, reason="left the school")
    assert IssuedTicket.objects.get().revoked_us is not None
    assert client.post("/footage/ticket", body, content_type="application/json").status_code == 403
    row.refresh_from_db()
    assert (row.revoked_by, row.revoked_reason) == (board, "left the school")


def test_revoking_needs_a_reason_and_happens_once(board: User, newcomer: User) -> None:
    made = assign(newcomer, board)
    with pytest.raises(services.ReasonMissing):
        services.revoke(assignment=made, by=board, is_stepped_up=True, reason="  ")
    services.revoke(assignment=made, by=board, is_stepped_up=True, reason="moved")
    with pytest.raises(services.AlreadyEnded):
        services.revoke(assignment=made, by=board, is_stepped_up=True, reason="moved")


def test_the_last_who_may_sign_stays_until_there_is_a_successor(board: User, newcomer: User) -> None:
    row = Assignment.objects.get(person=board)
    with pytest.raises(services.LastSigner), transaction.atomic():
        services.revoke(assignment=row, by=board, is_stepped_up=True, reason="retires")
    assert roles(board) == ["principal"]
    assign(newcomer, board, role="principal")
    services.revoke(assignment=row, by=board, is_stepped_up=True, reason="retires")
    assert roles(board) == []


def test_a_successor_whose_time_has_not_come_does_not_count(board: User, newcomer: User) -> None:
    assign(newcomer, board, role="principal", span=Span(timezone.now() + timedelta(days=1)))
    with pytest.raises(services.LastSigner):
        services.revoke(assignment=Assignment.objects.get(person=board), by=board, is_stepped_up=True, reason="retires")


def test_a_delegation_gives_the_role_and_ends_with_the_assignment(board: User, deputy: User, newcomer: User) -> None:
    given = Assignment.objects.get(person=board)
    delegate(given, newcomer, board)
    assert roles(newcomer) == ["principal"]
    services.revoke(assignment=given, by=deputy, is_stepped_up=True, reason="suspended")
    assert roles(newcomer) == []


def test_a_taker_loses_the_tickets_when_the_delegation_is_withdrawn(
    board: User, sign_in: Callable[..., Client]
) -> None:
    FakeRecorder().enrol().send()
    client = sign_in("finance")
    made = delegate(Assignment.objects.get(person=board), User.objects.get(username="finance"), board)
    body = {"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]}
    assert client.post("/footage/ticket", body, content_type="application/json").status_code == 200
    services.withdraw(delegation=made, by=board, is_stepped_up=True, reason="back at work")
    assert IssuedTicket.objects.get().revoked_us is not None
    assert client.post("/footage/ticket", body, content_type="application/json").status_code == 403


@pytest.mark.parametrize("days", [-1, 0])
def test_a_delegation_without_a_future_is_refused(board: User, newcomer: User, days: int) -> None:
    with pytest.raises(services.PeriodBackwards):
        delegate(Assignment.objects.get(person=board), newcomer, board, days)


def test_a_delegation_stays_within_its_assignment(
    board: User, deputy: User, newcomer: User, gate: str, yard: str
) -> None:
    given = assign(board, deputy, role="vice_principal", area=gate, span=Span(until_at=timezone.now() + timedelta(5)))
    with pytest.raises(services.DelegationTooWide):
        delegate(given, newcomer, board, days=6)
    with pytest.raises(services.DelegationTooWide):
        delegate(given, newcomer, board, areas=[gate, yard])
    with pytest.raises(services.DelegationTooWide):
        delegate(given, newcomer, board, span=Span())
    assert delegate(given, newcomer, board, areas=[gate]).areas == [gate]


def test_only_the_holder_delegates_and_never_to_themselves(board: User, deputy: User, newcomer: User) -> None:
    given = Assignment.objects.get(person=board)
    with pytest.raises(Denied):
        delegate(given, newcomer, deputy)
    with pytest.raises(services.NotOwnAssignment):
        delegate(Assignment.objects.get(person=deputy), newcomer, board)
    with pytest.raises(services.SelfAssignment):
        delegate(given, board, board)


def test_a_delegation_limited_to_an_act_opens_nothing_else(board: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in("finance")
    delegate(Assignment.objects.get(person=board), User.objects.get(username="finance"), board, acts=["playback.view"])
    assert client.get("/watch/review").status_code == 200
    assert client.get("/watch").status_code == 403


def test_everybody_may_keep_out_of_a_case_and_the_board_may_keep_others_out(
    board: User, make_user: Callable[..., User]
) -> None:
    guard = make_user("guard")
    services.recuse(person=guard, case="C-1", reason="my own child", by=guard, is_stepped_up=True)
    services.recuse(person=guard, case="C-2", reason="complained of", by=board, is_stepped_up=True)
    with pytest.raises(Denied):
        services.recuse(person=board, case="C-3", reason="dislike", by=guard, is_stepped_up=True)
    assert recused_from(guard, timezone.now()) == {"C-1", "C-2"}
    assert recused_from(board, timezone.now()) == frozenset()


def test_the_best_of_several_roles_counts(board: User, sign_in: Callable[..., Client]) -> None:
    client = sign_in("it_officer")
    assert client.get("/watch/review").status_code == 403
    assign(User.objects.get(username="it_officer"), board, role="guard")
    assert client.get("/watch/review").status_code == 200


def test_an_account_without_an_assignment_opens_nothing(sign_in: Callable[..., Client]) -> None:
    client = sign_in("", "moi")
    assert client.get("/watch").status_code == 403
    assert client.get("/", follow=True).status_code == 200


def test_units_with_like_names_are_told_apart() -> None:
    units = [services.add_unit(name=name) for name in ("Tổ bảo vệ", "To bao ve", "Tổ bảo vệ")]
    assert units[0] == units[2]
    assert len({unit.code for unit in units}) == 2


def test_every_step_is_in_the_ledger_without_a_name_or_a_reason_in_the_entry(board: User, newcomer: User) -> None:
    made = assign(newcomer, board, document="12/QĐ-MNNM")
    services.revoke(assignment=made, by=board, is_stepped_up=True, reason="stole a bicycle")
    signed, revoked = Entry.objects.filter(thing=f"assignment:{made.pk}").order_by("seq")
    assert (signed.act, signed.actor, revoked.act) == ("assignment.signed", f"p-{board.pk}", "assignment.revoked")
    body = json.loads(revoked.body)
    assert body["assignment"] == Assignment.objects.get(person=board).number
    assert body["before"] == json.loads(signed.body)["after"] != body["after"]
    assert body["facts"]["person"] == f"p-{newcomer.pk}"
    assert "bicycle" not in revoked.body
    assert Disclosure.objects.get(entry=revoked).text == "stole a bicycle"


def test_what_was_refused_leaves_no_assignment(newcomer: User, board: User) -> None:
    count = Entry.objects.filter(act__startswith="assignment").count()
    with pytest.raises(services.RoleUnknown):
        assign(newcomer, board, role="superuser")
    assert Entry.objects.filter(act__startswith="assignment").count() == count


def tickets_of(client: Client) -> list[bool]:
    """Whether each ticket was withdrawn, the oldest first, after one more was asked for."""
    body = {"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]}
    assert client.post("/footage/ticket", body, content_type="application/json").status_code == 200
    return [row.revoked_us is not None for row in IssuedTicket.objects.order_by("pk")]


def ends(row: Assignment | Delegation) -> None:
    """Its time is over just now."""
    now = timezone.now()
    type(row).objects.filter(pk=row.pk).update(from_at=now - timedelta(days=9), until_at=now)
    announce()


def test_what_ends_by_the_calendar_takes_the_open_tickets_and_leaves_newer_ones(
    board: User, sign_in: Callable[..., Client]
) -> None:
    FakeRecorder().enrol().send()
    client = sign_in("guard")
    guard = User.objects.get(username="guard")
    assert tickets_of(client) == [False]
    assign(guard, board, role="head_of_security")
    assert tickets_of(client) == [True, False]
    ends(Assignment.objects.get(person=guard, role="guard"))
    assert tickets_of(client) == [True, True, False]
    announce()
    assert tickets_of(client) == [True, True, False, False]


@pytest.mark.parametrize("what", ["the delegation", "the assignment"])
def test_a_delegation_that_ends_by_the_calendar_takes_the_takers_tickets(
    board: User, deputy: User, sign_in: Callable[..., Client], what: str
) -> None:
    FakeRecorder().enrol().send()
    client = sign_in("finance")
    given = Assignment.objects.get(person=board)
    made = delegate(given, User.objects.get(username="finance"), board)
    assert tickets_of(client) == [False]
    ends(made if what == "the delegation" else given)
    assert IssuedTicket.objects.get().revoked_us is not None


def test_a_recusal_takes_the_tickets_when_it_begins(board: User, sign_in: Callable[..., Client]) -> None:
    FakeRecorder().enrol().send()
    client = sign_in("guard")
    guard = User.objects.get(username="guard")
    span = Span(from_at=timezone.now() + timedelta(days=1))
    made = services.recuse(person=guard, case="C-1", reason="x", by=board, is_stepped_up=True, span=span)
    assert tickets_of(client) == [False]
    type(made).objects.update(from_at=timezone.now())
    announce()
    assert IssuedTicket.objects.get().revoked_us is not None
