"""The signs at cameras: one for each area that holds some, made from the text in force and what the area is for."""

from __future__ import annotations

from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone

from nangmai.base.clock import utc_now, wall_us
from nangmai.web.documents import queries as papers_kept
from nangmai.web.documents import services as documents
from nangmai.web.regulation import papers, versions
from nangmai.web.sites import queries as sites
from nangmai.web.sites.models import Area


class Place(NamedTuple):
    """An area with cameras of its own."""

    area: Area
    path: str
    cameras: int
    purposes: list[str]


def places_with_cameras() -> list[Place]:
    """In the order of the tree; areas below are places of their own."""
    counts: dict[int, int] = {}
    for camera in sites.cameras():
        if camera.area_id is not None:
            counts[camera.area_id] = counts.get(camera.area_id, 0) + 1
    places = sites.places()
    areas = [*(row.area for row in places.rows()), *places.not_placed()]
    return [
        Place(area, places.path_text(area.pk), counts[area.pk], list(places.purposes_of(area.pk)))
        for area in areas
        if area.pk in counts
    ]


def sign_of(area: Area) -> bytes | None:
    """The sign as PDF; None where no text is in force."""
    version = versions.in_force(wall_us())
    if version is None:
        return None
    day, site = timezone.localdate(utc_now()), sites.site()
    head = papers_kept.letterhead(day)
    places = sites.places()
    data = papers.camera_notice(
        versions.text_of(version),
        area=places.path_text(area.pk) or area.name,
        purposes=places.purposes_of(area.pk),
        contact=site.contact,
        institution=head.institution,
    )
    address = head.public_address + reverse("public_regulation")
    return documents.sheet("camera_notice", data, day=day, address=address, sha256=version.sha256)
