"""Look-ups of who holds what at a moment. The one place that says when an assignment or a delegation is in force."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from nangmai.web.accounts.models import User
from nangmai.web.people.models import Assignment, Delegation, Recusal


@dataclasses.dataclass(frozen=True, slots=True)
class Holding:
    """A role somebody holds at a moment. Empty `areas`: everywhere; empty `acts`: all that the role may do."""

    assignment: str  #: `a-7`, or `d-3` of a delegation
    role: str
    areas: frozenset[str] = frozenset()
    acts: frozenset[str] = frozenset()
    until: datetime | None = None
    unit: str = ""
    giver: str = ""  #: the name of who delegated it
    form: str = ""  #: KT or TUQ, of a delegation


def runs_at(at: datetime, prefix: str = "") -> Q:
    """The period contains the moment."""
    return Q(**{f"{prefix}from_at__lte": at}) & (Q(**{f"{prefix}until_at": None}) | Q(**{f"{prefix}until_at__gt": at}))


def in_force(at: datetime, prefix: str = "") -> Q:
    """Assignments in force at the moment, of people in service."""
    is_not_revoked = Q(**{f"{prefix}revoked_at": None}) | Q(**{f"{prefix}revoked_at__gt": at})
    return runs_at(at, prefix) & is_not_revoked & Q(**{f"{prefix}person__is_active": True})


def delegated(at: datetime) -> Q:
    """Delegations in force at the moment; the giver's own assignment has to be in force too."""
    is_not_withdrawn = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    return runs_at(at) & is_not_withdrawn & Q(taker__is_active=True) & in_force(at, "assignment__")


def holdings(user: User, at: datetime, *, act: str = "") -> list[Holding]:
    """What the person holds at the moment, own assignments first; with `act`, only what reaches as far as that act."""
    own = Assignment.objects.filter(in_force(at), person=user).select_related("unit").order_by("from_at", "pk")
    taken = (
        Delegation.objects.filter(delegated(at), taker=user)
        .select_related("assignment__unit", "giver")
        .order_by("from_at", "pk")
    )
    held = [*map(_of_assignment, own), *map(_of_delegation, taken)]
    return [holding for holding in held if not act or not holding.acts or act in holding.acts]


def _of_assignment(row: Assignment) -> Holding:
    areas = frozenset({row.area} if row.area else ())
    return Holding(row.number, row.role, areas, until=_earliest(row.until_at, row.revoked_at), unit=_unit(row))


def _of_delegation(row: Delegation) -> Holding:
    given = row.assignment
    return Holding(
        row.number,
        given.role,
        frozenset({given.area} if given.area else row.areas),
        frozenset(row.acts),
        until=_earliest(row.until_at, row.withdrawn_at, given.until_at, given.revoked_at),
        unit=_unit(given),
        giver=row.giver.display_name,
        form=row.form,
    )


def _earliest(*ends: datetime | None) -> datetime | None:
    return min((end for end in ends if end is not None), default=None)


def _unit(row: Assignment) -> str:
    return row.unit.name if row.unit else ""


def recused_from(user: User, at: datetime) -> frozenset[str]:
    """The cases the person has to keep out of at the moment."""
    return frozenset(Recusal.objects.filter(runs_at(at), person=user).values_list("case", flat=True))


def holders(roles: Iterable[str], at: datetime) -> QuerySet[User]:
    """People in service who hold one of the roles by an own assignment at the moment."""
    rows = Assignment.objects.filter(in_force(at), role__in=list(roles))
    return User.objects.filter(pk__in=rows.values("person_id"))
