"""How incidents stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.incidents.models import Incident
from nangmai.web.ledger.services import actor_of
from nangmai.web.moments import said_us


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for row in Incident.objects.select_related("reported_by").prefetch_related("cameras__recorder"):
        said = {
            "person": actor_of(row.reported_by),
            "severity": row.severity,
            "cameras": sorted(f"{camera.recorder.name}/{camera.camera_id}" for camera in row.cameras.all()),
            "observed_us": said_us(row.observed_at),
            "is_located": row.located_at is not None,
        }
        yield row.name, Case(row.state, said)
