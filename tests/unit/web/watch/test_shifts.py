"""A shift is taken in its time by its own person, handed over line by line, and stamped with a checkpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from nangmai.regulation.states import EventUnexpected
from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Checkpoint, Entry
from nangmai.web.watch import items, queries, services
from nangmai.web.watch.items import Item
from nangmai.web.watch.models import Handover, Post
from nangmai.web.watch.signals import asked_what_is_open
from unit.web.recorders import FakeRecorder, camera
from unit.web.watch.rosters import Roster, at, clock_at, make_roster

SEVEN, NINETEEN = at(0, 7), at(0, 19)


@pytest.fixture
def roster(make_user: Callable[..., User]) -> Roster:
    return make_roster(make_user).fill().move("check", "approve", "publish")


def keys(roster: Roster, moment: datetime) -> list[str]:
    return [item.key for item in items.open_items(roster.post, moment)]


def take_day(roster: Roster, moment: datetime = SEVEN) -> Handover:
    shift = roster.shift(at(0, 7))
    return services.take(by=roster.day_guard, shift=shift, confirmed=keys(roster, moment), clock=clock_at(moment))


def hand_to_night(roster: Roster, moment: datetime = NINETEEN, note: str = "") -> Handover:
    return services.hand_over(
        outgoing=roster.shift(at(0, 7)),
        incoming=roster.shift(at(0, 19)),
        by=roster.night_guard,
        confirmed=keys(roster, moment),
        note=note,
        clock=clock_at(moment),
    )


def test_who_took_the_shift_is_on_watch_until_it_is_handed_over(roster: Roster) -> None:
    take_day(roster, at(0, 6, 55))
    assert not queries.on_shift(roster.day_guard, at(0, 6, 54))
    assert queries.on_shift(roster.day_guard, at(0, 6, 55))
    assert [shift.person for shift in queries.on_watch_now(at(0, 12))] == [roster.day_guard]
    hand_to_night(roster, at(0, 18, 58))
    assert queries.on_shift(roster.day_guard, at(0, 18, 57))
    assert not queries.on_shift(roster.day_guard, at(0, 18, 58))
    assert [shift.person for shift in queries.on_watch_now(at(0, 19, 30))] == [roster.night_guard]


def test_a_planned_shift_alone_puts_nobody_on_watch(roster: Roster) -> None:
    assert not queries.on_shift(roster.day_guard, at(0, 12))
    assert queries.on_watch_now(at(0, 12)) == []


@pytest.mark.parametrize("moment", [at(0, 6, 49), at(0, 19)])
def test_a_shift_cannot_be_taken_out_of_its_time(roster: Roster, moment: datetime) -> None:
    with pytest.raises(services.ShiftNotDue):
        take_day(roster, moment)


def test_nobody_takes_anothers_shift_or_a_post_that_is_held(roster: Roster) -> None:
    day, night = roster.shift(at(0, 7)), roster.shift(at(0, 19))
    with pytest.raises(services.NotYourShift):
        services.take(by=roster.night_guard, shift=day, confirmed=[], clock=clock_at(at(0, 7)))
    take_day(roster)
    with pytest.raises(services.PostIsHeld):
        services.take(by=roster.night_guard, shift=night, confirmed=[], clock=clock_at(at(0, 19)))


def test_a_shift_is_taken_once(roster: Roster) -> None:
    take_day(roster)
    with pytest.raises(services.ShiftNotDue):
        take_day(roster)
    hand_to_night(roster)
    with pytest.raises((EventUnexpected, services.ShiftNotDue)):
        hand_to_night(roster)


def test_what_is_down_is_on_the_list_and_has_to_be_confirmed(roster: Roster) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01"), camera("cam-02", "Bếp", state="no_signal")))
    assert keys(roster, at(0, 7)) == ["camera_down:nvr-1/cam-02"]
    with pytest.raises(services.ItemUnconfirmed):
        services.take(by=roster.day_guard, shift=roster.shift(at(0, 7)), confirmed=["other"], clock=clock_at(at(0, 7)))
    record = take_day(roster)
    assert [item["key"] for item in record.items] == ["camera_down:nvr-1/cam-02"]
    assert "Bếp" in items.in_words(record.items[0])


@pytest.fixture
def duty() -> Iterator[None]:
    def answer(sender: object, post: Post, at: datetime, **_: object) -> list[Item]:
        return [Item("duty:7", "duty", {"title": "x"})]

    asked_what_is_open.connect(answer)
    yield
    asked_what_is_open.disconnect(answer)


@pytest.mark.usefixtures("duty")
def test_other_apps_add_what_is_open_with_them(roster: Roster) -> None:
    with pytest.raises(services.ItemUnconfirmed):
        services.take(by=roster.day_guard, shift=roster.shift(at(0, 7)), confirmed=[], clock=clock_at(at(0, 7)))
    assert [item["code"] for item in take_day(roster).items] == ["duty"]


def test_a_handover_is_stamped_with_a_checkpoint_that_contains_it(roster: Roster) -> None:
    take_day(roster)
    record = hand_to_night(roster, note="Cổng phụ khóa.")
    stamp = Checkpoint.objects.get(size=record.checkpoint_size)
    assert stamp.root == record.checkpoint_root
    told = list(Entry.objects.filter(act__startswith="shift.").order_by("seq"))
    assert [entry.act for entry in told] == ["shift.taken", "shift.handed_over", "shift.taken"]
    assert told[-1].seq < record.checkpoint_size
    assert (record.outgoing, record.incoming) == (roster.shift(at(0, 7)), roster.shift(at(0, 19)))
    assert roster.shift(at(0, 7)).note == "Cổng phụ khóa."


def test_a_refused_handover_changes_nothing(roster: Roster) -> None:
    take_day(roster)
    size = Entry.objects.count()
    with pytest.raises(services.ShiftNotDue):
        hand_to_night(roster, at(0, 18))
    assert Entry.objects.count() == size
    assert queries.on_shift(roster.day_guard, at(0, 18, 1))


def test_a_watch_that_is_long_over_counts_no_more_unless_it_was_extended(roster: Roster) -> None:
    take_day(roster)
    shift = roster.shift(at(0, 7))
    assert queries.on_shift(roster.day_guard, at(0, 19, 9))
    assert not queries.on_shift(roster.day_guard, at(0, 19, 10))
    late = clock_at(at(0, 19, 5))
    with pytest.raises(services.ReasonMissing):
        services.extend(by=roster.day_guard, shift=shift, until=at(0, 20), reason=" ", clock=late)
    for until in (at(0, 19), at(1, 8)):
        with pytest.raises(services.ExtensionTooShort):
            services.extend(by=roster.day_guard, shift=shift, until=until, reason="x", clock=late)
    services.extend(by=roster.day_guard, shift=shift, until=at(0, 20), reason="Chưa có người thay", clock=late)
    assert queries.on_shift(roster.day_guard, at(0, 20, 5))
    with pytest.raises(services.NotYourShift):
        services.close(by=roster.night_guard, shift=shift, reason="x", clock=late)


def test_uncovered_minutes_are_those_nobody_was_there_and_those_nobody_is_planned_for(roster: Roster) -> None:
    take_day(roster, at(0, 7, 30))
    services.close(by=roster.day_guard, shift=roster.shift(at(0, 7)), reason="Ốm", clock=clock_at(at(0, 12)))
    found = queries.uncovered(at(0, 6), at(0, 20), now=at(0, 13))
    assert [one.period for one in found] == [(at(0, 6), at(0, 7, 30)), (at(0, 12), at(0, 19))]
    beyond = queries.uncovered(at(6, 0), at(7, 9), now=at(0, 13))
    assert [one.period for one in beyond] == [(at(7, 7), at(7, 9))]


def test_an_ill_guards_reason_is_handed_to_the_next(roster: Roster) -> None:
    take_day(roster)
    services.close(by=roster.day_guard, shift=roster.shift(at(0, 7)), reason="Ốm", clock=clock_at(at(0, 12)))
    found = items.open_items(roster.post, at(0, 19))
    assert [item.facts["text"] for item in found] == ["Ốm"]


def test_limits_are_those_of_the_regulation() -> None:
    limits = queries.limits()
    assert (limits.longest, limits.rest) == (timedelta(hours=12), timedelta(hours=12))
