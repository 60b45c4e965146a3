"""What a regulation is: articles, clauses, norms, roles, parameters. Frozen values, no behaviour beyond look-ups.

Owns the shape. Reading is `form.py`, judging whether it makes sense is `validate.py`, meaning is `cedar.py`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import ClassVar, Literal

from nangmai.base.errors import Error, Kind
from nangmai.base.units import utc_from_us
from nangmai.regulation.acts import Title
from nangmai.regulation.parameters import PARAMETERS, Value

ANYONE = "anyone"  #: every person, also one without a role or an account
OTHERS = "others"  #: of a forbid: everybody whom no permit of the act names

Mode = Literal["permit", "forbid", "oblige"]
BoundBy = Literal["enforced", "evidenced", "attested"]


class ParameterMissing(Error):
    """The regulation does not state {name}, and there is no default for it. Add it under parameters."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True, slots=True)
class Bound:
    """How a norm is bound: a guard refuses, a check proves, or a role attests every so often (ISO 8601 duration)."""

    by: BoundBy
    name: str  #: guard, check, or role
    every: str = ""


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whom an overdue duty goes to, so long after it fell due."""

    after: str
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Norm:
    """One rule of a clause."""

    id: str
    clause: str
    mode: Mode
    acts: tuple[str, ...]
    who: tuple[str, ...]  #: role ids, `anyone`, `others`
    when: tuple[str, ...] = ()  #: conditions that all have to hold
    unless: tuple[str, ...] = ()  #: of a forbid: conditions any of which lifts it
    bound: tuple[Bound, ...] = ()
    trigger: str = ""  #: of an oblige: the event that opens the duty; empty: it holds all the time
    every: str = ""  #: of an oblige: the period it comes again (ISO 8601 duration)
    within: str = ""  #: of an oblige: ISO 8601 duration, may name a parameter: `PT{report_p1_minutes}M`
    escalate: tuple[Escalation, ...] = ()
    then: tuple[str, ...] = ()  #: of a permit: norms (oblige) that its use opens
    fulfils: tuple[str, ...] = ()  #: requirements of the writer, for tracing


@dataclass(frozen=True, slots=True)
class Clause:
    """The smallest piece of text that is cited."""

    id: str
    text: Title
    norms: tuple[Norm, ...] = ()


@dataclass(frozen=True, slots=True)
class Article:
    """A heading and its clauses."""

    id: str
    title: Title
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class RoleDefinition:
    """A role as the text names it."""

    id: str
    title: Title
    is_board: bool = False
    is_outside: bool = False  #: has no account of the institution: supplier, requester, recorded person


@dataclass(frozen=True, slots=True)
class Purpose:
    """What footage may be used for."""

    id: str
    title: Title


@dataclass(frozen=True, slots=True)
class LegalBasis:
    """A paper the regulation rests on."""

    number: str
    date: date
    issuer: str
    title: Title
    status: Literal["in_force", "amended", "repealed"] = "in_force"


@dataclass(frozen=True)
class Regulation:
    """One version of the text."""

    number: str
    title: Title
    issuer: Title
    signed_on: date
    in_force_from: datetime
    in_force_until: datetime | None
    term_ends_on: date | None
    law: str
    roles: tuple[RoleDefinition, ...]
    articles: tuple[Article, ...]
    parameters: Mapping[str, Value]
    purposes: tuple[Purpose, ...] = ()
    legal_bases: tuple[LegalBasis, ...] = ()
    content_hash: str = field(default="", compare=False)  #: SHA-256 over the canonical form, set by `form.read`

    @property
    def version(self) -> str:
        """What names this version in decisions and acknowledgements: its content hash."""
        return self.content_hash or self.number

    @cached_property
    def norms(self) -> tuple[Norm, ...]:
        """All norms in the order of the text."""
        return tuple(norm for clause in self.clauses for norm in clause.norms)

    @cached_property
    def clauses(self) -> tuple[Clause, ...]:
        """All clauses in the order of the text."""
        return tuple(clause for article in self.articles for clause in article.clauses)

    @cached_property
    def norm_by_id(self) -> Mapping[str, Norm]:
        """Norms by id."""
        return {norm.id: norm for norm in self.norms}

    @cached_property
    def role_by_id(self) -> Mapping[str, RoleDefinition]:
        """Roles by id."""
        return {role.id: role for role in self.roles}

    def in_interval(self, from_us: int, until_us: int | None) -> Regulation:
        """The same text with the interval it really had; its hash stays as signed, its offset as written."""
        zone = self.in_force_from.tzinfo
        until = None if until_us is None else utc_from_us(until_us).astimezone(zone)
        return replace(self, in_force_from=utc_from_us(from_us).astimezone(zone), in_force_until=until)

    def parameter(self, name: str) -> Value:
        """What the version states, or the default."""
        if name in self.parameters:
            return self.parameters[name]
        default = PARAMETERS[name].default
        if default is None:
            raise ParameterMissing(name=name)
        return default

    def naming(self, act: str, mode: Mode) -> Iterator[Norm]:
        """The norms of a mode about an act."""
        return (norm for norm in self.norms if norm.mode == mode and act in norm.acts)
