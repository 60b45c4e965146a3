"""One thing that changes between two versions, as a sentence in both languages. Finds no changes itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from nangmai.regulation.acts import Title

Change = Literal["gained", "lost", "widened", "narrowed", "conditions", "added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Effect:
    """One thing that changes."""

    change: Change
    subject: str  #: act, parameter, norm, clause, or part of the frame
    sentence: Title
    clauses: tuple[str, ...] = ()
    role: str = ""  #: of a right


def grouped(effects: Iterable[Effect], titles: Mapping[str, Title]) -> list[Title]:
    """The sentences, each once; what changes alike for several roles is one sentence about all of them."""
    alike: dict[Title, list[Title]] = {}
    for each in effects:
        role, said = titles.get(each.role), each.sentence
        if role is not None and said.vi.startswith(role.vi) and said.en.startswith(role.en):
            said = Title(said.vi[len(role.vi) :].strip(), said.en[len(role.en) :].strip())
            alike.setdefault(said, []).append(role)
        else:
            alike.setdefault(said, [])
    return [_of(said, roles) for said, roles in alike.items()]


def _of(said: Title, roles: list[Title]) -> Title:
    if len(roles) < 2:
        return Title(f"{roles[0].vi} {said.vi}", f"{roles[0].en} {said.en}") if roles else said
    return Title(
        f"{', '.join(role.vi for role in roles)}: {said.vi}", f"{', '.join(role.en for role in roles)}: {said.en}"
    )


def effect(change: Change, subject: str, clause: str, vi: str, en: str) -> Effect:
    """A change of a clause or of something in it; the clause is cited unless it is the subject itself."""
    shown = () if clause == subject else (clause,)
    return Effect(change, subject, cited(Title(vi, en), shown), (clause,))


def cited(sentence: Title, clauses: tuple[str, ...]) -> Title:
    """The sentence with its clauses in brackets."""
    named = f" ({', '.join(clauses)})" if clauses else ""
    return Title(sentence.vi + named, sentence.en + named)
