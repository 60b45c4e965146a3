"""How attestations stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.compliance.models import Attestation
from nangmai.web.ledger.services import actor_of


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Attestation.objects.select_related("person"):
        said = {"norm": row.norm, "version": row.version, "person": actor_of(row.person)}
        yield f"attestation:{row.pk}", Case("signed", said)
