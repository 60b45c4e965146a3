"""What the pages give to the client's elements: cameras, texts and rights as one JSON object in `data-config`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from nangmai.web.footage.policies import may
from nangmai.web.regulation.authorities import Asker
from nangmai.web.sites.models import Camera
from nangmai.web.ui.client_texts import client_texts

MOST_IN_STEP = 9


def camera_key(camera: Camera) -> str:
    """How pages name a camera: ids are unique within one recorder only."""
    return f"{camera.recorder.name}/{camera.camera_id}"


def camera_entry(camera: Camera) -> dict[str, Any]:
    """One camera as elements read it; a stream the recorder does not report is absent."""
    streams = {
        name: {key: stream.get(key) for key in ("codec", "width", "height")}
        for name, stream in camera.streams.items()
        if name in ("main", "sub") and stream.get("state") != "off"
    }
    return {
        "id": camera.camera_id,
        "name": camera.name,
        "area": camera.area_name,
        "recorder": camera.recorder.name,
        "base": camera.recorder.base,
        "streams": streams,
        "state": camera.state,
        "since_us": camera.main.get("since_us"),
        "page_url": reverse("sites:camera", args=[camera.recorder.name, camera.camera_id]),
    }


def _shared(asks: Asker, cameras: Iterable[Camera]) -> dict[str, Any]:
    return {
        "cameras": [camera_entry(camera) for camera in cameras],
        "ticket_url": reverse("footage:ticket"),
        "review_url": reverse("footage:review"),
        "texts": client_texts(),
        "locale": get_language(),
        "zone": settings.TIME_ZONE,
        "viewer": {"name": asks.user.display_name if asks.user else ""},
        "may": may(asks),
    }


def wall_config(asks: Asker, cameras: Iterable[Camera], *, layout: str = "") -> dict[str, Any]:
    """For `<video-wall>`."""
    return _shared(asks, cameras) | {"layout": layout or None}


def player_config(
    asks: Asker, cameras: Iterable[Camera], *, selected: list[str], at: str = "", between: tuple[str, str] = ("", "")
) -> dict[str, Any]:
    """For `<sync-player>`; what is unknown or impossible in the address is left out."""
    config = _shared(asks, cameras)
    known = [f"{entry['recorder']}/{entry['id']}" for entry in config["cameras"]]
    chosen = [key for key in dict.fromkeys(selected) if key in known][:MOST_IN_STEP]
    first, last = map(_microseconds, between)
    marked = None if first is None or last is None or last <= first else [first, last]
    return config | {"selected": chosen or known[:1], "at_us": _microseconds(at), "range": marked}


def _microseconds(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 16 else None
