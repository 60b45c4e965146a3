"""How cameras, areas and recorders stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger import state_hash
from nangmai.custody.ledger_replay import Case
from nangmai.web.sites.arrangement import AREA_FIELDS, camera_name, said
from nangmai.web.sites.models import Area, Camera, Recorder


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name; what nobody has decided anything about is not in the ledger, so it is left out."""
    for camera in Camera.objects.select_related("recorder"):
        if camera.unit or camera.purposes:
            yield camera_name(camera), Case("assigned", {"own_unit": camera.unit, "purposes": camera.purposes})
    for area in Area.objects.filter(is_placed=True):
        yield f"area:{area.pk}", Case("placed", {"content": state_hash(said(area, AREA_FIELDS))})
    for recorder in Recorder.objects.exclude(channels=None):
        content = state_hash({"channels": recorder.channels})
        yield f"recorder:{recorder.name}", Case("described", {"content": content})
