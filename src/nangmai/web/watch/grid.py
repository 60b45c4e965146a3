"""The week as a table of posts and days, and how much of it is covered."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta, tzinfo

from django.utils import timezone

from nangmai.web.watch.coverage import Period, gaps
from nangmai.web.watch.models import Post, RosterWeek, Shift, midnight
from nangmai.web.watch.queries import counted_with


@dataclasses.dataclass(frozen=True)
class Cell:
    """What begins at a post on a day, and whether a minute of the day is open."""

    day: date
    shifts: list[Shift]
    gaps: list[Period]


@dataclasses.dataclass(frozen=True)
class PostRow:
    """One post through the week."""

    post: Post
    cells: list[Cell]


@dataclasses.dataclass(frozen=True)
class Coverage:
    """Minutes that have to be covered, and those that are."""

    covered_minutes: int
    all_minutes: int

    @property
    def is_whole(self) -> bool:
        """No minute is open."""
        return self.covered_minutes == self.all_minutes

    @property
    def hours(self) -> float:
        """Covered hours."""
        return self.covered_minutes / 60

    @property
    def all_hours(self) -> float:
        """Hours to be covered."""
        return self.all_minutes / 60


def rows(week: RosterWeek) -> list[PostRow]:
    """Every post; a shift stands on the day it begins."""
    shifts = list(counted_with(week)) if week.pk else []
    return [PostRow(post, [_cell(post, day, shifts) for day in week.days]) for post in Post.objects.all()]


def _cell(post: Post, day: date, shifts: list[Shift]) -> Cell:
    window = Period(midnight(day), midnight(day + timedelta(days=1)))
    here = [shift for shift in shifts if shift.post_id == post.pk]
    begun = [shift for shift in here if timezone.localtime(shift.starts_at, _zone()).date() == day]
    open_parts = gaps((shift.period for shift in here), window) if post.is_continuous else []
    return Cell(day, begun, open_parts)


def _zone() -> tzinfo:
    return timezone.get_default_timezone()


def coverage(week: RosterWeek) -> Coverage:
    """Of all posts that are manned around the clock together."""
    shifts, posts = list(counted_with(week)), list(Post.objects.filter(is_continuous=True))
    whole = week.period.length * len(posts)
    open_time = sum(
        (
            gap.length
            for post in posts
            for gap in gaps((one.period for one in shifts if one.post_id == post.pk), week.period)
        ),
        timedelta(),
    )
    minute = timedelta(minutes=1)
    return Coverage((whole - open_time) // minute, whole // minute)
