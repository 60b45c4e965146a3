"""The check of the watch, by a roster that was planned, published and worked."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from nangmai.web.accounts.models import User
from nangmai.web.compliance.findings import State
from nangmai.web.watch.models import Post, RosterWeek, Shift
from nangmai.web.watch.queries import monday
from unit.web.compliance.surveys import found


def _week(days_ahead: int = 0) -> RosterWeek:
    by = User.objects.get_or_create(username="board")[0]
    begins = monday(timezone.localdate() + timedelta(days=days_ahead))
    now = timezone.now()
    return RosterWeek.objects.get_or_create(
        begins=begins,
        defaults={"state": "published", "approved_by": by, "approved_at": now, "published_at": now - timedelta(days=9)},
    )[0]


def _planned(post: Post, begin_h: int, end_h: int, *, is_taken: bool = False) -> Shift:
    now = timezone.now()
    person = User.objects.get_or_create(username="guard")[0]
    begin, end = now + timedelta(hours=begin_h), now + timedelta(hours=end_h)
    taken = {"state": "on_watch", "taken_at": begin} if is_taken else {}
    return Shift.objects.create(week=_week(), post=post, person=person, starts_at=begin, ends_at=end, **taken)


def test_no_roster_is_no_watch() -> None:
    assert found("watch_coverage").state == State.BROKEN


def test_hours_that_nobody_took_break_the_watch() -> None:
    post = Post.objects.create(name="Phòng trực")
    _planned(post, -3, 0)
    _planned(post, 0, 24 * 8)
    finding = found("watch_coverage")
    assert finding.state == State.BROKEN
    assert "3 giờ 00 phút" in finding.figure


def test_hours_ahead_that_nobody_is_planned_for_are_a_risk() -> None:
    post = Post.objects.create(name="Phòng trực")
    _planned(post, -3, 100, is_taken=True)
    assert found("watch_coverage").state == State.AT_RISK
    _planned(post, 100, 24 * 8)
    assert found("watch_coverage").state == State.KEPT


def test_hours_before_there_was_a_roster_are_nobodys_fault() -> None:
    post = Post.objects.create(name="Phòng trực")
    shift = _planned(post, -3, 0)
    _planned(post, 0, 24 * 8)
    RosterWeek.objects.filter(pk=shift.week_id).update(published_at=timezone.now())
    assert found("watch_coverage").state == State.KEPT
