"""The register of who holds what: one line for each assignment and each delegation, as pages and paper show them."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Literal

from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.people.models import Assignment, Delegation
from nangmai.web.people.queries import delegated, in_force

Standing = Literal["in_force", "pending", "ended", "revoked"]


@dataclasses.dataclass(frozen=True, slots=True)
class Line:
    """One assignment or delegation."""

    number: str
    person: User
    role: str
    unit: str
    areas: tuple[str, ...]
    acts: tuple[str, ...]
    from_at: datetime
    until_at: datetime | None
    standing: Standing
    assignment: Assignment
    delegation: Delegation | None = None

    @property
    def ended_at(self) -> datetime | None:
        """When it was ended before its time."""
        return self.delegation.withdrawn_at if self.delegation else self.assignment.revoked_at

    @property
    def ended_reason(self) -> str:
        """Why it was ended before its time."""
        return self.delegation.withdrawn_reason if self.delegation else self.assignment.revoked_reason

    @property
    def ended_by(self) -> User | None:
        """Who ended it before its time."""
        return self.delegation.withdrawn_by if self.delegation else self.assignment.revoked_by

    @property
    def is_open(self) -> bool:
        """Whether it can still be ended."""
        return self.standing in ("in_force", "pending")


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader of the register looks for."""

    text: str = ""
    role: str = ""
    unit: str = ""
    with_history: bool = False


def lines(at: datetime, wanted: Wanted) -> list[Line]:
    """The lines that fit, in the order of the regulation's roles, then by name."""
    order = {role.id: place for place, role in enumerate(authority().roles())}
    found = [line for line in [*_assignments(at), *_delegations(at)] if _fits(line, wanted)]
    return sorted(found, key=lambda line: (order.get(line.role, len(order)), line.person.display_name, -_begin(line)))


def lines_of(person: User, at: datetime) -> list[Line]:
    """Everything one person holds or held, what holds first, then the newest."""
    own = [*_assignments(at, person), *_delegations(at, person)]
    return sorted(own, key=lambda line: (not line.is_open, -_begin(line)))


def given_by(person: User, at: datetime) -> list[Line]:
    """What one person delegated to others, the newest first."""
    return sorted((line for line in _delegations(at, giver=person)), key=lambda line: -_begin(line))


def _begin(line: Line) -> float:
    return line.from_at.timestamp()


def _fits(line: Line, wanted: Wanted) -> bool:
    text = wanted.text.casefold()
    named = (line.person.display_name, line.person.username, *line.areas, line.assignment.document)
    return (
        (wanted.with_history or line.is_open)
        and wanted.role in ("", line.role)
        and wanted.unit in ("", line.unit)
        and (not text or any(text in part.casefold() for part in named))
    )


def _assignments(at: datetime, person: User | None = None) -> list[Line]:
    rows = Assignment.objects.select_related("person", "unit", "signed_by", "revoked_by")
    holding = set(Assignment.objects.filter(in_force(at)).values_list("pk", flat=True))
    return [
        Line(
            number=row.number,
            person=row.person,
            role=row.role,
            unit=row.unit.name if row.unit else "",
            areas=(row.area,) if row.area else (),
            acts=(),
            from_at=row.from_at,
            until_at=row.until_at,
            standing=_standing(row.pk in holding, row.revoked_at, row.from_at, at),
            assignment=row,
        )
        for row in (rows if person is None else rows.filter(person=person))
    ]


def _delegations(at: datetime, taker: User | None = None, giver: User | None = None) -> list[Line]:
    rows = Delegation.objects.select_related("taker", "giver", "withdrawn_by", "assignment__unit")
    chosen = {"taker": taker, "giver": giver}
    holding = set(Delegation.objects.filter(delegated(at)).values_list("pk", flat=True))
    return [
        Line(
            number=row.number,
            person=row.taker,
            role=row.assignment.role,
            unit=row.assignment.unit.name if row.assignment.unit else "",
            areas=(row.assignment.area,) if row.assignment.area else tuple(row.areas),
            acts=tuple(row.acts),
            from_at=row.from_at,
            until_at=row.until_at,
            standing=_standing(row.pk in holding, row.withdrawn_at or row.assignment.revoked_at, row.from_at, at),
            assignment=row.assignment,
            delegation=row,
        )
        for row in rows.filter(**{name: person for name, person in chosen.items() if person is not None})
    ]


def _standing(is_holding: bool, stopped_at: datetime | None, from_at: datetime, at: datetime) -> Standing:
    if is_holding:
        return "in_force"
    if stopped_at is not None:
        return "revoked"
    return "pending" if from_at > at else "ended"
