"""Who is on watch says so as often as the text asks; who does not, or does not come, is found and passed on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from nangmai.web.accounts.models import User
from nangmai.web.compliance import triggers
from nangmai.web.duties import services as duties
from nangmai.web.duties.models import Duty
from nangmai.web.ledger.models import Entry
from nangmai.web.watch import presence, services
from nangmai.web.watch.models import Post, Presence, Shift
from unit.web.watch.rosters import Roster, at, clock_at, make_roster


@pytest.fixture
def roster(make_user: Callable[..., User]) -> Roster:
    return make_roster(make_user).fill().move("check", "approve", "publish")


@pytest.fixture
def on_watch(roster: Roster) -> Shift:
    """The day's guard took the shift at seven."""
    shift = roster.shift(at(0, 7))
    services.take(by=roster.day_guard, shift=shift, confirmed=[], clock=clock_at(at(0, 7)))
    return Shift.objects.get(pk=shift.pk)


def test_who_is_on_watch_is_asked_three_times_an_hour(roster: Roster, on_watch: Shift) -> None:
    due = presence.asked(on_watch)
    assert due == presence.Asked(at(0, 7, 20), at(0, 7, 30), is_missed=False)
    assert presence.confirm(by=roster.day_guard, clock=clock_at(at(0, 7, 19))) is None
    assert presence.confirm(by=roster.day_guard, clock=clock_at(at(0, 7, 22))) is not None
    again = presence.asked(on_watch)
    assert again is not None
    assert again.due_at == at(0, 7, 42)
    entry = Entry.objects.get(act="presence.confirmed")
    assert (entry.said.clauses, entry.thing) == (("Đ7.1",), on_watch.name)


def test_a_word_that_does_not_come_is_an_entry_and_a_duty_until_it_comes(roster: Roster, on_watch: Shift) -> None:
    presence.look(now=at(0, 7, 29))
    assert not Presence.objects.exists()
    presence.look(now=at(0, 7, 30))
    presence.look(now=at(0, 7, 31))
    assert [row.is_confirmed for row in Presence.objects.all()] == [False]
    assert Entry.objects.get(act="presence.missed").said.facts["person"] == f"p-{roster.day_guard.pk}"
    triggers.look(now=at(0, 7, 31))
    duty = Duty.objects.get(trigger="watch.unconfirmed")
    assert (duty.subject, duty.roles, duty.due_at) == (on_watch.name, ["head_of_security"], at(0, 7, 40))
    duties.escalate_overdue(now=at(0, 7, 41))
    duty.refresh_from_db()
    assert duty.escalated == ["principal", "vice_principal"]
    assert presence.confirm(by=roster.day_guard, clock=clock_at(at(0, 7, 45))) is not None
    triggers.look(now=at(0, 7, 46))
    duty.refresh_from_db()
    assert duty.done_at is not None


def test_a_post_that_is_not_manned_around_the_clock_asks_for_nothing(on_watch: Shift) -> None:
    Post.objects.update(is_continuous=False)
    assert presence.asked(Shift.objects.get(pk=on_watch.pk)) is None
    presence.look(now=at(0, 12))
    assert not Presence.objects.exists()


def test_nobody_is_blamed_for_a_time_in_which_the_program_did_not_run(on_watch: Shift) -> None:
    presence.look(now=at(0, 9), since=at(0, 8, 55))
    assert not Presence.objects.exists()
    presence.look(now=at(0, 9, 5), since=at(0, 8, 55))
    assert Presence.objects.count() == 1


def test_who_is_not_on_watch_cannot_confirm(roster: Roster, on_watch: Shift) -> None:
    with pytest.raises(presence.NotOnWatch):
        presence.confirm(by=roster.night_guard, clock=clock_at(at(0, 8)))


def test_a_shift_nobody_takes_is_found_and_goes_to_the_head_then_to_the_board(roster: Roster) -> None:
    shift = roster.shift(at(0, 7))
    presence.look(now=at(0, 7, 9))
    shift.refresh_from_db()
    assert shift.missed_at is None
    Shift.objects.filter(starts_at__lt=at(0, 7)).update(state="closed", taken_at=at(0, 0), closed_at=at(0, 7))
    presence.look(now=at(0, 7, 10))
    presence.look(now=at(0, 7, 11))
    shift.refresh_from_db()
    assert shift.missed_at == at(0, 7, 10)
    assert Entry.objects.filter(act="shift.missed", thing=shift.name).count() == 1
    triggers.look(now=at(0, 7, 11))
    duty = Duty.objects.get(trigger="watch.no_show")
    assert (duty.subject, duty.roles, duty.due_at) == (shift.name, ["head_of_security"], at(0, 7, 20))
    assert Duty.objects.filter(trigger="watch.unmanned", subject=f"post:{roster.post.pk}").exists()
    duties.escalate_overdue(now=at(0, 7, 21))
    duty.refresh_from_db()
    assert duty.escalated == ["principal", "vice_principal"]
    services.take(by=roster.day_guard, shift=shift, confirmed=[], clock=clock_at(at(0, 7, 25)))
    triggers.look(now=at(0, 7, 26))
    duty.refresh_from_db()
    assert duty.done_at is not None


def test_a_week_that_is_not_published_has_no_no_shows(make_user: Callable[..., User]) -> None:
    roster = make_roster(make_user).fill()
    presence.look(now=at(0, 8) + timedelta(days=1))
    assert not Shift.objects.filter(missed_at__isnull=False).exists()
    assert roster.week.state == "draft"
