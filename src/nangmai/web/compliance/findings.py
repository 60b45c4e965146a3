"""What a look at one norm found, and which of several findings counts. Knows no norm and no database."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    """How a norm, or a clause, is kept."""

    KEPT = "kept", _("Kept")
    AT_RISK = "at_risk", _("At risk")
    BROKEN = "broken", _("Not kept")
    UNKNOWN = "unknown", _("Cannot be judged yet")


class Finding(NamedTuple):
    """A state, the figure that shows it, and where the proof stands (empty: nowhere on a page)."""

    state: State
    figure: str
    proof: str = ""


_WORST_FIRST = (State.BROKEN, State.AT_RISK, State.UNKNOWN, State.KEPT)
#: of a day: what was seen once counts more than that it could not be seen at another time
_OF_A_DAY = (State.BROKEN, State.AT_RISK, State.KEPT, State.UNKNOWN)


def worst(states: Iterable[str]) -> State:
    """A clause is no better than its worst norm, and one that cannot be judged is not kept."""
    return State(min(states, key=_WORST_FIRST.index, default=State.UNKNOWN))


def of_the_day(*states: str) -> State:
    """What a day that saw these states is remembered as."""
    return State(min(states, key=_OF_A_DAY.index))
