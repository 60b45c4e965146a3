"""Duties: what an oblige norm asks of whom, until when, and whom it goes to when it is late.

Owns the reading of oblige norms and their moments. Which duties are open, and that the clock runs, is the web plane's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC

from nangmai.regulation.durations import add, fill, parse
from nangmai.regulation.model import Norm, Regulation


@dataclass(frozen=True, slots=True)
class Step:
    """Whom an overdue duty goes to, and when."""

    at_us: int
    to: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DutyRule:
    """What an oblige norm asks. Durations are ISO 8601 with the version's parameters already filled in."""

    norm: str
    clause: str
    acts: tuple[str, ...]
    who: tuple[str, ...]
    trigger: str  #: the event that opens it; empty: it holds all the time
    every: str  #: the period it comes again
    within: str  #: how long there is; empty: no deadline
    escalate: tuple[tuple[str, tuple[str, ...]], ...]  #: (so long after it fell due, to whom)


def rules(regulation: Regulation) -> tuple[DutyRule, ...]:
    """All duties of a version in the order of the text."""
    return tuple(_rule(norm, regulation) for norm in regulation.norms if norm.mode == "oblige")


def rules_for(regulation: Regulation, trigger: str) -> Iterator[DutyRule]:
    """The duties that an event opens."""
    return (rule for rule in rules(regulation) if rule.trigger == trigger)


def due(rule: DutyRule, regulation: Regulation, opened_us: int) -> int | None:
    """When a duty opened then falls due; None when the text sets no time."""
    return _later(opened_us, rule.within, regulation) if rule.within else None


def steps(rule: DutyRule, regulation: Regulation, due_us: int) -> tuple[Step, ...]:
    """To whom a duty that fell due goes when it stays undone, earliest first."""
    moments = (Step(_later(due_us, after, regulation), to) for after, to in rule.escalate)
    return tuple(sorted(moments, key=lambda step: step.at_us))


def next_opening(rule: DutyRule, regulation: Regulation, last_us: int) -> int | None:
    """When a duty that comes again opens next, from when it last did; None when it does not come again."""
    return _later(last_us, rule.every, regulation) if rule.every else None


def _later(moment_us: int, duration: str, regulation: Regulation) -> int:
    """On the calendar of the place: the offset the version's interval is written in."""
    return add(moment_us, parse(duration), regulation.in_force_from.tzinfo or UTC)


def _rule(norm: Norm, regulation: Regulation) -> DutyRule:
    return DutyRule(
        norm=norm.id,
        clause=norm.clause,
        acts=norm.acts,
        who=norm.who,
        trigger=norm.trigger,
        every=_filled(norm.every, regulation),
        within=_filled(norm.within, regulation),
        escalate=tuple((_filled(step.after, regulation), step.to) for step in norm.escalate),
    )


def _filled(duration: str, regulation: Regulation) -> str:
    """The duration with its parameters; one that cannot be read is an error now, not when the duty opens."""
    filled = fill(duration, regulation)
    if filled:
        parse(filled)
    return filled
