"""The list of cameras and the page of one camera. Figures only; pictures are the footage app's."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from nangmai.web.access import signed_in
from nangmai.web.sites import queries


@signed_in
def cameras(request: HttpRequest) -> HttpResponse:
    """All cameras by recorder, those in trouble first in the headline."""
    shown = list(queries.cameras())
    counts = queries.state_counts(shown)
    trouble = [camera for state in queries.TROUBLE for camera in shown if camera.state == state]
    wanted = request.GET.get("q", "").strip()
    if wanted:
        shown = [camera for camera in shown if _matches(wanted, camera.name, camera.area, camera.camera_id)]
    context = {
        "cameras": shown,
        "recorders": queries.recorders(),
        "trouble": trouble,
        "recording": counts["recording"],
        "total": sum(counts.values()),
        "wanted": wanted,
    }
    template = "sites/_camera_rows.html" if request.headers.get("X-Partial") else "sites/cameras.html"
    return render(request, template, context)


@signed_in
def camera(request: HttpRequest, recorder: str, camera_id: str) -> HttpResponse:
    """One camera: its picture for those who may, its health for everyone who answers for it."""
    return render(request, "sites/camera.html", {"camera": queries.camera(recorder, camera_id)})


def _matches(wanted: str, *texts: str) -> bool:
    return any(wanted.casefold() in text.casefold() for text in texts)
