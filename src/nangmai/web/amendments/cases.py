"""How amendments stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger import state_hash
from nangmai.custody.ledger_replay import Case
from nangmai.regulation.form import read
from nangmai.web.amendments.models import Amendment


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Amendment.objects.all():
        yield row.name, Case(row.state, {"text": state_hash(read(row.text, row.name).content_hash)})
