"""Two guards and a head who divide the week, and a clock to move."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from nangmai.base.clock import ManualClock
from nangmai.web.accounts.models import User
from nangmai.web.watch import services
from nangmai.web.watch.models import Post, RosterWeek, Shift
from unit.web.roles import Role

MONDAY = date(2026, 11, 23)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of the week, in the installation's zone; day 0 is Monday."""
    return timezone.make_aware(
        datetime.combine(MONDAY + timedelta(days=day), time(hour, minute)), timezone.get_default_timezone()
    )


def clock_at(moment: datetime) -> ManualClock:
    return ManualClock(wall_us=round(moment.timestamp() * 1_000_000))


@dataclasses.dataclass
class Roster:
    """A week that covers every minute: days by one guard, nights by the other."""

    head: User
    principal: User
    day_guard: User
    night_guard: User
    post: Post
    week: RosterWeek

    def plan(self, person: User, begin: datetime, end: datetime) -> Shift:
        shifts = services.plan_shifts(
            by=self.head, week=self.week, post=self.post, person=person, periods=[(begin, end)]
        )
        return shifts[0]

    def fill(self) -> Roster:
        """From Monday's midnight to the next Monday's morning."""
        self.plan(self.night_guard, at(0, 0), at(0, 7))
        for day in range(7):
            self.plan(self.day_guard, at(day, 7), at(day, 19))
            self.plan(self.night_guard, at(day, 19), at(day + 1, 7))
        return self

    def move(self, *events: str) -> Roster:
        for event in events:
            by = self.principal if event == "approve" else self.head
            self.week = services.move_week(by=by, week=self.week, event=event, is_stepped_up=event == "approve")
        return self

    def shift(self, begins: datetime) -> Shift:
        return Shift.objects.get(week=self.week, starts_at=begins)


def make_roster(make_user: Callable[..., User]) -> Roster:
    head = make_user(Role.HEAD_OF_SECURITY)
    return Roster(
        head,
        make_user(Role.PRINCIPAL),
        make_user(Role.GUARD, "day"),
        make_user(Role.GUARD, "night"),
        services.add_post(by=head, name="Phòng trực"),
        RosterWeek.objects.create(begins=MONDAY),
    )
