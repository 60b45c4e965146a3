"""One thing that changes between two versions, as a sentence in both languages. Finds no changes itself."""

from __future__ import annotations

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


def effect(change: Change, subject: str, clause: str, vi: str, en: str) -> Effect:
    """A change of a clause or of something in it; the clause is cited unless it is the subject itself."""
    shown = () if clause == subject else (clause,)
    return Effect(change, subject, cited(Title(vi, en), shown), (clause,))


def cited(sentence: Title, clauses: tuple[str, ...]) -> Title:
    """The sentence with its clauses in brackets."""
    named = f" ({', '.join(clauses)})" if clauses else ""
    return Title(sentence.vi + named, sentence.en + named)
