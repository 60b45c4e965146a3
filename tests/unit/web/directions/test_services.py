"""Asking the board, and what it answers: each is decided, written down, and undone when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from nangmai.base.errors import Error
from nangmai.base.units import us_from_datetime
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.directions import queries, services
from nangmai.web.directions.instruments import cover
from nangmai.web.directions.models import Asked, Direction
from nangmai.web.footage import services as footage
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.policies import Right
from nangmai.web.footage.services import Wanted
from nangmai.web.ledger.models import Entry
from nangmai.web.regulation.authorities import Refused
from nangmai.web.regulation.facts import ALWAYS, Moment
from unit.web.directions.conftest import HOUR_US, Board
from unit.web.roles import Role


def last() -> Any:
    entry = Entry.objects.first()
    assert entry is not None
    return entry.said


def playback(board: Board, camera_id: str = "cam-01") -> IssuedTicket:
    wanted = Wanted(Right.PLAYBACK, "nvr-1", (camera_id,), *board.span)
    _token, row = footage.issue(by=board.guard, session_key="", wanted=wanted, purpose="P1")
    return row


def test_everybody_may_ask_also_somebody_without_a_role(board: Board, make_user: Callable[..., User]) -> None:
    stranger = make_user("", "stranger")
    row = board.ask(person=stranger)
    assert (row.state, list(row.cameras.all())) == ("open", board.cameras[:1])
    entry = last()
    assert (entry.act, entry.actor, entry.thing) == ("direction.asked", f"p-{stranger.pk}", f"asked:{row.pk}")
    assert entry.facts["cameras"] == ["nvr-1/cam-01"]
    assert entry.personal.keys() == {"reason"}, "what somebody says in words is not in the open"
    assert not Direction.objects.exists()


def test_a_direction_opens_the_footage_it_names_and_answers_the_request(board: Board) -> None:
    with pytest.raises(Refused):
        playback(board)
    asked = board.ask()
    row = board.give(asked=asked)
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by, row.asked) == ("given", board.principal, asked)
    entry = last()
    assert (entry.act, entry.thing, entry.clauses) == ("direction.signed", row.name, ("Đ4.1",))
    assert entry.facts["person"] == f"p-{board.guard.pk}"
    assert playback(board).basis == "Đ4.1"
    with pytest.raises(Refused):
        playback(board, "cam-02")


@pytest.mark.parametrize("role", [role for role in Role if role not in (Role.PRINCIPAL, Role.VICE_PRINCIPAL)])
def test_nobody_but_the_board_signs_a_direction_and_the_refusal_stays(
    board: Board, make_user: Callable[..., User], role: Role
) -> None:
    by = make_user(role, "other")
    with pytest.raises(Refused) as refused:
        board.give(by=by)
    assert refused.value.clause
    assert not Direction.objects.exists()
    entry = last()
    assert (entry.act, entry.outcome, entry.actor) == ("incident.direct", "refused", f"p-{by.pk}")
    assert ", ".join(entry.clauses) == refused.value.clause


def test_without_the_second_proof_nothing_is_signed_refused_or_withdrawn(board: Board) -> None:
    asked, direction = board.ask(), board.give()
    for attempt in (
        lambda: board.give(is_stepped_up=False, asked=asked),
        lambda: services.refuse(asked=asked, by=board.principal, answer="Không cần", is_stepped_up=False),
        lambda: services.withdraw(direction=direction, by=board.principal, is_stepped_up=False),
    ):
        size = Entry.objects.count()
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.clause == "Đ4.1"
        assert (Entry.objects.count(), last().outcome) == (size + 1, "refused")
    asked.refresh_from_db()
    direction.refresh_from_db()
    assert (asked.state, direction.withdrawn_at, Direction.objects.count()) == ("open", None, 1)


def test_a_refusal_of_the_board_says_why_and_is_final(board: Board) -> None:
    asked = board.ask()
    services.refuse(asked=asked, by=board.principal, answer="Không liên quan", is_stepped_up=True)
    asked.refresh_from_db()
    assert (asked.state, asked.answer) == ("refused", "Không liên quan")
    assert (last().act, last().personal.keys()) == ("direction.refused", {"answer"})
    for again in (
        lambda: services.refuse(asked=asked, by=board.principal, answer="x", is_stepped_up=True),
        lambda: services.withdraw_asked(asked=asked, by=board.guard),
        lambda: board.give(asked=asked),
    ):
        with pytest.raises(services.AlreadyAnswered):
            again()
    assert not Direction.objects.exists(), "what cannot answer the request is undone with it"


def test_who_asked_takes_it_back_and_nobody_else(board: Board) -> None:
    asked = board.ask()
    with pytest.raises(services.NotYours) as refused:
        services.withdraw_asked(asked=asked, by=board.principal)
    assert refused.value.clause == "Đ4.2"  # type: ignore[attr-defined]
    services.withdraw_asked(asked=asked, by=board.guard)
    asked.refresh_from_db()
    assert (asked.state, last().act) == ("withdrawn", "direction.unasked")


def test_a_withdrawn_direction_takes_its_tickets_back_at_once(board: Board) -> None:
    direction = board.give()
    ticket = playback(board)
    services.withdraw(direction=direction, by=board.principal, is_stepped_up=True)
    ticket.refresh_from_db()
    assert ticket.revoked_us is not None
    with pytest.raises(Refused):
        playback(board)
    size = Entry.objects.count()
    services.withdraw(direction=direction, by=board.principal, is_stepped_up=True)
    assert Entry.objects.count() == size, "withdrawn twice is withdrawn once"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"cameras": []}, services.NoCamera),
        ({"span": (5, 5)}, services.PeriodEmpty),
        ({"span": (6, 5)}, services.PeriodEmpty),
    ],
)
def test_a_request_that_covers_nothing_is_refused(board: Board, given: dict[str, Any], error: type[Error]) -> None:
    for write in (board.ask, board.give):
        with pytest.raises(error):
            write(**given)
    assert not Asked.objects.exists()
    assert not Direction.objects.exists()


def test_nobody_directs_themselves_and_no_direction_ends_before_it_begins(board: Board) -> None:
    with pytest.raises(services.OwnDirection):
        board.give(person=board.principal)
    with pytest.raises(services.EndsTooEarly):
        board.give(until_at=timezone.now() - timedelta(seconds=1))


def test_a_direction_counts_from_its_signature_until_its_end(board: Board) -> None:
    row = board.give()
    just_before = timedelta(microseconds=1)
    counts = [
        queries.valid(moment).exists()
        for moment in (row.signed_at - just_before, row.signed_at, row.until_at - just_before, row.until_at)
    ]
    assert counts == [False, True, True, False]


def test_of_several_directions_the_longest_part_counts(board: Board) -> None:
    begin, end = board.span
    board.give(span=(begin, begin + HOUR_US))
    board.give(span=(begin + 2 * HOUR_US, end))
    thing = Thing("camera", "nvr-1/cam-01")
    moment = Moment(board.guard, "playback.view", thing, us_from_datetime(timezone.now()), (begin, end))
    assert cover(moment) == (begin + 2 * HOUR_US, end)
    assert cover(moment._replace(span=(begin, begin + HOUR_US))) == (begin, begin + HOUR_US)
    assert cover(moment._replace(thing=Thing("camera", "nvr-1/cam-02"))) is None
    assert cover(moment._replace(span=None)) == ALWAYS
    assert cover(moment._replace(user=None)) is None


def test_the_board_sees_all_requests_others_their_own(board: Board, make_user: Callable[..., User]) -> None:
    board.ask()
    board.give()
    other = make_user(Role.FINANCE)
    for rows in (queries.asked_seen_by, queries.directions_seen_by):
        counts = [rows(user, is_board=is_board).count() for user, is_board in ((other, False), (board.guard, False))]
        assert counts == [0, 1]
        assert rows(other, is_board=True).count() == 1
