"""What goes on while the regulation changes: each app tells which of its cases a new version touches, and what then.

An app registers a finder in `AppConfig.ready`. A finder reads; what its rule says happens is done where such cases are
decided, never here. Acts of the past are judged by the version of their moment, whatever is found.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable

from django.utils.functional import Promise

from nangmai.base.units import utc_from_us
from nangmai.regulation.effects import Effects
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.people.queries import holdings
from nangmai.web.regulation.authorities import said


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """Cases of one kind: how many there are, which of them change, and the rule for all."""

    title: Promise | str
    rule: Promise | str
    count: int
    changed: list[str]


class Turn:
    """From one version to the next, as cases look at it."""

    def __init__(self, old: Regulation, new: Regulation, found: Effects, at_us: int) -> None:
        self.old, self.new, self.at_us = old, new, at_us
        self._held: dict[int, list[str]] = {}
        self._rights = {(effect.role, effect.subject): effect for effect in found.rights}

    def rights_of(self, person: User, acts: Iterable[str]) -> list[str]:
        """How the person's rights to these acts change, in the language in force; empty: they do not."""
        changed = (self._rights.get((role, act)) for role in self._roles(person) for act in acts)
        return [said(effect.sentence) for effect in changed if effect is not None]

    def is_stated_otherwise(self, *parameters: str) -> bool:
        """Whether the new version states one of the parameters otherwise."""
        return any(self.old.parameter(name) != self.new.parameter(name) for name in parameters)

    def _roles(self, person: User) -> list[str]:
        if person.pk not in self._held:
            held = holdings(person, utc_from_us(self.at_us))
            self._held[person.pk] = list(dict.fromkeys(one.role for one in held))
        return self._held[person.pk]


Finder = Callable[[Turn], Running]
_finders: dict[str, Finder] = {}


def tells(kind: str) -> Callable[[Finder], Finder]:
    """The decorated function tells of the cases of one kind."""

    def register(find: Finder) -> Finder:
        _finders[kind] = find
        return find

    return register


def running(turn: Turn) -> list[Running]:
    """Everything that goes on, by kinds, in the order of their names."""
    return [_finders[kind](turn) for kind in sorted(_finders)]
