"""Look-ups of the watch: who is on watch, what is planned, which minutes nobody covers."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.formats import date_format

from nangmai.base.clock import utc_now, wall_us
from nangmai.regulation.model import Regulation
from nangmai.regulation.parameters import PARAMETERS
from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.people.queries import holders
from nangmai.web.regulation import versions
from nangmai.web.watch.coverage import Period, gaps, overlaps, short_rests, too_long
from nangmai.web.watch.models import Post, RosterWeek, Shift

#: how far around a moment shifts are looked at for rest and length
NEAR = timedelta(days=7)


@dataclasses.dataclass(frozen=True, slots=True)
class Limits:
    """What the regulation says of shifts."""

    longest: timedelta
    rest: timedelta
    handover: timedelta  #: how early a shift may be taken, and how long one may last over
    absence: timedelta  #: after which somebody who is not there is told of
    presence: timedelta | None  #: how often who is on watch says so; None: never


def limits() -> Limits:
    """The figures of the version in force; without one, those that stand where no text says anything."""
    version = versions.in_force(wall_us())
    return limits_of(None if version is None else versions.text_of(version))


def limits_of(regulation: Regulation | None) -> Limits:
    """The figures of a version."""

    def figure(name: str) -> int:
        return int((PARAMETERS[name].default if regulation is None else regulation.parameter(name)) or 0)

    times = figure("presence_per_hour")
    return Limits(
        longest=timedelta(hours=figure("shift_max_hours")),
        rest=timedelta(hours=figure("shift_rest_hours")),
        handover=timedelta(minutes=figure("handover_minutes")),
        absence=timedelta(minutes=figure("absence_minutes")),
        presence=timedelta(hours=1) / times if times else None,
    )


@dataclasses.dataclass(frozen=True, slots=True)
class Fault:
    """Why a week cannot go on: nobody at a post, or a person with too much."""

    code: str  #: gap | clash | too_long | short_rest
    period: Period
    post: Post | None = None
    person: User | None = None


def week(begins: date) -> RosterWeek | None:
    """The plan of the week that begins then, if there is one."""
    return RosterWeek.objects.filter(begins=begins).first()


def week_or_404(begins: date) -> RosterWeek:
    """The plan of the week, or 404."""
    return get_object_or_404(RosterWeek, begins=begins)


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())


def watchers(at: datetime) -> QuerySet[User]:
    """Whom the regulation lets take a shift."""
    return holders(authority().roles_with("shift.take"), at).order_by("display_name")


def counted_with(week: RosterWeek) -> QuerySet[Shift]:
    """The shifts of the week, and those of published weeks beside it that reach into it."""
    near = Q(week=week) | Q(week__state=RosterWeek.State.PUBLISHED)
    around = Q(starts_at__lt=week.period.end + timedelta(days=2), ends_at__gt=week.period.begin - timedelta(days=2))
    return Shift.objects.filter(near & around).select_related("post", "person", "week")


def faults(week: RosterWeek, bounds: Limits | None = None) -> list[Fault]:
    """All that keeps the week from being checked or published, by these figures or those in force."""
    shifts, bounds = list(counted_with(week).filter(relieves=None)), bounds or limits()
    found = [
        Fault("gap", gap, post=post)
        for post in Post.objects.filter(is_continuous=True)
        for gap in gaps((shift.period for shift in shifts if shift.post_id == post.pk), week.period)
    ]
    people = {shift.person_id: shift.person for shift in shifts if shift.week_id == week.pk}
    for person in sorted(people.values(), key=lambda one: one.display_name):
        found += _faults_of(person, [shift.period for shift in shifts if shift.person_id == person.pk], week, bounds)
    return found


def new_faults(person: User, at: datetime, gained: Iterable[Period], leaving: Iterable[Shift] = ()) -> list[Fault]:
    """What would be wrong with a person's published shifts when some come and some go, and is not wrong now."""
    rows = Shift.objects.filter(person=person, week__state=RosterWeek.State.PUBLISHED)
    near = list(rows.filter(starts_at__lt=at + NEAR, ends_at__gt=at - NEAR))
    gone, bounds = {shift.pk for shift in leaving}, limits()
    before = set(_wrong(person, [_kept(shift) for shift in near], bounds))
    after = [*(_kept(shift) for shift in near if shift.pk not in gone), *gained]
    return [fault for fault in _wrong(person, after, bounds) if fault not in before]


def _kept(shift: Shift) -> Period:
    """As it is planned; as it was, once it is over."""
    if shift.taken_at is None or shift.closed_at is None:
        return shift.period
    return Period(shift.taken_at, shift.closed_at)


def _faults_of(person: User, periods: list[Period], week: RosterWeek, bounds: Limits) -> Iterable[Fault]:
    for fault in _wrong(person, periods, bounds):
        if fault.period.begin <= week.period.end and fault.period.end >= week.period.begin:
            yield fault


def _wrong(person: User, periods: list[Period], bounds: Limits) -> Iterable[Fault]:
    wrong = {
        "clash": overlaps(periods),
        "too_long": too_long(periods, bounds.longest),
        "short_rest": short_rests(periods, bounds.rest),
    }
    for code, found in wrong.items():
        for period in found:
            yield Fault(code, period, person=person)


def shifts_at_post(post: Post) -> QuerySet[Shift]:
    """All shifts of a post in weeks that were published."""
    published = Shift.objects.filter(post=post, week__state=RosterWeek.State.PUBLISHED)
    return published.select_related("person", "post", "week")


def on_watch_at(post: Post) -> Shift | None:
    """Who holds the post now, also when the time is over and nobody has come."""
    return shifts_at_post(post).filter(state=Shift.State.ON_WATCH).first()


def own_watch(user: User | None) -> Shift | None:
    """The shift the person is on watch in, also when its time is over."""
    if user is None or user.pk is None:
        return None
    return Shift.objects.filter(person=user, state=Shift.State.ON_WATCH).select_related("post", "person").first()


def held(at: datetime) -> list[Shift]:
    """The shifts that were on watch at a moment."""
    rows = Shift.objects.filter(Q(closed_at=None) | Q(closed_at__gt=at), taken_at__lte=at)
    grace = limits().handover
    return [shift for shift in rows.select_related("person", "post") if at < shift.until + grace]


def on_shift(user: User, at: datetime) -> bool:
    """Whether the person was on watch at the moment: the shift taken, not handed over, and not long past its end."""
    return any(shift.person_id == user.pk for shift in held(at))


def on_watch_now(at: datetime | None = None) -> list[Shift]:
    """Who is on watch, in the order of posts."""
    return sorted(held(at or utc_now()), key=lambda shift: (shift.post.order, shift.post.name))


def due(person: User, at: datetime) -> list[Shift]:
    """The person's planned shifts that can be taken now."""
    early = at + limits().handover
    rows = Shift.objects.filter(
        person=person,
        state=Shift.State.PLANNED,
        week__state=RosterWeek.State.PUBLISHED,
        starts_at__lte=early,
        ends_at__gt=at,
    )
    return list(rows.select_related("post", "week", "person"))


def next_at(post: Post, at: datetime) -> Shift | None:
    """The next planned shift of a post."""
    return shifts_at_post(post).filter(state=Shift.State.PLANNED, ends_at__gt=at).first()


def planned_now(post: Post, at: datetime) -> Shift | None:
    """The shift that should be on watch at a post and that nobody has taken."""
    rows = shifts_at_post(post).filter(state=Shift.State.PLANNED, starts_at__lte=at, ends_at__gt=at)
    return rows.first()


def coming(person: User, at: datetime) -> QuerySet[Shift]:
    """The person's published shifts that have not begun."""
    rows = Shift.objects.filter(person=person, week__state=RosterWeek.State.PUBLISHED, state=Shift.State.PLANNED)
    return rows.filter(starts_at__gt=at).select_related("post", "person", "week")


def no_shows(at: datetime) -> list[Shift]:
    """Shifts that the clock found not taken, while they last and nobody stands in."""
    rows = Shift.objects.filter(state=Shift.State.PLANNED, missed_at__lte=at, ends_at__gt=at)
    return list(rows.exclude(reliefs__state=Shift.State.ON_WATCH).select_related("person", "post"))


@dataclasses.dataclass(frozen=True, slots=True)
class Uncovered:
    """A post that nobody holds, or is planned to hold, for a while."""

    post: Post
    period: Period


def uncovered(begin: datetime, end: datetime, *, now: datetime | None = None) -> list[Uncovered]:
    """The minutes nobody covers: up to now by who was there, from now on by what is published."""
    now, window, grace = now or utc_now(), Period(begin, end), limits().handover
    found = []
    for post in Post.objects.filter(is_continuous=True):
        periods = []
        reaching = shifts_at_post(post).exclude(closed_at__lt=begin)
        for shift in reaching.filter(Q(starts_at__lt=end) | Q(taken_at__lt=end)):
            if shift.taken_at is not None:
                still = shift.closed_at or min(now, shift.until + grace)
                periods.append(Period(shift.taken_at, still))
            if shift.state != Shift.State.CLOSED:
                periods.append(Period(max(shift.starts_at, now), shift.until))
        found += [Uncovered(post, gap) for gap in gaps(periods, window)]
    return found


def post_names() -> dict[str, str]:
    """How pages name posts."""
    return {f"post:{pk}": name for pk, name in Post.objects.values_list("pk", "name")}


def shift_names() -> dict[str, str]:
    """How pages name the shifts that something was found about."""
    rows = Shift.objects.filter(Q(missed_at__isnull=False) | Q(presences__is_confirmed=False)).distinct()
    return {
        shift.name: f"{shift.post.name}, {shift.person.display_name}, "
        f"{date_format(timezone.localtime(shift.starts_at), 'H:i d/m')}"
        for shift in rows.select_related("post", "person").order_by("-starts_at")[:200]
    }
