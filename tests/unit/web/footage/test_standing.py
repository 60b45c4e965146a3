"""A ticket lives no longer than what it rests on, also where that ends with nobody pressing anything."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from nangmai.base.clock import ManualClock, SystemClock
from nangmai.base.units import US_PER_S
from nangmai.protocol.tickets import LEEWAY_S
from nangmai.web.accounts.models import User
from nangmai.web.directions import services as directions
from nangmai.web.footage import services
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.policies import Right
from nangmai.web.footage.queries import revoked
from nangmai.web.footage.services import Wanted
from nangmai.web.footage.standing import end_unfounded
from nangmai.web.ledger.models import Entry
from nangmai.web.people.models import Assignment
from nangmai.web.people.services import assign_by_command
from nangmai.web.regulation import facts
from nangmai.web.regulation.authorities import Refused
from nangmai.web.regulation.models import Acknowledgement
from nangmai.web.regulation.services import acknowledge
from nangmai.web.sites.models import Area, Camera, Recorder
from nangmai.web.watch import services as watch
from nangmai.web.watch.facts import is_on_shift
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role
from unit.web.watch.rosters import Roster, at, clock_at, make_roster

MINUTE_US = 60 * US_PER_S


@pytest.fixture(autouse=True)
def _recorder() -> None:
    recorder = FakeRecorder().enrol()
    assert recorder.send(recorder.report(camera("cam-01"), camera("cam-02"))).status_code == 200


def opened(user: User, right: Right, clock: ManualClock | SystemClock, minutes: int = 20) -> IssuedTicket:
    now_us = clock.wall_us()
    span = (None, None) if right is Right.LIVE else (now_us - minutes * MINUTE_US, now_us)
    wanted = Wanted(right, "nvr-1", ("cam-01", "cam-02"), *span)
    return services.issue(by=user, session_key="s", wanted=wanted, purpose="P1", clock=clock)[1]  # type: ignore[arg-type]


def is_open(ticket: IssuedTicket) -> bool:
    ticket.refresh_from_db()
    return ticket.revoked_us is None


@pytest.fixture
def roster(make_user: Callable[..., User], monkeypatch: pytest.MonkeyPatch) -> Roster:
    monkeypatch.setitem(facts._facts, "on_shift", is_on_shift)
    made = make_roster(make_user).fill().move("check", "approve", "publish")
    Assignment.objects.update(from_at=at(-1, 0))
    watch.take(by=made.night_guard, shift=made.shift(at(0, 0)), confirmed=(), clock=clock_at(at(0, 0)))
    return made


def test_live_of_a_guard_ends_with_the_shift_though_nobody_relieves_them(roster: Roster) -> None:
    grace = timedelta(minutes=10)  # handover_minutes
    clock = clock_at(at(0, 7) + grace - timedelta(minutes=5))
    ticket = opened(roster.night_guard, Right.LIVE, clock)
    clock.advance(5 * MINUTE_US - 1)
    assert end_unfounded(clock=clock) == 0
    clock.advance(1)
    assert end_unfounded(clock=clock) == 1
    assert not is_open(ticket)
    entry = Entry.objects.get(act="ticket.withdrawn").said
    assert (entry.thing, entry.facts) == (f"account:{roster.night_guard.pk}", {"tickets": [ticket.jti]})
    assert "Đ7.1" in entry.clauses
    assert end_unfounded(clock=clock) == 0, "once"


@pytest.mark.parametrize("way", ["hand_over", "close"])
def test_live_of_a_guard_ends_at_once_when_the_post_is_given_up(roster: Roster, way: str) -> None:
    clock = clock_at(at(0, 6, 55))
    ticket = opened(roster.night_guard, Right.LIVE, clock)
    IssuedTicket.objects.update(expires_us=SystemClock().wall_us() + MINUTE_US, issued_us=0)
    shift = roster.shift(at(0, 0))
    if way == "close":
        watch.close(by=roster.night_guard, shift=shift, reason="Đau bụng", clock=clock)
    else:
        watch.hand_over(
            outgoing=shift,
            incoming=roster.shift(at(0, 7)),
            by=roster.day_guard,
            confirmed=("camera:nvr-1/cam-01",),
            clock=clock,
        )
    assert not is_open(ticket)


def test_playback_ends_with_its_direction(make_user: Callable[..., User]) -> None:
    guard, principal, clock = make_user(Role.GUARD), make_user(Role.PRINCIPAL), ManualClock(SystemClock().wall_us())
    now_us = clock.wall_us()
    directions.give(
        by=principal, person=guard, cameras=list(Camera.objects.all()), span=(now_us - 60 * MINUTE_US, now_us),
        purpose="P1", text="Xem lại", until_at=timezone.now() + timedelta(minutes=5), is_stepped_up=True,
    )  # fmt: skip
    clock.advance(US_PER_S)
    ticket = opened(guard, Right.PLAYBACK, clock)
    clock.advance(4 * MINUTE_US)
    assert end_unfounded(clock=clock) == 0
    clock.advance(MINUTE_US)
    assert end_unfounded(clock=clock) == 1
    assert not is_open(ticket)


def test_a_direction_serves_its_own_purpose_alone(make_user: Callable[..., User]) -> None:
    guard, principal, now_us = make_user(Role.GUARD), make_user(Role.PRINCIPAL), SystemClock().wall_us()
    span = (now_us - 60 * MINUTE_US, now_us - MINUTE_US)
    directions.give(
        by=principal, person=guard, cameras=list(Camera.objects.all()), span=span, purpose="P1", text="Xem lại",
        until_at=timezone.now() + timedelta(hours=1), is_stepped_up=True,
    )  # fmt: skip
    wanted = Wanted(Right.PLAYBACK, "nvr-1", ("cam-01",), *span)
    with pytest.raises(Refused):
        services.issue(by=guard, session_key="s", wanted=wanted, purpose="P2")
    assert services.issue(by=guard, session_key="s", wanted=wanted, purpose="P1")[1].basis == "Đ4.1"


def test_every_ticket_ends_when_its_holder_has_not_acknowledged_the_text_in_force(
    make_user: Callable[..., User],
) -> None:
    principal = make_user(Role.PRINCIPAL)
    tickets = [opened(principal, right, SystemClock()) for right in (Right.LIVE, Right.REPLAY, Right.PLAYBACK)]
    assert end_unfounded() == 0
    Acknowledgement.objects.all().delete()
    assert end_unfounded() == 3
    assert not any(map(is_open, tickets))


def test_playback_ends_when_a_camera_no_longer_serves_the_purpose(make_user: Callable[..., User]) -> None:
    principal = make_user(Role.PRINCIPAL)
    ticket = opened(principal, Right.PLAYBACK, SystemClock())
    Camera.objects.filter(camera_id="cam-02").update(purposes=["P3"])
    assert end_unfounded() == 1
    assert not is_open(ticket)


def test_live_ends_when_a_camera_moves_out_of_the_area_one_is_assigned_to(make_user: Callable[..., User]) -> None:
    head = make_user("", "head")
    gate, yard = Area.objects.create(name="Cổng", is_placed=True), Area.objects.create(name="Sân", is_placed=True)
    Camera.objects.update(area=gate)
    assign_by_command(person=head, role=Role.HEAD_OF_SECURITY, area=str(gate.pk))
    acknowledge(person=head)
    ticket = opened(head, Right.LIVE, SystemClock())
    assert end_unfounded() == 0
    Camera.objects.filter(camera_id="cam-02").update(area=yard)
    assert end_unfounded() == 1
    assert not is_open(ticket)


def test_a_replay_ticket_stays_though_its_first_minute_grows_older_than_the_window(
    make_user: Callable[..., User],
) -> None:
    guard, clock = make_user(Role.GUARD), ManualClock(SystemClock().wall_us())
    ticket = opened(guard, Right.REPLAY, clock, minutes=60)
    clock.advance(9 * MINUTE_US)
    assert end_unfounded(clock=clock) == 0
    assert is_open(ticket)


def test_a_ticket_in_its_leeway_is_still_withdrawn_and_told_to_the_recorder(make_user: Callable[..., User]) -> None:
    principal, clock = make_user(Role.PRINCIPAL), ManualClock(SystemClock().wall_us())
    ticket = opened(principal, Right.LIVE, clock)
    clock.advance(ticket.expires_us - clock.wall_us() + (LEEWAY_S - 1) * US_PER_S)
    assert services.revoke_session(session_key="s", clock=clock) == 1
    assert revoked(Recorder.objects.get(), clock.wall_us()) == (ticket.jti,)


def test_an_assignment_to_an_area_opens_no_camera_that_hangs_nowhere(make_user: Callable[..., User]) -> None:
    head, gate = make_user("", "head"), Area.objects.create(name="Cổng", is_placed=True)
    assign_by_command(person=head, role=Role.HEAD_OF_SECURITY, area=str(gate.pk))
    acknowledge(person=head)
    Camera.objects.filter(camera_id="cam-01").update(area=gate)
    Camera.objects.filter(camera_id="cam-02").update(area=None)
    for camera_id, is_open in (("cam-01", True), ("cam-02", False)):
        wanted = Wanted(Right.LIVE, "nvr-1", (camera_id,), None, None)
        if is_open:
            assert services.issue(by=head, session_key="s", wanted=wanted)[1].basis == "Đ7.1"
        else:
            with pytest.raises(Refused):
                services.issue(by=head, session_key="s", wanted=wanted)
