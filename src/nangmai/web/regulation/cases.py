"""How versions and acknowledgements stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.regulation.models import Acknowledgement, Version


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Version.objects.all():
        names = ("number", "in_force_from_us", "in_force_until_us")
        yield f"version:{row.sha256}", Case("signed", {name: getattr(row, name) for name in names})
    for signed in Acknowledgement.objects.select_related("version"):
        yield f"acknowledgement:{signed.version.sha256}/p-{signed.person_id}", Case("signed")
