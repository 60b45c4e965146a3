"""What a shift hands over of incidents: each that is open."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from nangmai.web.incidents.queries import open_incidents
from nangmai.web.watch.items import Item
from nangmai.web.watch.signals import asked_what_is_open


@receiver(asked_what_is_open)
def open_items(**said: Any) -> list[Item]:
    """A line an incident."""
    return [
        Item(
            row.name,
            "incident_open",
            {
                "number": row.pk,
                "severity": row.severity,
                "since": row.reported_at.isoformat(),
                "place": row.place or "–",
            },
        )
        for row in open_incidents()
    ]
