"""A role is held exactly while an assignment or a delegation is in force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nangmai.web.accounts.models import User
from nangmai.web.people.models import Assignment, Delegation, Recusal
from nangmai.web.people.queries import holders, holdings, recused_from

DAY_0 = datetime(2026, 3, 1, tzinfo=UTC)


def day(number: int | None) -> datetime | None:
    return None if number is None else DAY_0 + timedelta(days=number)


def covers(at: int, begin: int, end: int | None, stopped: int | None) -> bool:
    """The rule, said once more and in whole days."""
    return begin <= at and (end is None or at < end) and (stopped is None or at < stopped)


@st.composite
def periods(draw: st.DrawFn, *, is_open: bool = True) -> tuple[int, int | None, int | None]:
    """Begin, end, and the day it was stopped before its time."""
    begin = draw(st.integers(0, 12))
    ends = st.integers(begin + 1, 14)
    end = draw(st.none() | ends) if is_open else draw(ends)
    return begin, end, draw(st.none() | st.integers(0, 14))


@pytest.fixture
def people(make_user: Callable[..., User]) -> tuple[User, User]:
    return make_user("", "an"), make_user("", "binh")


def assigned(person: User, role: str, period: tuple[int, int | None, int | None], **fields: Any) -> Assignment:
    begin, end, revoked = period
    return Assignment.objects.create(
        person=person,
        role=role,
        origin="command",
        signed_at=DAY_0,
        from_at=day(begin),
        until_at=day(end),
        revoked_at=day(revoked),
        revoked_reason="" if revoked is None else "moved away",
        **fields,
    )


def delegated(given: Assignment, taker: User, period: tuple[int, int | None, int | None], **fields: Any) -> Delegation:
    begin, end, withdrawn = period
    return Delegation.objects.create(
        assignment=given,
        giver=given.person,
        taker=taker,
        form="KT",
        signed_by=given.person,
        signed_at=DAY_0,
        from_at=day(begin),
        until_at=day(end),
        withdrawn_at=day(withdrawn),
        withdrawn_by=None if withdrawn is None else given.person,
        withdrawn_reason="" if withdrawn is None else "back at work",
        **fields,
    )


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    own=st.lists(periods(), max_size=3), given_away=st.lists(st.tuples(periods(), periods(is_open=False)), max_size=3)
)
def test_a_role_is_held_exactly_while_something_is_in_force(
    people: tuple[User, User], own: list[Any], given_away: list[Any]
) -> None:
    giver, taker = people
    Delegation.objects.all().delete()
    Assignment.objects.all().delete()
    rows = {assigned(taker, "guard", period).number: [period] for period in own}
    for period, passed_on in given_away:
        rows[delegated(assigned(giver, "guard", period), taker, passed_on).number] = [period, passed_on]
    for at in range(-1, 16):
        expected = {number for number, parts in rows.items() if all(covers(at, *part) for part in parts)}
        moment = day(at)
        assert moment is not None
        held = holdings(taker, moment)
        assert {holding.assignment for holding in held} == expected
        for holding in held:  # and it says itself when it will end
            assert holding.until is None or holding.until > moment
            assert holding.until is None or holding.assignment not in {
                later.assignment for later in holdings(taker, holding.until)
            }


def test_a_period_ends_before_its_last_moment_and_begins_with_its_first(people: tuple[User, User]) -> None:
    assigned(people[0], "guard", (2, 4, None))
    moment = timedelta(microseconds=1)
    held = [
        bool(holdings(people[0], DAY_0 + at)) for at in (timedelta(2) - moment, timedelta(2), timedelta(4) - moment)
    ]
    assert held == [False, True, True]
    assert not holdings(people[0], DAY_0 + timedelta(4))


def test_a_delegation_carries_its_acts_and_the_narrower_area(people: tuple[User, User]) -> None:
    giver, taker = people
    everywhere, gate = assigned(giver, "guard", (0, None, None)), assigned(giver, "guard", (0, None, None), area="gate")
    delegated(everywhere, taker, (0, 9, None), areas=["yard"], acts=["live.view"])
    delegated(gate, taker, (0, 9, None))
    first, second = holdings(taker, DAY_0)
    assert (first.areas, first.acts) == ({"yard"}, {"live.view"})
    assert (second.areas, second.acts) == ({"gate"}, frozenset())
    assert [holding.areas for holding in holdings(taker, DAY_0, act="assignment.sign")] == [{"gate"}]


def test_what_was_delegated_cannot_be_held_by_two_steps(people: tuple[User, User]) -> None:
    giver, taker = people
    delegated(assigned(giver, "principal", (0, None, None)), taker, (0, 9, None))
    assert not list(holders(["principal"], DAY_0).exclude(pk=giver.pk))
    assert not taker.assignments.exists()


@pytest.mark.parametrize("who", ["giver", "taker"])
def test_nobody_out_of_service_holds_or_gives(people: tuple[User, User], who: str) -> None:
    giver, taker = people
    delegated(assigned(giver, "guard", (0, None, None)), taker, (0, 9, None))
    User.objects.filter(pk=(giver if who == "giver" else taker).pk).update(is_active=False)
    assert holdings(taker, DAY_0) == []


def test_a_recusal_holds_for_its_time_and_its_case(people: tuple[User, User]) -> None:
    fields = {"declared_by": people[0], "declared_at": DAY_0, "reason": "my own child"}
    Recusal.objects.create(person=people[0], case="C-1", from_at=DAY_0, until_at=day(3), **fields)
    Recusal.objects.create(person=people[0], case="C-2", from_at=DAY_0, **fields)
    assert recused_from(people[0], DAY_0) == {"C-1", "C-2"}
    assert recused_from(people[0], DAY_0 + timedelta(days=3)) == {"C-2"}
    assert recused_from(people[1], DAY_0) == frozenset()
