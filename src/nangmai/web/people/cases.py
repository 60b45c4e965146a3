"""How assignments, delegations and recusals stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nangmai.custody.ledger_replay import Case
from nangmai.web.moments import said_us
from nangmai.web.people.models import Assignment, Delegation, Period, Recusal


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name. What was taken over from before there was a ledger is not in it."""
    for row in Assignment.objects.exclude(origin=Assignment.Origin.TAKEN_OVER):
        said = {"person": f"p-{row.person_id}", "role": row.role, "area": row.area}
        yield f"assignment:{row.pk}", Case("revoked" if row.revoked_at else "given", said | _period(row))
    for given in Delegation.objects.all():
        said = {"giver": f"p-{given.giver_id}", "taker": f"p-{given.taker_id}", "form": given.form}
        more = {"acts": given.acts, "areas": given.areas} | _period(given)
        yield f"delegation:{given.pk}", Case("withdrawn" if given.withdrawn_at else "given", said | more)
    for recusal in Recusal.objects.all():
        said = {"person": f"p-{recusal.person_id}", "case": recusal.case}
        yield f"recusal:{recusal.pk}", Case("declared", said | _period(recusal))


def _period(row: Period) -> dict[str, Any]:
    return {"from_us": said_us(row.from_at), "until_us": said_us(row.until_at)}
