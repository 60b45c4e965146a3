"""The demonstration's regulation in the tests' database."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from nangmai import demonstration
from nangmai.base.units import us_from_datetime
from nangmai.regulation.form import read
from nangmai.web.regulation.models import Version

SHIPPED = Path(demonstration.__file__).parent / "regulation.yaml"


def put_in_force(path: Path) -> Version:
    """As a row, without the ledger entry that adopting it would write: tests count entries."""
    text = path.read_text(encoding="utf-8")
    regulation = read(text, path.name)
    return Version.objects.create(
        number=regulation.number,
        sha256=regulation.content_hash,
        text=text,
        in_force_from_us=us_from_datetime(regulation.in_force_from),
        signed_at=timezone.now(),
        is_adopted=True,
    )
