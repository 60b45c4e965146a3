"""Two people swap shifts: nothing changes until somebody else approves, and the roster's limits hold for both."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from nangmai.regulation.states import EventUnexpected
from nangmai.web.accounts.models import User
from nangmai.web.ledger.comparing import compare
from nangmai.web.ledger.models import Entry
from nangmai.web.people.models import Assignment
from nangmai.web.regulation.authorities import Refused
from nangmai.web.watch import faults, queries, services, swaps, told
from nangmai.web.watch.models import SWAP, Shift, Swap
from unit.web.roles import Role
from unit.web.watch.rosters import Roster, at, clock_at, make_roster

NOW = clock_at(at(0, 12))


@pytest.fixture
def roster(make_user: Callable[..., User]) -> Roster:
    return make_roster(make_user).fill().move("check", "approve", "publish")


@pytest.fixture
def colleague(roster: Roster, make_user: Callable[..., User]) -> User:
    """On the watch, and free all week; like everybody, assigned since before it, whenever this runs."""
    made = make_user(Role.GUARD, "free")
    Assignment.objects.update(from_at=at(0, 0) - timedelta(days=30))
    return made


def ask(roster: Roster, colleague: User, shift: Shift | None = None, in_return: Shift | None = None) -> Swap:
    return swaps.ask(
        by=roster.day_guard,
        shift=shift or roster.shift(at(2, 7)),
        taker=colleague,
        reason="Đi khám bệnh",
        in_return=in_return,
        clock=NOW,
    )


def owner(roster: Roster, day: int = 2) -> User:
    return roster.shift(at(day, 7)).person


def test_a_swap_changes_nothing_until_it_is_approved(roster: Roster, colleague: User) -> None:
    swap = ask(roster, colleague)
    assert owner(roster) == roster.day_guard
    swaps.agree(by=colleague, swap=swap, clock=NOW)
    assert owner(roster) == roster.day_guard
    swaps.approve(by=roster.head, swap=swap, clock=NOW)
    assert owner(roster) == colleague
    told = Entry.objects.filter(act__startswith="swap.").order_by("seq")
    assert [entry.act for entry in told] == ["swap.asked", "swap.agreed", "swap.approved"]
    assert all(entry.said.clauses == ("Đ7.1",) for entry in told)
    assert queries.coming(colleague, at(0, 12)).count() == 1


def test_one_shift_is_given_for_another(roster: Roster, colleague: User) -> None:
    given = ask(roster, colleague)
    swaps.agree(by=colleague, swap=given, clock=NOW)
    swaps.approve(by=roster.head, swap=given, clock=NOW)
    back = ask(roster, colleague, shift=roster.shift(at(5, 7)), in_return=roster.shift(at(2, 7)))
    swaps.agree(by=colleague, swap=back, clock=NOW)
    swaps.approve(by=roster.head, swap=back, clock=NOW)
    assert (owner(roster, 2), owner(roster, 5)) == (roster.day_guard, colleague)


def test_what_is_declined_withdrawn_or_refused_leaves_the_roster_as_it_is(roster: Roster, colleague: User) -> None:
    swaps.decline(by=colleague, swap=ask(roster, colleague), clock=NOW)
    swaps.withdraw(by=roster.day_guard, swap=ask(roster, colleague), clock=NOW)
    agreed = swaps.agree(by=colleague, swap=ask(roster, colleague), clock=NOW)
    with pytest.raises(services.ReasonMissing):
        swaps.refuse(by=roster.head, swap=agreed, reason=" ", clock=NOW)
    swaps.refuse(by=roster.head, swap=agreed, reason="Thiếu người", clock=NOW)
    assert owner(roster) == roster.day_guard
    for event in (swaps.approve, swaps.agree):
        with pytest.raises(EventUnexpected):
            event(by=roster.head if event is swaps.approve else colleague, swap=agreed, clock=NOW)


def test_nobody_approves_before_the_colleague_agrees_nor_a_swap_of_their_own(roster: Roster, colleague: User) -> None:
    swap = ask(roster, colleague)
    with pytest.raises(EventUnexpected):
        swaps.approve(by=roster.head, swap=swap, clock=NOW)
    with pytest.raises(swaps.NotYourSwap):
        swaps.agree(by=roster.night_guard, swap=swap, clock=NOW)
    with pytest.raises(swaps.NotYourSwap):
        swaps.withdraw(by=colleague, swap=swap, clock=NOW)
    swaps.withdraw(by=roster.day_guard, swap=swap, clock=NOW)
    mine = swaps.agree(by=roster.head, swap=ask(roster, roster.head), clock=NOW)
    with pytest.raises(swaps.SwapOwn):
        swaps.approve(by=roster.head, swap=mine, clock=NOW)
    with pytest.raises(Refused) as told:
        swaps.approve(by=colleague, swap=mine, clock=NOW)
    assert told.value.clause == "Đ7.1"
    swaps.approve(by=roster.principal, swap=mine, clock=NOW)
    assert owner(roster) == roster.head


def test_the_limits_of_the_roster_hold_for_a_swap(roster: Roster, colleague: User) -> None:
    assert not queries.coming(colleague, at(0, 12)).exists()
    with pytest.raises(faults.ShiftTooLong):  # from the night into the day
        ask(roster, roster.night_guard)
    with pytest.raises(faults.ShiftTooLong):
        ask(roster, roster.night_guard, in_return=roster.shift(at(4, 19)))


def test_a_rest_that_would_be_too_short_is_refused(roster: Roster, colleague: User) -> None:
    first = ask(roster, colleague, shift=roster.shift(at(2, 7)))
    swaps.agree(by=colleague, swap=first, clock=NOW)
    swaps.approve(by=roster.head, swap=first, clock=NOW)
    early = roster.shift(at(3, 19))
    Shift.objects.filter(pk=early.pk).update(starts_at=at(3, 6), ends_at=at(3, 10))
    with pytest.raises(faults.RestTooShort):
        swaps.ask(by=roster.night_guard, shift=roster.shift(at(3, 6)), taker=colleague, reason="x", clock=NOW)


def test_what_became_wrong_after_the_asking_is_found_before_the_approval(roster: Roster, colleague: User) -> None:
    swap = swaps.agree(by=colleague, swap=ask(roster, colleague), clock=NOW)
    other = swaps.ask(
        by=roster.night_guard, shift=roster.shift(at(1, 19)), taker=colleague, reason="Việc nhà", clock=NOW
    )
    swaps.agree(by=colleague, swap=other, clock=NOW)
    swaps.approve(by=roster.head, swap=other, clock=NOW)
    with pytest.raises(faults.ShiftTooLong):
        swaps.approve(by=roster.head, swap=swap, clock=NOW)
    assert owner(roster) == roster.day_guard


def test_a_shift_that_began_or_is_asked_for_already_cannot_be_swapped(roster: Roster, colleague: User) -> None:
    with pytest.raises(swaps.ShiftBegun):
        ask(roster, colleague, shift=roster.shift(at(0, 7)))
    swap = ask(roster, colleague)
    with pytest.raises(swaps.SwapAsked):
        ask(roster, colleague)
    swaps.agree(by=colleague, swap=swap, clock=NOW)
    with pytest.raises(swaps.ShiftBegun):
        swaps.approve(by=roster.head, swap=swap, clock=clock_at(at(2, 7)))


def test_only_people_of_the_watch_take_a_shift_and_give_their_own(
    roster: Roster, colleague: User, make_user: Callable[..., User]
) -> None:
    with pytest.raises(swaps.TakerUnfit):
        ask(roster, make_user(Role.FINANCE))
    with pytest.raises(swaps.TakerUnfit):
        ask(roster, colleague, in_return=roster.shift(at(4, 19)))
    with pytest.raises(services.NotYourShift):
        ask(roster, colleague, shift=roster.shift(at(2, 19)))


def test_every_state_of_a_swap_is_reached() -> None:
    assert SWAP.reachable() == set(Swap.State.values)


def test_the_ledger_alone_tells_who_has_which_shift(roster: Roster, colleague: User) -> None:
    swap = ask(roster, colleague)
    swaps.agree(by=colleague, swap=swap, clock=NOW)
    swaps.approve(by=roster.head, swap=swap, clock=NOW)
    swaps.withdraw(by=roster.day_guard, swap=ask(roster, colleague, shift=roster.shift(at(4, 7))), clock=NOW)
    mine = roster.shift(at(0, 7))
    services.take(by=roster.day_guard, shift=mine, confirmed=[], clock=clock_at(at(0, 7)))
    services.relieve(
        by=colleague, post=roster.post, reason="Bị ốm", confirmed=[], outgoing=mine, clock=clock_at(at(0, 12))
    )
    found = compare()
    kinds = ("shift:", "swap:", "roster:")
    assert [one for one in found.differences if one.case.startswith(kinds)] == []
    assert [one for one in found.missteps if one.case.startswith(kinds)] == []


def test_what_is_told_of_a_swap_is_what_its_table_allows() -> None:
    for target, sources in told.SWAPS.items():
        assert set(sources) == {step.source for step in SWAP.transitions if step.target == target}
