"""What changes the roster and the watch. Each function is one transaction with its own ledger entry.

Whether the person may is asked in entries.py, once a service; whether it is possible now is asked here, by the state
tables of models.py and by the minute.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format

from nangmai.base.clock import Clock
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import Basis, one_act
from nangmai.web.ledger.services import checkpoint as sign_checkpoint
from nangmai.web.watch import items, queries
from nangmai.web.watch.coverage import Period
from nangmai.web.watch.entries import basis_for, moment_of, record
from nangmai.web.watch.faults import fault_error
from nangmai.web.watch.items import Item
from nangmai.web.watch.models import ROSTER, SHIFT, Handover, Post, RosterWeek, Shift
from nangmai.web.watch.signals import watch_left


class PostNameTaken(Error):
    """There is a post called {name} already."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class RosterClosed(Error):
    """The roster of this week is published and stays as it is."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ShiftElsewhere(Error):
    """This shift does not begin in the week of the roster, {week}."""

    kind: ClassVar[Kind] = Kind.INVALID


class NotYourShift(Error):
    """This shift is planned for {person}."""

    kind: ClassVar[Kind] = Kind.DENIED


class ShiftNotDue(Error):
    """{person} has no shift at {post} now. One can be taken from {minutes} minutes before it begins until it ends."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class PostIsHeld(Error):
    """{person} is on watch at {post}. Take over together, at the same console."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class OnWatchElsewhere(Error):
    """{person} is on watch already."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class NothingToRelieve(Error):
    """There is no shift at {post} now that somebody could stand in for. Plan one in the roster."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class OwnShift(Error):
    """This is your own shift. Take it; nobody stands in for themselves."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ItemUnconfirmed(Error):
    """{count} things of the handover are not confirmed. Read and tick each of them, then try again."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class ReasonMissing(Error):
    """Say why, in words that somebody can follow later."""

    kind: ClassVar[Kind] = Kind.INVALID


class ExtensionTooShort(Error):
    """The shift lasts until {until} anyway. Choose a later moment, {hours} hours ahead at most."""

    kind: ClassVar[Kind] = Kind.INVALID


# The roster


@one_act
def add_post(*, by: User, name: str, is_continuous: bool = True, clock: Clock | None = None) -> Post:
    """A place that shifts are planned for."""
    basis = basis_for(by, "roster.propose")
    try:
        with transaction.atomic():
            post = Post.objects.create(name=name, is_continuous=is_continuous, order=Post.objects.count())
    except IntegrityError as error:
        raise PostNameTaken(name=name) from error
    record(by, "post.added", f"post:{post.pk}", basis, clock, name=name, is_continuous=is_continuous)
    return post


@one_act
def plan_shifts(
    *, by: User, week: RosterWeek, post: Post, person: User, periods: Iterable[Any], clock: Clock | None = None
) -> list[Shift]:
    """Put shifts into a week that is not published; one that was checked has to be checked again."""
    basis = basis_for(by, "roster.propose")
    week = _open(week)
    made = []
    for begin, end in periods:
        if not week.period.begin <= begin < week.period.end or begin >= end:
            raise ShiftElsewhere(week=date_format(week.begins, "SHORT_DATE_FORMAT"))
        made.append(Shift.objects.create(week=week, post=post, person=person, starts_at=begin, ends_at=end))
    record(by, "roster.changed", _name(week), basis, clock, added=[_told(one) for one in made])
    return made


@one_act
def remove_shift(*, by: User, shift: Shift, clock: Clock | None = None) -> None:
    """Take a shift out of a week that is not published."""
    basis = basis_for(by, "roster.propose")
    week = _open(shift.week)
    gone = _told(shift)
    shift.delete()
    record(by, "roster.changed", _name(week), basis, clock, removed=[gone])


def _told(shift: Shift) -> dict[str, Any]:
    """A planned shift as entries tell of it: they alone are enough to know the plan."""
    period = {"from": shift.starts_at.isoformat(), "to": shift.ends_at.isoformat()}
    return {"shift": shift.pk, "post": shift.post_id, "person": shift.person_id} | period


def _name(week: RosterWeek) -> str:
    return f"roster:{week.begins.isoformat()}"


def _open(week: RosterWeek) -> RosterWeek:
    """The week, locked and a draft again."""
    week = RosterWeek.objects.select_for_update().get(pk=week.pk)
    if week.state == RosterWeek.State.PUBLISHED:
        raise RosterClosed
    if week.state != RosterWeek.State.DRAFT:
        week.state = ROSTER.next(week.state, "reopen").target
        week.approved_by = week.approved_at = None
        week.save(update_fields=["state", "approved_by", "approved_at"])
    return week


@one_act
def copy_week(*, by: User, week: RosterWeek, source: RosterWeek, clock: Clock | None = None) -> int:
    """Plan as in another week, at the same times of the same weekdays; how many shifts that were."""
    basis = basis_for(by, "roster.propose")
    week = _open(week)
    days = week.begins - source.begins
    removed = [_told(shift) for shift in week.shifts.all()]
    week.shifts.all().delete()
    added = []
    for shift in source.shifts.filter(relieves=None):
        begin, end = (_days_later(one, days) for one in (shift.starts_at, shift.ends_at))
        made = Shift.objects.create(week=week, post=shift.post, person=shift.person, starts_at=begin, ends_at=end)
        added.append(_told(made))
    told: dict[str, Any] = {"copied_from": source.begins.isoformat(), "removed": removed, "added": added}
    record(by, "roster.changed", _name(week), basis, clock, **told)
    return len(added)


def _days_later(moment: datetime, days: timedelta) -> datetime:
    """The same time of day: a clock that is set in between does not move the watch."""
    local = timezone.localtime(moment, timezone.get_default_timezone()).replace(tzinfo=None) + days
    return timezone.make_aware(local, timezone.get_default_timezone())


@one_act
def move_week(
    *, by: User, week: RosterWeek, event: str, is_stepped_up: bool = False, clock: Clock | None = None
) -> RosterWeek:
    """Check, approve or publish the week, as the table allows; a fault refuses it and is named."""
    week = RosterWeek.objects.select_for_update().get(pk=week.pk)
    step = ROSTER.next(week.state, event)
    basis = basis_for(by, step.act, is_stepped_up=is_stepped_up)
    if step.guards and (found := queries.faults(week)):
        raise fault_error(found[0])
    week.state, now = step.target, moment_of(clock)
    if event == "approve":
        week.approved_by, week.approved_at = by, now
    elif event == "publish":
        week.published_at = now
    elif event == "reopen":
        week.approved_by = week.approved_at = None
    week.save()
    record(by, f"roster.{step.target}", _name(week), basis, clock, shifts=week.shifts.count())
    return week


# The watch


@one_act
def take(*, by: User, shift: Shift, confirmed: Collection[str], note: str = "", clock: Clock | None = None) -> Handover:
    """Begin a shift at a post that nobody holds."""
    basis, now = basis_for(by, "shift.take"), moment_of(clock)
    shift = _due(shift, by, now)
    holder = queries.on_watch_at(shift.post)
    if holder is not None:
        raise PostIsHeld(person=holder.person.display_name, post=shift.post.name)
    found = _confirmed(shift, confirmed, now)
    return _begin(by, shift, None, found, note, basis, now, clock)


@one_act
def hand_over(
    *,
    outgoing: Shift,
    incoming: Shift,
    by: User,
    confirmed: Collection[str],
    note: str = "",
    clock: Clock | None = None,
) -> Handover:
    """The incoming person, `by`, takes the post over; both have proven who they are at this console."""
    basis, now = basis_for(by, "shift.take"), moment_of(clock)
    incoming = _due(incoming, by, now)
    outgoing = Shift.objects.select_for_update().get(pk=outgoing.pk)
    if outgoing.post_id != incoming.post_id:
        raise ShiftNotDue(person=by.display_name, post=outgoing.post.name, minutes=_minutes())
    found = _confirmed(incoming, confirmed, now)
    _close(outgoing, note, now)
    return _begin(by, incoming, outgoing, found, note, basis, now, clock)


def _close(shift: Shift, note: str, now: datetime) -> None:
    shift.state, shift.closed_at, shift.note = SHIFT.next(shift.state, "close").target, now, note
    shift.save(update_fields=["state", "closed_at", "note"])
    watch_left.send(sender=Shift, person=shift.person)


@one_act
def relieve(
    *,
    by: User,
    post: Post,
    reason: str,
    confirmed: Collection[str],
    outgoing: Shift | None = None,
    note: str = "",
    clock: Clock | None = None,
) -> Handover:
    """Somebody else holds the post for the rest of a shift, and says why: nobody came, or who is there has to go.

    `outgoing` is who is on watch and stands at the same console; none where the post is empty. Nobody is on watch twice
    or too long by it; a rest that is too short is written down, since an empty post is worse.
    """
    basis, now = basis_for(by, "shift.take"), moment_of(clock)
    if not reason.strip():
        raise ReasonMissing
    holder = queries.on_watch_at(post)
    if holder is not None and (outgoing is None or holder.pk != outgoing.pk):
        raise PostIsHeld(person=holder.person.display_name, post=post.name)
    instead = queries.planned_now(post, now) or (holder if holder and holder.until > now else None)
    if instead is None:
        raise NothingToRelieve(post=post.name)
    if instead.person_id == by.pk:
        raise OwnShift
    until = instead.until
    wrong = queries.new_faults(by, now, [Period(now, until)])
    if refused := next((fault for fault in wrong if fault.code != "short_rest"), None):
        raise fault_error(refused)
    shift = Shift.objects.create(
        week=instead.week, post=post, person=by, starts_at=now, ends_at=until, relieves=instead
    )
    found = _confirmed(shift, confirmed, now)
    if holder is not None:
        _close(holder, note, now)
    told = {"added": _told(shift), "instead_of": instead.pk, "is_rest_short": bool(wrong)}
    record(by, "shift.relieved", shift.name, basis, clock, personal={"reason": reason.strip()}, **told)
    return _begin(by, shift, holder, found, note, basis, now, clock, reason=reason.strip())


def _confirmed(shift: Shift, confirmed: Collection[str], now: datetime) -> list[Item]:
    """What is open now; refused while a line of it was not ticked, also one that came up since the page was made."""
    found = items.open_items(shift.post, now)
    missing = [item for item in found if item.key not in confirmed]
    if missing:
        raise ItemUnconfirmed(count=len(missing))
    return found


def _minutes() -> int:
    return queries.limits().handover // timedelta(minutes=1)


def _due(shift: Shift, by: User, now: datetime) -> Shift:
    shift = Shift.objects.select_for_update().get(pk=shift.pk)
    if shift.person_id != by.pk:
        raise NotYourShift(person=shift.person.display_name)
    if all(one.pk != shift.pk for one in queries.due(by, now)):
        raise ShiftNotDue(person=by.display_name, post=shift.post.name, minutes=_minutes())
    return shift


def _begin(
    by: User,
    shift: Shift,
    outgoing: Shift | None,
    found: list[Item],
    note: str,
    basis: Basis,
    now: datetime,
    clock: Clock | None,
    *,
    reason: str = "",
) -> Handover:
    """Go on watch, write the record, stamp it with the checkpoint that has its entry."""
    shift.state, shift.taken_at = SHIFT.next(shift.state, "take").target, now
    try:
        with transaction.atomic():
            shift.save(update_fields=["state", "taken_at"])
    except IntegrityError as error:
        raise OnWatchElsewhere(person=by.display_name) from error
    told: dict[str, Any] = {"post": shift.post.name, "items": [item.key for item in found]}
    if outgoing is not None:
        record(by, "shift.handed_over", f"shift:{outgoing.pk}", basis, clock, to=shift.pk, **told)
    record(by, "shift.taken", f"shift:{shift.pk}", basis, clock, planned_from=shift.starts_at, **told)
    stamp = sign_checkpoint(clock=clock)
    return Handover.objects.create(
        outgoing=outgoing,
        incoming=shift,
        at=now,
        items=[item.as_json() for item in found],
        note=note,
        reason=reason,
        checkpoint_size=stamp.size,
        checkpoint_root=stamp.root,
    )


@one_act
def extend(*, by: User, shift: Shift, until: datetime, reason: str, clock: Clock | None = None) -> Shift:
    """Stay on watch because the relief has not come: said openly, with a reason and an end."""
    basis, now, longest = basis_for(by, "shift.take"), moment_of(clock), queries.limits().longest
    shift = _own(shift, by)
    shift.state = SHIFT.next(shift.state, "extend").target
    if not reason.strip():
        raise ReasonMissing
    if not max(shift.until, now) < until <= now + longest:
        begin = date_format(timezone.localtime(shift.until, timezone.get_default_timezone()), "DATETIME_FORMAT")
        raise ExtensionTooShort(until=begin, hours=longest // timedelta(hours=1))
    shift.extended_to = until
    shift.save(update_fields=["extended_to"])
    record(by, "shift.extended", f"shift:{shift.pk}", basis, clock, until=until, reason=reason)
    return shift


@one_act
def close(*, by: User, shift: Shift, reason: str, clock: Clock | None = None) -> Shift:
    """End the own shift with nobody to take it over; the ledger says why the post stands empty."""
    basis = basis_for(by, "shift.take")
    shift = _own(shift, by)
    if not reason.strip():
        raise ReasonMissing
    _close(shift, reason, moment_of(clock))
    record(by, "shift.left", f"shift:{shift.pk}", basis, clock, post=shift.post.name, reason=reason)
    return shift


def _own(shift: Shift, by: User) -> Shift:
    shift = Shift.objects.select_for_update().get(pk=shift.pk)
    if shift.person_id != by.pk:
        raise NotYourShift(person=shift.person.display_name)
    return shift
