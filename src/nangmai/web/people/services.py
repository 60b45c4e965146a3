"""What changes who holds what. Each service asks the authority once, in `_require`, and tells who listens.

The command line makes the first assignments of an installation (`assign_by_command`); afterwards people sign them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.utils.text import slugify

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User
from nangmai.web.authority import Basis, authority, one_act
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.people import queries
from nangmai.web.people.models import Assignment, Delegation, Recusal, Unit
from nangmai.web.people.signals import holdings_changed

ASSIGN = "assignment.sign"
DELEGATE = "delegation.sign"
#: fields of a row that an entry of the ledger says in the open
_FACTS = frozenset(
    ("person", "role", "area", "giver", "taker", "acts", "areas", "form", "case", "from_at", "until_at", "document")
)


class SelfAssignment(Error):
    """Nobody signs an assignment or a delegation for themselves. Another person who may sign has to do it."""

    kind: ClassVar[Kind] = Kind.DENIED


class RoleUnknown(Error):
    """The regulation in force names no role “{role}”. Choose one of: {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


class AreaUnknown(Error):
    """There is no area “{area}”. Choose one of: {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


class PeriodBackwards(Error):
    """The period ends before it begins. Set the end after the beginning."""

    kind: ClassVar[Kind] = Kind.INVALID


class ReasonMissing(Error):
    """A reason is needed, in words that somebody can follow later."""

    kind: ClassVar[Kind] = Kind.INVALID


class AlreadyEnded(Error):
    """This had ended already. Reload the page to see how things stand."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class LastSigner(Error):
    """{name} is the last person who may sign assignments. Assign a successor first."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class NotOwnAssignment(Error):
    """Only who holds an assignment can delegate it, and only while it is in force."""

    kind: ClassVar[Kind] = Kind.DENIED


class DelegationTooWide(Error):
    """The delegation reaches beyond the assignment it rests on. Keep it within its area and its period."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True)
class Span:
    """From when until when; no beginning: now, no end: with no end set."""

    from_at: datetime | None = None
    until_at: datetime | None = None

    def resolved(self, now: datetime) -> tuple[datetime, datetime | None]:
        """Both ends, or `PeriodBackwards`."""
        begin = self.from_at or now
        if self.until_at is not None and self.until_at <= begin:
            raise PeriodBackwards
        return begin, self.until_at


def _require(by: User, act: str, thing: str, is_stepped_up: bool) -> Basis:
    """The one place where these services ask whether they may."""
    return authority().require(by, act, thing=thing, is_stepped_up=is_stepped_up)


def _write(
    act: str,
    by: User | None,
    row: Assignment | Delegation | Recusal,
    basis: Basis,
    before: dict[str, Any] | None = None,
    reason: str = "",
) -> None:
    """The entry of the ledger, with the hashes of how it stood and stands."""
    after = state(row)
    append(
        act=act,
        actor=actor_of(by) if by else SYSTEM,
        thing=f"{row._meta.model_name}:{row.pk}",
        assignment=basis.assignment,
        clauses=basis.clauses,
        version=basis.version,
        before=before,
        after=after,
        facts={name: value for name, value in after.items() if name in _FACTS and value},
        personal={"reason": reason} if reason else None,
    )


def state(row: Assignment | Delegation | Recusal) -> dict[str, Any]:
    """The row as JSON; people as the numbers by which the ledger names them."""
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        value = getattr(row, field.attname)
        if isinstance(value, datetime):
            value = value.isoformat()
        elif field.related_model is User:
            value = None if value is None else f"p-{value}"
        told[field.name] = value
    return told


def _check_role(role: str) -> None:
    known = [title.id for title in authority().roles()]
    if role not in known:
        raise RoleUnknown(role=role, known=", ".join(known))


def _check_areas(areas: Iterable[str]) -> None:
    known = {area.id: area.path for area in authority().areas()}
    for area in areas:
        if area not in known:
            raise AreaUnknown(area=area, known=", ".join(f"{one} ({path})" for one, path in known.items()) or "–")


def _told(reason: str) -> str:
    reason = reason.strip()
    if not reason:
        raise ReasonMissing
    return reason


@transaction.atomic
def add_unit(*, name: str) -> Unit:
    """The unit of that name, made when there is none."""
    known = Unit.objects.filter(name=name).first()
    if known is not None:
        return known
    stem = slugify(name.replace("đ", "d").replace("Đ", "D"))[:36] or "unit"
    taken = Unit.objects.filter(code__startswith=stem).count()
    return Unit.objects.create(name=name, code=f"{stem}-{taken + 1}" if taken else stem)


@one_act
def assign(
    *,
    person: User,
    role: str,
    by: User,
    is_stepped_up: bool,
    area: str = "",
    unit: Unit | None = None,
    span: Span | None = None,
    document: str = "",
) -> Assignment:
    """Give a person a role; `by` signs."""
    basis = _require(by, ASSIGN, f"person:{person.pk}", is_stepped_up)
    if person == by:
        raise SelfAssignment
    made = _assign(Assignment.Origin.SIGNED, person, role, area, unit, span or Span(), by, document)
    _write("assignment.signed", by, made, basis)
    return made


@transaction.atomic
def assign_by_command(
    *, person: User, role: str, area: str = "", unit: Unit | None = None, span: Span | None = None
) -> Assignment:
    """Give a person a role as the command line may: unsigned, and marked so."""
    made = _assign(Assignment.Origin.COMMAND, person, role, area, unit, span or Span(), None, "")
    _write("assignment.commanded", None, made, Basis())
    return made


def _assign(
    origin: Assignment.Origin,
    person: User,
    role: str,
    area: str,
    unit: Unit | None,
    span: Span,
    by: User | None,
    document: str,
) -> Assignment:
    _check_role(role)
    _check_areas([area] if area else [])
    now = utc_now()
    from_at, until_at = span.resolved(now)
    made = Assignment.objects.create(
        person=person,
        role=role,
        area=area,
        unit=unit,
        from_at=from_at,
        until_at=until_at,
        origin=origin,
        signed_by=by,
        signed_at=now,
        document=document.strip(),
    )
    holdings_changed.send(sender=Assignment, person=person, at=None)
    return made


@one_act
def revoke(*, assignment: Assignment, by: User, is_stepped_up: bool, reason: str) -> Assignment:
    """End an assignment now. What others hold by its delegation ends with it."""
    basis = _require(by, ASSIGN, f"assignment:{assignment.pk}", is_stepped_up)
    reason = _told(reason)
    now = utc_now()
    # The rows of everybody who may sign are locked in one order: two revocations at once cannot leave nobody.
    signing = authority().roles_with(ASSIGN)
    list(Assignment.objects.select_for_update().filter(role__in=signing).order_by("pk"))
    row = Assignment.objects.select_for_update().select_related("person").get(pk=assignment.pk)
    if row.revoked_at is not None or (row.until_at is not None and row.until_at <= now):
        raise AlreadyEnded
    before = state(row)
    row.revoked_at, row.revoked_by, row.revoked_reason = now, by, reason
    row.save(update_fields=["revoked_at", "revoked_by", "revoked_reason"])
    if row.role in signing and not queries.holders(signing, now).exists():
        raise LastSigner(name=row.person.display_name)
    _write("assignment.revoked", by, row, basis, before, reason)
    holdings_changed.send(sender=Assignment, person=row.person, at=None)
    for delegation in row.delegations.filter(withdrawn_at=None).select_related("taker"):
        holdings_changed.send(sender=Delegation, person=delegation.taker, at=None)
    return row


@one_act
def delegate(
    *,
    assignment: Assignment,
    taker: User,
    by: User,
    is_stepped_up: bool,
    form: str,
    span: Span,
    acts: Iterable[str] = (),
    areas: Iterable[str] = (),
    document: str = "",
) -> Delegation:
    """Let another person act in one's own assignment for a time; `by` holds the assignment and signs."""
    basis = _require(by, DELEGATE, f"person:{taker.pk}", is_stepped_up)
    if taker == by:
        raise SelfAssignment
    now = utc_now()
    from_at, until_at = span.resolved(now)
    if assignment.person_id != by.pk or not Assignment.objects.filter(queries.in_force(now), pk=assignment.pk).exists():
        raise NotOwnAssignment
    wanted = sorted(set(areas))
    _check_areas(wanted)
    is_beyond_area = bool(assignment.area) and bool(set(wanted) - {assignment.area})
    is_beyond_period = assignment.until_at is not None and (until_at is None or until_at > assignment.until_at)
    if is_beyond_area or is_beyond_period or until_at is None:
        raise DelegationTooWide
    made = Delegation.objects.create(
        assignment=assignment,
        giver=by,
        taker=taker,
        acts=sorted(set(acts)),
        areas=wanted,
        form=form,
        from_at=from_at,
        until_at=until_at,
        signed_by=by,
        signed_at=now,
        document=document.strip(),
    )
    _write("delegation.signed", by, made, basis)
    holdings_changed.send(sender=Delegation, person=taker, at=None)
    return made


@one_act
def withdraw(*, delegation: Delegation, by: User, is_stepped_up: bool, reason: str) -> Delegation:
    """End a delegation now: its giver can, and whoever may sign assignments."""
    act = DELEGATE if delegation.giver_id == by.pk else ASSIGN
    basis = _require(by, act, f"delegation:{delegation.pk}", is_stepped_up)
    reason = _told(reason)
    now = utc_now()
    row = Delegation.objects.select_for_update().select_related("taker").get(pk=delegation.pk)
    if row.withdrawn_at is not None or (row.until_at is not None and row.until_at <= now):
        raise AlreadyEnded
    before = state(row)
    row.withdrawn_at, row.withdrawn_by, row.withdrawn_reason = now, by, reason
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    _write("delegation.withdrawn", by, row, basis, before, reason)
    holdings_changed.send(sender=Delegation, person=row.taker, at=None)
    return row


@one_act
def recuse(*, person: User, case: str, reason: str, by: User, is_stepped_up: bool, span: Span | None = None) -> Recusal:
    """Keep a person out of a case. Everybody may recuse themselves; for another it takes who signs assignments."""
    basis = Basis()
    if person != by:
        basis = _require(by, ASSIGN, f"person:{person.pk}", is_stepped_up)
    now = utc_now()
    from_at, until_at = (span or Span()).resolved(now)
    made = Recusal.objects.create(
        person=person,
        case=case.strip(),
        reason=_told(reason),
        declared_by=by,
        declared_at=now,
        from_at=from_at,
        until_at=until_at,
    )
    _write("recusal.declared", by, made, basis, reason=made.reason)
    holdings_changed.send(sender=Recusal, person=person, at=None)
    return made
