"""How emergencies stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.emergencies.models import Emergency
from nangmai.web.ledger.services import actor_of
from nangmai.web.moments import said_us


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Emergency.objects.select_related("person"):
        said = {"person": actor_of(row.person), "from_us": row.from_us, "until_us": said_us(row.until_at)}
        yield row.name, Case(row.state, said)
