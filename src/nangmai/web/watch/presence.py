"""Whether somebody is there: who is on watch at a post that is manned around the clock says so every so often.

How often is the regulation's figure; who says nothing for as long as an absence may last is written down as missed, and
so is who does not take a shift. The clock finds both (`look`); what follows from them is the duties' business.
"""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import ClassVar

from django.db import transaction

from nangmai.base.clock import Clock, utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.watch import queries
from nangmai.web.watch.entries import basis_for, moment_of, record
from nangmai.web.watch.models import Presence, RosterWeek, Shift

LOOK_EVERY_S = 10.0


class NotOnWatch(Error):
    """Nobody asks whether you are there: you are not on watch now."""

    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclasses.dataclass(frozen=True, slots=True)
class Asked:
    """When somebody on watch is asked, until when an answer is in time, and whether one was missed already."""

    due_at: datetime
    until: datetime
    is_missed: bool


def asked(shift: Shift) -> Asked | None:
    """When the person on watch has to say so next; None where the text or the post asks for nothing."""
    bounds = queries.limits()
    if bounds.presence is None or shift.taken_at is None or not shift.post.is_continuous:
        return None
    last = shift.presences.first()
    if last is not None and not last.is_confirmed:
        return Asked(last.at - bounds.absence, last.at + bounds.presence, is_missed=True)
    due = (last.at if last else shift.taken_at) + bounds.presence
    return Asked(due, due + bounds.absence, is_missed=False)


@one_act
def confirm(*, by: User, clock: Clock | None = None) -> Presence | None:
    """The person is there. Before they are asked it is heard and not written down."""
    basis, now = basis_for(by, "shift.take"), moment_of(clock)
    shift = (
        Shift.objects.select_for_update(of=("self",))
        .select_related("post")
        .filter(person=by, state=Shift.State.ON_WATCH)
        .first()
    )
    if shift is None:
        raise NotOnWatch
    due = asked(shift)
    if due is None or now < due.due_at:
        return None
    made = Presence.objects.create(shift=shift, at=now, is_confirmed=True)
    record(by, "presence.confirmed", shift.name, basis, clock, post=shift.post.name, asked=due.due_at)
    return made


def unconfirmed() -> list[Shift]:
    """Those on watch whose last word is missing."""
    rows = Shift.objects.filter(state=Shift.State.ON_WATCH).select_related("person", "post")
    return [shift for shift in rows if (due := asked(shift)) is not None and due.is_missed]


def look(*, now: datetime | None = None, since: datetime | None = None) -> None:
    """What the clock finds. `since` is when this program began to look: before that nobody could have answered."""
    now = now or utc_now()
    bounds = queries.limits()
    waiting = Shift.objects.filter(state=Shift.State.ON_WATCH).select_related("person", "post")
    for shift in waiting:
        due = asked(shift)
        if due is not None and now >= (due.until if since is None else max(due.until, since + bounds.absence)):
            _missed(shift, due, now)
    late = Shift.objects.filter(
        state=Shift.State.PLANNED,
        week__state=RosterWeek.State.PUBLISHED,
        missed_at=None,
        starts_at__lte=now - bounds.absence,
        ends_at__gt=now,
    )
    if since is None or now >= since + bounds.absence:
        for shift in late.select_related("person", "post"):
            _no_show(shift, now)


@transaction.atomic
def _missed(shift: Shift, due: Asked, now: datetime) -> None:
    row = Shift.objects.select_for_update(of=("self",)).select_related("post", "person").get(pk=shift.pk)
    if row.state != Shift.State.ON_WATCH or asked(row) != due:
        return
    Presence.objects.create(shift=row, at=now, is_confirmed=False)
    _found("presence.missed", row, asked=due.due_at.isoformat())


@transaction.atomic
def _no_show(shift: Shift, now: datetime) -> None:
    row = Shift.objects.select_for_update(of=("self",)).select_related("post", "person").get(pk=shift.pk)
    if row.state != Shift.State.PLANNED or row.missed_at is not None:
        return
    row.missed_at = now
    row.save(update_fields=["missed_at"])
    _found("shift.missed", row, planned_from=row.starts_at.isoformat())


def _found(act: str, shift: Shift, **facts: str) -> None:
    told = {"post": shift.post.name, "person": actor_of(shift.person)} | facts
    append(act=act, actor=SYSTEM, thing=shift.name, facts=told)
