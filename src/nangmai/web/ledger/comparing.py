"""Holds the database against the ledger: what one says of a case and the other does not.

Apps name the kinds of their cases and how the database has them (`know`, in `AppConfig.ready`); what entries tell of
them stands in `nangmai.web.told`. Reads everything and changes nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db import transaction

from nangmai.custody import ledger
from nangmai.custody.ledger_replay import Case, Difference, Misstep, differences, replay
from nangmai.web.ledger.models import Entry, LedgerHead
from nangmai.web.told import TOLD

ROWS_AT_ONCE = 2000

Cases = Callable[[], Iterable[tuple[str, Case]]]

_known: dict[Cases, tuple[str, ...]] = {}


def know(*kinds: str, by: Cases) -> None:
    """From now on cases of these kinds (`matter`, of `matter:3`) are held against what `by` gives."""
    _known[by] = kinds


@dataclasses.dataclass(frozen=True, slots=True)
class Comparison:
    """What was found."""

    entries: int
    cases: int
    missteps: list[Misstep]
    differences: list[Difference]

    def as_dict(self) -> dict[str, Any]:
        """For programs."""
        return {
            "agrees": self.agrees,
            "entries": self.entries,
            "cases": self.cases,
            "missteps": [one._asdict() for one in self.missteps],
            "differences": [one._asdict() for one in self.differences],
        }

    @property
    def agrees(self) -> bool:
        """Both say the same, and every entry could follow what came before."""
        return not self.missteps and not self.differences


def compare() -> Comparison:
    """Replay every entry, and hold each case against its row. Whoever writes waits only while the rows are read."""
    with transaction.atomic():
        size = LedgerHead.objects.select_for_update().get().size
        known = {name: case for cases in _known for name, case in cases()}
    replayed = replay(_entries(size), TOLD)
    kinds = [kind for named in _known.values() for kind in named]
    found = differences(replayed.cases, known, kinds)
    return Comparison(replayed.entries, len(replayed.cases), replayed.missteps, found)


def _entries(size: int) -> Iterator[ledger.Entry]:
    bodies = Entry.objects.filter(seq__lt=size).order_by("seq").only("body")
    return (row.said for row in bodies.iterator(ROWS_AT_ONCE))
