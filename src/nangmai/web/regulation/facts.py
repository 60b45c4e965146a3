"""How things stand, as the conditions of norms ask: gathered from the apps that know, each of which registers here.

`fact` gives one field of `Facts`; `instrument` says which part of the footage asked for a paper of that name covers.
Nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from nangmai.base.units import US_PER_S
from nangmai.regulation.facts import Facts, Thing
from nangmai.web.accounts.models import User

Span = tuple[int, int]  #: from and to, in microseconds
ALWAYS: Span = (0, 2**63 - 1)


class Moment(NamedTuple):
    """What is asked about: who wants to do what to what, when, and with footage of which period."""

    user: User | None
    act: str
    thing: Thing
    at_us: int
    span: Span | None = None
    purpose: str = ""


_facts: dict[str, Callable[[Moment], Any]] = {}
_instruments: dict[str, Callable[[Moment], Span | None]] = {}


def fact(name: str) -> Callable[[Callable[[Moment], Any]], Callable[[Moment], Any]]:
    """The decorated function knows this field of `Facts`."""

    def register(know: Callable[[Moment], Any]) -> Callable[[Moment], Any]:
        assert name in Facts.__dataclass_fields__, name
        _facts[name] = know
        return know

    return register


Cover = Callable[[Moment], Span | None]


def instrument(name: str) -> Callable[[Cover], Cover]:
    """The decorated function knows how much of the span a paper of this kind covers: all, a part, or None."""

    def register(cover: Cover) -> Cover:
        _instruments[name] = cover
        return cover

    return register


class Gathered:
    """The facts of one person at one moment: what does not depend on the thing is looked up once."""

    def __init__(self, user: User | None, at_us: int) -> None:
        self._user = user
        self._at_us = at_us
        self._known: dict[str, Any] = {}
        self._covers: dict[tuple[str, str, str, Span | None, str], Span | None] = {}

    def facts(self, act: str, thing: Thing, span: Span | None, given: dict[str, Any]) -> Facts:
        """All facts for a question; what the caller knows comes in `given`."""
        moment = Moment(self._user, act, thing, self._at_us, span, given.get("purpose", ""))
        for name in _facts.keys() - self._known.keys() - given.keys():
            self._known[name] = _facts[name](moment)
        found = {name: value for name, value in self._known.items() if name not in given}
        if "instruments" not in given:
            covers = {name: self._cover(name, moment) for name in _instruments}
            found["instruments"] = frozenset(
                name for name, cover in covers.items() if cover is not None and (span is None or _holds(cover, span))
            )
        if span is not None and "age_s" not in given:
            found["age_s"] = max(0, -(-(self._at_us - span[0]) // US_PER_S))
        return Facts(**found, **given)

    def narrowed(self, act: str, thing: Thing, span: Span, purpose: str = "") -> Span | None:
        """The part of the span that some paper covers, the longest; None when none does."""
        moment = Moment(self._user, act, thing, self._at_us, span, purpose)
        parts = [part for name in _instruments if (part := self._cover(name, moment)) is not None]
        return max(parts, key=lambda part: part[1] - part[0], default=None)

    def _cover(self, name: str, moment: Moment) -> Span | None:
        key = (name, moment.act, "" if moment.span is None else moment.thing.id, moment.span, moment.purpose)
        if key not in self._covers:
            self._covers[key] = _instruments[name](moment)
        return self._covers[key]


def _holds(cover: Span, span: Span) -> bool:
    return cover[0] <= span[0] and span[1] <= cover[1]
