"""How papers stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger import state_hash
from nangmai.custody.ledger_replay import Case
from nangmai.web.documents.models import Document, Letterhead


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Document.objects.all():
        said = {"kind": row.kind, "number": row.number_text, "pdf": row.pdf_sha256}
        yield f"document:{row.token}", Case("annulled" if row.annulled_at else "issued", said)
    for head in Letterhead.objects.all():
        content = state_hash(head.as_data() | {"public_address": head.public_address})
        yield f"letterhead:{head.in_force_from.isoformat()}", Case("set", {"content": content})
