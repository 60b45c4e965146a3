"""Look-ups of recorders and cameras."""

from __future__ import annotations

from collections import Counter

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from nangmai.web.sites.models import Camera, Recorder


def cameras() -> QuerySet[Camera]:
    """All cameras that are in their recorder's file, with their recorders, in the order of the files."""
    return Camera.objects.select_related("recorder").filter(is_in_file=True)


def camera(recorder: str, camera_id: str) -> Camera:
    """One camera, also one that left the file; 404 when there never was one."""
    return get_object_or_404(Camera.objects.select_related("recorder"), recorder__name=recorder, camera_id=camera_id)


def recorders() -> QuerySet[Recorder]:
    """All recorders."""
    return Recorder.objects.all()


#: states that ask for a person, worst first; everything else is quiet
TROUBLE = ("disk", "refused", "no_signal", "unknown")


def state_counts(shown: list[Camera]) -> Counter[str]:
    """How many cameras are in each state."""
    return Counter(camera.state for camera in shown)
