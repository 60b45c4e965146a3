"""How letters stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.ledger.services import actor_of
from nangmai.web.letters.models import Letter
from nangmai.web.moments import said_us


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Letter.objects.select_related("recorded_by"):
        said = {"person": actor_of(row.recorded_by), "kind": row.kind, "came_us": said_us(row.came_at)}
        yield row.name, Case(row.state, said)
