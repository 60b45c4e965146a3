"""How tickets stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.footage.models import IssuedTicket


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in IssuedTicket.objects.all():
        said = {
            "person": f"p-{row.person_id}",
            "right": row.right,
            "cameras": row.cameras,
            "from_us": row.from_us,
            "to_us": row.to_us,
        }
        yield f"ticket:{row.jti}", Case("issued" if row.revoked_us is None else "withdrawn", said)
