"""Somebody else takes over in the course of a shift, with the reason; the one who was planned may still come."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from nangmai.web.accounts.models import User
from nangmai.web.compliance import triggers
from nangmai.web.duties.models import Duty
from nangmai.web.ledger.models import Entry
from nangmai.web.watch import faults, presence, queries, services
from nangmai.web.watch.models import Handover, RosterWeek, Shift
from unit.web.roles import Role
from unit.web.watch.rosters import Roster, at, clock_at, make_roster


@pytest.fixture
def roster(make_user: Callable[..., User]) -> Roster:
    return make_roster(make_user).fill().move("check", "approve", "publish")


@pytest.fixture
def colleague(make_user: Callable[..., User]) -> User:
    """On the watch, and free all week."""
    return make_user(Role.GUARD, "free")


def take(roster: Roster) -> Shift:
    services.take(by=roster.day_guard, shift=roster.shift(at(0, 7)), confirmed=[], clock=clock_at(at(0, 7)))
    return roster.shift(at(0, 7))


def relieve(roster: Roster, by: User, hour: int, outgoing: Shift | None = None, reason: str = "Bị ốm") -> Handover:
    return services.relieve(
        by=by, post=roster.post, reason=reason, confirmed=[], outgoing=outgoing, clock=clock_at(at(0, hour))
    )


def test_a_colleague_relieves_who_has_to_go_and_is_on_watch_for_the_rest_of_the_shift(
    roster: Roster, colleague: User
) -> None:
    mine = take(roster)
    done = relieve(roster, colleague, 12, outgoing=mine)
    mine.refresh_from_db()
    assert (mine.state, mine.closed_at) == ("closed", at(0, 12))
    assert (done.incoming.relieves, done.incoming.ends_at, done.reason) == (mine, at(0, 19), "Bị ốm")
    assert queries.on_shift(colleague, at(0, 13))
    assert not queries.on_shift(roster.day_guard, at(0, 13))
    entry = Entry.objects.get(act="shift.relieved")
    assert entry.seq < done.checkpoint_size
    assert entry.said.facts["instead_of"] == mine.pk
    assert "reason" in entry.said.personal


def test_who_was_relieved_for_a_break_comes_back(roster: Roster, colleague: User) -> None:
    first = relieve(roster, colleague, 12, outgoing=take(roster))
    back = relieve(roster, roster.day_guard, 13, outgoing=first.incoming, reason="Hết giờ nghỉ")
    assert queries.on_shift(roster.day_guard, at(0, 14))
    assert back.incoming.ends_at == at(0, 19)
    assert queries.faults(RosterWeek.objects.get(pk=roster.week.pk)) == []
    assert queries.uncovered(at(0, 7), at(0, 19), now=at(0, 14)) == []


def test_a_post_where_nobody_came_is_held_by_somebody_else_and_the_late_one_may_still_take_over(
    roster: Roster, colleague: User
) -> None:
    planned = roster.shift(at(0, 7))
    presence.look(now=at(0, 7, 15))
    triggers.look(now=at(0, 7, 16))
    stands_in = relieve(roster, colleague, 8).incoming
    assert stands_in.relieves == planned
    triggers.look(now=at(0, 8, 1))
    assert not Duty.objects.filter(trigger="watch.no_show", subject=planned.name, done_at=None).exists()
    services.hand_over(
        outgoing=stands_in, incoming=planned, by=roster.day_guard, confirmed=[], clock=clock_at(at(0, 9))
    )
    assert [shift.person for shift in queries.on_watch_now(at(0, 9))] == [roster.day_guard]


def test_relief_needs_a_reason_an_open_post_or_who_holds_it_and_a_shift_that_lasts(
    roster: Roster, colleague: User
) -> None:
    with pytest.raises(services.ReasonMissing):
        relieve(roster, colleague, 8, reason=" ")
    with pytest.raises(services.OwnShift):
        relieve(roster, roster.day_guard, 8)
    take(roster)
    with pytest.raises(services.PostIsHeld):
        relieve(roster, colleague, 8)
    RosterWeek.objects.update(state="draft", approved_by=None, approved_at=None)
    Shift.objects.filter(state="on_watch").update(state="closed", closed_at=at(0, 8))
    with pytest.raises(services.NothingToRelieve):
        relieve(roster, colleague, 9)


def test_nobody_is_on_watch_too_long_by_relieving_but_a_short_rest_is_written_down(
    roster: Roster, make_user: Callable[..., User]
) -> None:
    mine = take(roster)
    with pytest.raises(faults.ShiftTooLong):  # the night's guard would be there from noon to the next morning
        relieve(roster, roster.night_guard, 12, outgoing=mine)
    services.extend(by=roster.day_guard, shift=mine, until=at(0, 20), reason="Chờ người", clock=clock_at(at(0, 18)))
    tired = make_user(Role.GUARD, "tired")
    Shift.objects.filter(starts_at=at(1, 7)).update(person=tired, starts_at=at(0, 23), ends_at=at(1, 7))
    relieve(roster, tired, 18, outgoing=mine)
    assert Entry.objects.get(act="shift.relieved").said.facts["is_rest_short"] is True


def test_a_copied_week_leaves_out_who_stood_in(roster: Roster, colleague: User) -> None:
    relieve(roster, colleague, 12, outgoing=take(roster))
    following = RosterWeek.objects.create(begins=at(7, 0).date())
    services.copy_week(by=roster.head, week=following, source=roster.week)
    assert not following.shifts.filter(person=colleague).exists()
