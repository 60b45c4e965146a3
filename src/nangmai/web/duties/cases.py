"""How duties stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.duties.models import Duty
from nangmai.web.moments import said_us


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Duty.objects.all():
        said = {"clause": row.clause, "about": row.subject, "due_us": said_us(row.due_at), "passed_on": row.steps_taken}
        yield row.name, Case("done" if row.done_at else "open", said)
