"""A draft with one thing changed. Takes a regulation and gives one; reads no database and judges nothing."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import TypeVar

from nangmai.regulation.acts import Title
from nangmai.regulation.model import Article, Clause, LegalBasis, Norm, Regulation
from nangmai.regulation.parameters import Value

_NUMBERED = re.compile(r"(\D+)(\d+)")


def with_parameters(draft: Regulation, values: Mapping[str, Value]) -> Regulation:
    """Parameters as given; one that says what the draft says already is not written down anew."""
    said = {name: value for name, value in values.items() if draft.parameter(name) != value}
    return replace(draft, parameters={**draft.parameters, **said})


def with_clause_text(draft: Regulation, clause_id: str, text: Title) -> Regulation:
    """A clause in other words."""
    return _with_clause(draft, clause_id, lambda clause: replace(clause, text=text))


def with_clause(draft: Regulation, article_id: str, clause: Clause, after: str = "") -> Regulation:
    """A further clause of an article, behind the one named, else at its end."""
    return _with_article(
        draft, article_id, lambda article: replace(article, clauses=_placed(article.clauses, clause, after))
    )


def without_clause(draft: Regulation, clause_id: str) -> Regulation:
    """The text without the clause and its norms; an article that had no other goes with it."""
    articles = (
        replace(article, clauses=tuple(one for one in article.clauses if one.id != clause_id))
        for article in draft.articles
    )
    return replace(draft, articles=tuple(article for article in articles if article.clauses))


def with_article(draft: Regulation, article: Article, after: str = "") -> Regulation:
    """A further article, behind the one named, else at the end."""
    return replace(draft, articles=_placed(draft.articles, article, after))


def with_article_title(draft: Regulation, article_id: str, title: Title) -> Regulation:
    """An article under another heading."""
    return _with_article(draft, article_id, lambda article: replace(article, title=title))


def without_article(draft: Regulation, article_id: str) -> Regulation:
    """The text without the article and all its clauses."""
    return replace(draft, articles=tuple(one for one in draft.articles if one.id != article_id))


def next_clause_id(draft: Regulation, article: Article) -> str:
    """`Đ7.4` where `Đ7.3` is the last: ids are never given twice, and clauses behind a new one keep theirs."""
    used = {clause.id for clause in draft.clauses}
    return next(one for number in itertools.count(1) if (one := f"{article.id}.{number}") not in used)


def next_article_id(draft: Regulation) -> str:
    """`Đ10` where `Đ9` is the last numbered article."""
    found = [_NUMBERED.fullmatch(article.id) for article in draft.articles]
    last = max((match for match in found if match), key=lambda match: int(match[2]), default=None)
    return f"{last[1]}{int(last[2]) + 1}" if last else f"Đ{len(draft.articles) + 1}"


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


def with_term(draft: Regulation, term_ends_on: date | None) -> Regulation:
    """Meant until that day, or without an end."""
    return replace(draft, term_ends_on=term_ends_on)


def with_bases(draft: Regulation, bases: Sequence[LegalBasis], term_ends_on: date | None) -> Regulation:
    """What it rests on, and until when it is meant."""
    return replace(draft, legal_bases=tuple(bases), term_ends_on=term_ends_on)


def beginning(draft: Regulation, at: datetime) -> Regulation:
    """The draft as it would stand if it began at that moment; its offset stays as written."""
    return replace(draft, in_force_from=at.astimezone(draft.in_force_from.tzinfo), in_force_until=None)


_Part = TypeVar("_Part", bound=Article | Clause)


def _placed(parts: tuple[_Part, ...], new: _Part, after: str) -> tuple[_Part, ...]:
    ids = [one.id for one in parts]
    at = ids.index(after) + 1 if after in ids else len(ids)
    return (*parts[:at], new, *parts[at:])


def _with_article(draft: Regulation, article_id: str, change: Callable[[Article], Article]) -> Regulation:
    return replace(draft, articles=tuple(change(one) if one.id == article_id else one for one in draft.articles))


def _with_clause(draft: Regulation, clause_id: str, change: Callable[[Clause], Clause]) -> Regulation:
    articles = tuple(
        replace(article, clauses=tuple(change(one) if one.id == clause_id else one for one in article.clauses))
        for article in draft.articles
    )
    return replace(draft, articles=articles)
