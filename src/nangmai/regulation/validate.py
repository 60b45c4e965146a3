"""Everything that is wrong with a text, with its clause; and how much of it is bound to the system.

Owns judging one version by itself: whether its words have a meaning. Never stops at the first fault, and never asks
what the law demands (`law.py`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from nangmai.regulation import law
from nangmai.regulation.acts import Title
from nangmai.regulation.faults import Fault, fault, warning
from nangmai.regulation.model import ANYONE, OTHERS, Clause, Regulation
from nangmai.regulation.norm_faults import norm_faults
from nangmai.regulation.parameters import PARAMETERS, Value

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_VAGUE = ("kịp thời", "ngay lập tức")
_TYPES = {"integer": int, "boolean": bool, "choice": str}


@dataclass(frozen=True)
class Coverage:
    """How many norms are bound: refused by a guard, proven by a check, or attested by a named role."""

    norms: int
    bound: int
    unbound: tuple[str, ...]

    @property
    def percent(self) -> int:
        """Rounded down, so that 100 means all; a text without norms covers nothing."""
        return self.bound * 100 // self.norms if self.norms else 0

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {"norms": self.norms, "bound": self.bound, "percent": self.percent, "unbound": list(self.unbound)}


def coverage(regulation: Regulation) -> Coverage:
    """Bound norms over norms."""
    unbound = tuple(norm.id for norm in regulation.norms if not norm.bound)
    return Coverage(len(regulation.norms), len(regulation.norms) - len(unbound), unbound)


def faults(regulation: Regulation) -> list[Fault]:
    """All faults and warnings: those of the whole text first, then clause by clause."""
    found = [
        *_of_interval(regulation),
        *_of_parameters(regulation),
        *_of_ids(regulation),
        *_of_titles(regulation),
        *_of_the_whole(regulation),
    ]
    for clause in regulation.clauses:
        found += _of_clause(clause)
        for norm in clause.norms:
            found += norm_faults(norm, regulation)
    return found


def _of_interval(regulation: Regulation) -> Iterator[Fault]:
    since, until, ends_on = regulation.in_force_from, regulation.in_force_until, regulation.term_ends_on
    if until is not None and until <= since:
        yield fault("", "interval_empty", since=since.isoformat(), until=until.isoformat())
    if since.date() < regulation.signed_on:
        yield fault("", "in_force_before_signature", since=since.isoformat(), signed_on=regulation.signed_on)
    if ends_on is not None and ends_on < since.date():
        yield fault("", "term_before_start", ends_on=ends_on, since=since.isoformat())
    if ends_on is None and until is None:
        yield warning("", "expiry_missing")


def _of_parameters(regulation: Regulation) -> Iterator[Fault]:
    stated = regulation.parameters
    for name in stated:
        yield from _of_parameter(name, stated[name])
    for parameter in PARAMETERS.values():
        if parameter.default is None and parameter.id not in stated:
            yield fault("", "parameter_unstated", name=parameter.id)
    least, most = stated.get("retention_min_days"), stated.get("retention_max_days")
    if type(least) is int and type(most) is int and least > most:
        yield fault("", "retention_inverted", least=least, most=most)


def _of_parameter(name: str, value: Value) -> Iterator[Fault]:
    parameter = PARAMETERS.get(name)
    if parameter is None:
        yield fault("", "parameter_unknown", name=name)
    elif type(value) is not _TYPES[parameter.type]:
        yield fault("", "parameter_mistyped", name=name, type=parameter.type, value=value)
    elif parameter.type == "choice" and value not in parameter.choices:
        yield fault("", "parameter_not_a_choice", name=name, value=value, choices=", ".join(parameter.choices))
    elif type(value) is int and not parameter.least <= value <= parameter.most:
        bounds = {"least": parameter.least, "most": parameter.most}
        yield fault("", "parameter_out_of_bounds", name=name, value=value, **bounds)


def _of_ids(regulation: Regulation) -> Iterator[Fault]:
    kinds: tuple[Iterable[str], ...] = (
        (article.id for article in regulation.articles),
        (clause.id for clause in regulation.clauses),
        (role.id for role in regulation.roles),
        (purpose.id for purpose in regulation.purposes),
    )
    for ids in kinds:
        for name in _repeated(ids):
            yield fault("", "id_repeated", name=name)
    for name in _repeated(norm.id for norm in regulation.norms):
        yield fault(regulation.norm_by_id[name].clause, "id_repeated", name=name)
    for role in regulation.roles:
        if role.id in (ANYONE, OTHERS):
            yield fault("", "role_reserved", name=role.id)
    for article in regulation.articles:
        for clause in article.clauses:
            if not clause.id.startswith(f"{article.id}."):
                yield fault(clause.id, "clause_outside_article", name=clause.id, article=article.id)


def _repeated(ids: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(ids).items() if times > 1]


def _of_titles(regulation: Regulation) -> Iterator[Fault]:
    titles: list[tuple[str, Title]] = [("title", regulation.title), ("issuer", regulation.issuer)]
    titles += [(article.id, article.title) for article in regulation.articles]
    titles += [(role.id, role.title) for role in regulation.roles]
    titles += [(purpose.id, purpose.title) for purpose in regulation.purposes]
    titles += [(base.number, base.title) for base in regulation.legal_bases]
    for name, title in titles:
        yield from _of_text("", name, title)
    if not regulation.number.strip():
        yield fault("", "text_empty", name="number", language="vi, en")


def _of_text(clause: str, name: str, text: Title) -> Iterator[Fault]:
    for language, written in text._asdict().items():
        if not written.strip():
            yield fault(clause, "text_empty", name=name, language=language)


def _of_clause(clause: Clause) -> Iterator[Fault]:
    yield from _of_text(clause.id, clause.id, clause.text)
    named = {name for text in clause.text for name in _PLACEHOLDER.findall(text)}
    for name in sorted(named - set(PARAMETERS)):
        yield fault(clause.id, "placeholder_unknown", name=name)
    has_deadline = any(norm.mode == "oblige" and (norm.within or norm.every) for norm in clause.norms)
    for word in _VAGUE:
        if word in clause.text.vi.lower() and not has_deadline:
            yield warning(clause.id, "word_undefined", name=word)


def _of_the_whole(regulation: Regulation) -> Iterator[Fault]:
    if regulation.law not in law.packs():
        yield fault("", "law_unknown", name=regulation.law)
    if not any(role.is_board for role in regulation.roles):
        yield fault("", "board_missing")
    if not any(regulation.naming("footage.dispose", "oblige")):
        yield warning("", "maximum_missing")
    if not regulation.legal_bases:
        yield warning("", "legal_basis_missing")
    if not regulation.purposes:
        yield warning("", "purpose_missing")
    for base in regulation.legal_bases:
        if base.status == "repealed":
            yield warning("", "legal_basis_repealed", name=base.number)
