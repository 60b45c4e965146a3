"""A draft with one thing changed. Takes a regulation and gives one; reads no database and judges nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from nangmai.regulation.acts import Title
from nangmai.regulation.model import Clause, LegalBasis, Norm, Regulation
from nangmai.regulation.parameters import Value


def with_parameters(draft: Regulation, values: Mapping[str, Value]) -> Regulation:
    """Parameters as given; one that says what the draft says already is not written down anew."""
    said = {name: value for name, value in values.items() if draft.parameter(name) != value}
    return replace(draft, parameters={**draft.parameters, **said})


def with_clause_text(draft: Regulation, clause_id: str, text: Title) -> Regulation:
    """A clause in other words."""
    return _with_clause(draft, clause_id, lambda clause: replace(clause, text=text))


def with_norm(draft: Regulation, norm: Norm) -> Regulation:
    """A norm in the place of the one with its id, else at the end of its clause."""

    def put(clause: Clause) -> Clause:
        if any(one.id == norm.id for one in clause.norms):
            return replace(clause, norms=tuple(norm if one.id == norm.id else one for one in clause.norms))
        return replace(clause, norms=(*clause.norms, norm))

    return _with_clause(draft, norm.clause, put)


def without_norm(draft: Regulation, norm: Norm) -> Regulation:
    """The clause without the norm."""
    return _with_clause(
        draft,
        norm.clause,
        lambda clause: replace(clause, norms=tuple(one for one in clause.norms if one.id != norm.id)),
    )


def with_bases(draft: Regulation, bases: Sequence[LegalBasis], term_ends_on: date | None) -> Regulation:
    """What it rests on, and until when it is meant."""
    return replace(draft, legal_bases=tuple(bases), term_ends_on=term_ends_on)


def beginning(draft: Regulation, at: datetime) -> Regulation:
    """The draft as it would stand if it began at that moment; its offset stays as written."""
    return replace(draft, in_force_from=at.astimezone(draft.in_force_from.tzinfo), in_force_until=None)


def _with_clause(draft: Regulation, clause_id: str, change: Callable[[Clause], Clause]) -> Regulation:
    articles = tuple(
        replace(article, clauses=tuple(change(one) if one.id == clause_id else one for one in article.clauses))
        for article in draft.articles
    )
    return replace(draft, articles=articles)
