"""Look-ups of the site, its areas, recorders and cameras."""

from __future__ import annotations

from collections import Counter

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from nangmai.web.sites import units
from nangmai.web.sites.models import Area, Camera, Recorder, Site
from nangmai.web.sites.places import Places


def cameras() -> QuerySet[Camera]:
    """All cameras that are in their recorder's file, with their recorders, in the order of the files."""
    return Camera.objects.select_related("recorder", "area").filter(is_in_file=True)


def camera(recorder: str, camera_id: str) -> Camera:
    """One camera, also one that left the file; 404 when there never was one."""
    return get_object_or_404(
        Camera.objects.select_related("recorder", "area"), recorder__name=recorder, camera_id=camera_id
    )


def site() -> Site:
    """The one site there is; made at the first question."""
    return Site.objects.get_or_create(pk=1)[0]


def places() -> Places:
    """The tree of areas as it stands."""
    return Places(Area.objects.all(), site().default_unit, unit_names=units.with_default)


def area(area_id: int) -> Area:
    """One area, or 404."""
    return get_object_or_404(Area, pk=area_id)


def responsible_unit(camera: Camera) -> str:
    """The id of the unit that answers for the camera: never none."""
    return places().responsible_unit(camera)


def cameras_of(units: frozenset[str]) -> list[Camera]:
    """The cameras that one of these units answers for."""
    known = places()
    return [camera for camera in cameras() if known.responsible_unit(camera) in units]


def recorders() -> QuerySet[Recorder]:
    """All recorders."""
    return Recorder.objects.all()


def cameras_by_recorder() -> Counter[int]:
    """How many cameras stand in each recorder's file."""
    return Counter(cameras().values_list("recorder_id", flat=True))


#: states that ask for a person, worst first; everything else is quiet
TROUBLE = ("disk", "refused", "no_signal", "unknown")


def state_counts(shown: list[Camera]) -> Counter[str]:
    """How many cameras are in each state."""
    return Counter(camera.state for camera in shown)


def camera_names() -> dict[str, str]:
    """Every camera there ever was, by the name that entries of the ledger give it."""
    rows = Camera.objects.values_list("recorder__name", "camera_id", "name")
    return {f"camera:{recorder}/{camera_id}": name for recorder, camera_id, name in rows}
