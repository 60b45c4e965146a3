"""How requests and directions stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from nangmai.custody.ledger_replay import Case
from nangmai.web.directions.models import Asked, Direction
from nangmai.web.ledger.services import actor_of
from nangmai.web.moments import said_us


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name."""
    for asked in Asked.objects.select_related("person").prefetch_related("cameras__recorder"):
        yield f"asked:{asked.pk}", Case(asked.state, _footage(asked) | {"act": asked.act})
    for row in Direction.objects.select_related("person").prefetch_related("cameras__recorder"):
        state = "withdrawn" if row.withdrawn_at else "signed"
        yield row.name, Case(state, _footage(row) | {"until_us": said_us(row.until_at)})


def _footage(row: Asked | Direction) -> dict[str, Any]:
    cameras = sorted(f"{camera.recorder.name}/{camera.camera_id}" for camera in row.cameras.all())
    said = {"from_us": row.from_us, "to_us": row.to_us, "purpose": row.purpose}
    return said | {"cameras": cameras, "person": actor_of(row.person)}
