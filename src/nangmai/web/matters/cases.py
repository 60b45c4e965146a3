"""How matters and their reports stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.ledger.services import SYSTEM, actor_of
from nangmai.web.matters.models import Matter, MatterReport


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Matter.objects.select_related("person", "settled_in"):
        person = actor_of(row.person) if row.person else SYSTEM
        settled = row.settled_in.sha256 if row.settled_in else ""
        said = {"person": person, "act": row.act, "answer": row.answer, "settled": settled}
        yield row.name, Case(row.state, said)
    for report in MatterReport.objects.select_related("document").prefetch_related("matters"):
        matters = sorted(row.pk for row in report.matters.all())
        yield report.name, Case("made", {"matters": matters, "number": report.document.number_text})
