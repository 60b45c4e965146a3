"""What goes on while the regulation changes is told before the signature, each kind with its rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.units import US_PER_S
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.amendments import drafts, queries, services
from nangmai.web.amendments.models import Amendment
from nangmai.web.directions import services as directions
from nangmai.web.duties import services as duties
from nangmai.web.footage import services as footage
from nangmai.web.footage.policies import Right
from nangmai.web.matters import services as matters
from nangmai.web.regulation.running import Running
from nangmai.web.sites.models import Camera
from nangmai.web.watch import services as watch
from nangmai.web.watch.models import RosterWeek, midnight
from nangmai.web.watch.queries import monday
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role

HOUR_US = 3600 * US_PER_S


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def guard(make_user: Callable[..., User]) -> User:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01")))
    return make_user(Role.GUARD)


def going_on(amendment: Amendment) -> dict[str, Running]:
    amendment.refresh_from_db()
    return {str(one.title): one for one in queries.judged(amendment).running}


def changed(amendment: Amendment, by: User, edit: Callable[[Regulation], Regulation]) -> None:
    services.change(amendment=amendment, by=by, part="norms", edit=edit)


def without_permits(draft: Regulation, act: str) -> Regulation:
    for norm in list(draft.naming(act, "permit")):
        draft = drafts.without_norm(draft, norm)
    return draft


def test_open_replays_are_told_when_the_window_shrinks(head: User, guard: User, amendment: Amendment) -> None:
    now_us = wall_us()
    wanted = footage.Wanted(Right.REPLAY, "nvr-1", ("cam-01",), now_us - HOUR_US, now_us)
    footage.issue(by=guard, session_key="s", wanted=wanted, purpose="P1")
    tickets = going_on(amendment)["Tickets open now"]
    assert (tickets.count, tickets.changed) == (1, [])
    changed(amendment, head, lambda draft: drafts.with_parameters(draft, {"replay_minutes": 10}))
    tickets = going_on(amendment)["Tickets open now"]
    assert tickets.changed == ["guard: instant replay, 30 → 10 minutes"]
    assert "judged again when the new version begins" in str(tickets.rule)


def test_directions_and_requests_are_told_when_the_right_goes(
    head: User, board: User, guard: User, amendment: Amendment
) -> None:
    cameras, now_us = list(Camera.objects.all()), wall_us()
    span, until = (now_us - 9 * HOUR_US, now_us - HOUR_US), utc_now() + timedelta(hours=1)
    directions.give(
        by=board, person=guard, cameras=cameras, span=span, purpose="P1", text="Xem lại", until_at=until,
        is_stepped_up=True,
    )  # fmt: skip
    directions.ask(person=guard, act="playback.view", cameras=cameras, span=span, purpose="P1", reason="Trèo rào")
    matters.file(person=guard, act="playback.view")
    changed(amendment, head, lambda draft: without_permits(draft, "playback.view"))
    told = going_on(amendment)
    standing = told["Directions in force and requests to the board"]
    assert standing.count == 2
    assert [line.partition(" (")[0] for line in standing.changed] == ["guard: Guard loses Playback"]
    (line,) = told["Matters without an answer"].changed
    assert "Guard loses Playback" in line


def test_weeks_are_told_that_the_new_figures_would_not_let_pass(head: User, guard: User, amendment: Amendment) -> None:
    begins = monday(timezone.localdate(utc_now()))
    week, post = RosterWeek.objects.create(begins=begins), watch.add_post(by=head, name="Phòng trực")
    begin = midnight(begins + timedelta(days=6))
    watch.plan_shifts(by=head, week=week, post=post, person=guard, periods=[(begin, begin + timedelta(hours=12))])
    title = "Weeks of the roster, from this one on"
    assert going_on(amendment)[title].changed == []
    changed(amendment, head, lambda draft: drafts.with_parameters(draft, {"shift_max_hours": 8}))
    (line,) = going_on(amendment)[title].changed
    assert line.startswith(f"Week from {begins:%d/%m/%Y} (Draft): ")


def test_open_duties_whose_norm_changes_are_told(head: User, guard: User, amendment: Amendment) -> None:
    duties.opened("camera.failed", "camera:nvr-1/cam-01")
    before = going_on(amendment)["Duties that are open"]
    assert before.count > 0
    assert before.changed == []
    norm = next(norm for norm in services.draft_of(amendment).norms if norm.trigger == "camera.failed")
    changed(amendment, head, lambda draft: drafts.without_norm(draft, norm))
    assert any(norm.id in line for line in going_on(amendment)["Duties that are open"].changed)


def test_what_is_signed_has_nothing_running_any_more(amendment: Amendment) -> None:
    Amendment.objects.filter(pk=amendment.pk).update(state="withdrawn")
    assert going_on(amendment) == {}
