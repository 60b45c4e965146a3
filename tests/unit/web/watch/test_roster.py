"""A week is checked, approved and published in this order, and never with a minute open or a person overworked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from nangmai.base.errors import Error
from nangmai.regulation.states import EventUnexpected
from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Entry
from nangmai.web.watch import faults, queries, services
from nangmai.web.watch.models import ROSTER, SHIFT, RosterWeek, Shift
from unit.web.roles import Role
from unit.web.watch.rosters import MONDAY, Roster, at, make_roster


@pytest.fixture
def roster(make_user: Callable[..., User]) -> Roster:
    return make_roster(make_user)


def test_every_state_of_both_tables_can_be_reached() -> None:
    assert set(ROSTER.states) == ROSTER.reachable() == set(RosterWeek.State.values)
    assert set(SHIFT.states) == SHIFT.reachable() == set(Shift.State.values)


def test_a_whole_week_is_checked_approved_and_published_with_an_entry_each(roster: Roster) -> None:
    roster.fill().move("check", "approve", "publish")
    assert (roster.week.state, roster.week.approved_by) == ("published", roster.principal)
    acts = list(Entry.objects.filter(thing="roster:2026-11-23").order_by("seq").values_list("act", "actor"))
    assert acts[-3:] == [
        ("roster.checked", f"p-{roster.head.pk}"),
        ("roster.approved", f"p-{roster.principal.pk}"),
        ("roster.published", f"p-{roster.head.pk}"),
    ]


def test_a_gap_of_one_minute_is_named_and_keeps_the_week_from_being_checked(roster: Roster) -> None:
    roster.fill()
    Shift.objects.filter(starts_at=at(2, 19)).update(starts_at=at(2, 19, 1))
    with pytest.raises(faults.RosterHasGap) as refused:
        roster.move("check")
    assert refused.value.facts == {"post": "Phòng trực", "begin": "19:00 25/11/2026", "end": "19:01 25/11/2026"}
    assert RosterWeek.objects.get().state == "draft"


def test_a_gap_that_comes_after_the_approval_still_refuses_publication(roster: Roster) -> None:
    roster.fill().move("check", "approve")
    Shift.objects.filter(starts_at=at(6, 19)).update(ends_at=at(7, 0) - timedelta(minutes=1))
    with pytest.raises(faults.RosterHasGap):
        roster.move("publish")


def test_the_night_that_reaches_over_from_a_published_week_counts(roster: Roster) -> None:
    roster.fill().move("check", "approve", "publish")
    following = RosterWeek.objects.create(begins=MONDAY + timedelta(days=7))
    faults = queries.faults(following)
    assert [(fault.code, fault.period.begin) for fault in faults] == [("gap", at(7, 7))]


@pytest.mark.parametrize(
    ("begin", "end", "error"),
    [
        (at(1, 8), at(1, 9), faults.RosterClashes),
        (at(1, 19), at(1, 20), faults.ShiftTooLong),
        (at(1, 22), at(2, 2), faults.RestTooShort),
    ],
)
def test_nobody_is_in_two_places_too_long_or_without_rest(
    roster: Roster, begin: object, end: object, error: type[Error]
) -> None:
    roster.fill().plan(roster.day_guard, begin, end)  # type: ignore[arg-type]
    with pytest.raises(error, match=r"guard"):
        roster.move("check")


def test_rest_is_kept_across_two_weeks(roster: Roster) -> None:
    roster.fill().move("check", "approve", "publish")
    following = RosterWeek.objects.create(begins=MONDAY + timedelta(days=7))
    period = (at(7, 8), at(7, 10))
    services.plan_shifts(by=roster.head, week=following, post=roster.post, person=roster.night_guard, periods=[period])
    assert "short_rest" in [fault.code for fault in queries.faults(following)]


def test_a_change_makes_a_checked_week_a_draft_again_and_a_published_one_stays(roster: Roster) -> None:
    roster.fill().move("check", "approve")
    services.remove_shift(by=roster.head, shift=roster.shift(at(3, 7)))
    assert RosterWeek.objects.get().state == "draft"
    roster.plan(roster.day_guard, at(3, 7), at(3, 19))
    roster.move("check", "approve", "publish")
    with pytest.raises(services.RosterClosed):
        roster.plan(roster.day_guard, at(3, 7), at(3, 19))
    with pytest.raises(services.RosterClosed):
        services.remove_shift(by=roster.head, shift=roster.shift(at(3, 7)))


@pytest.mark.parametrize(("before", "event"), [((), "approve"), ((), "publish"), (("check",), "publish")])
def test_no_step_is_left_out(roster: Roster, before: tuple[str, ...], event: str) -> None:
    roster.fill().move(*before)
    with pytest.raises(EventUnexpected):
        roster.move(event)


def test_each_step_is_for_whom_the_regulation_names(roster: Roster, make_user: Callable[..., User]) -> None:
    finance = make_user(Role.FINANCE)
    roster.fill()
    for by in (finance, roster.day_guard, roster.principal):
        with pytest.raises(Error, match=r"Đ7\.1"):
            services.move_week(by=by, week=roster.week, event="check")
    roster.move("check")
    for by in (finance, roster.head):
        with pytest.raises(Error, match=r"Đ7\.1"):
            services.move_week(by=by, week=roster.week, event="approve")


def test_a_week_is_planned_as_the_one_before(roster: Roster) -> None:
    roster.fill()
    following = RosterWeek.objects.create(begins=MONDAY + timedelta(days=7))
    assert services.copy_week(by=roster.head, week=following, source=roster.week) == 15
    assert following.shifts.filter(starts_at=at(7, 7), ends_at=at(7, 19), person=roster.day_guard).exists()


def test_a_shift_of_another_week_is_refused(roster: Roster) -> None:
    with pytest.raises(services.ShiftElsewhere):
        roster.plan(roster.day_guard, at(7, 0), at(7, 7))


def test_the_database_keeps_a_week_from_beginning_on_a_tuesday() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RosterWeek.objects.create(begins=MONDAY + timedelta(days=1))
