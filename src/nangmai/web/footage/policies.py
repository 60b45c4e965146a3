"""The rights of tickets, and the acts of the regulation they stand for. Who may do them is asked of the regulation."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.facts import Thing
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.things import CameraThings
from nangmai.web.sites.models import Camera


class Right(models.TextChoices):
    """What a ticket opens."""

    LIVE = "live", _("live view")
    REPLAY = "replay", _("instant replay")
    PLAYBACK = "playback", _("playback")
    EXPORT = "export", _("extraction")


ACTS = {
    Right.LIVE: "live.view",
    Right.REPLAY: "replay.view",
    Right.PLAYBACK: "playback.view",
    Right.EXPORT: "extraction.execute",
}


def visible(asks: Asker, cameras: Iterable[Camera], *rights: Right) -> list[Camera]:
    """The cameras for which the person has at least one of the rights now; one that is not there shows nothing."""
    things = CameraThings()
    there = (camera for camera in cameras if not camera.is_absent)
    return [camera for camera in there if any(has(asks, right, things.of(camera)) for right in rights)]


def has(asks: Asker, right: Right, thing: Thing | None = None) -> bool:
    """Whether the person has the right now, for this camera or for any."""
    if right is Right.EXPORT:
        return False  # its ticket goes to the exporter with an order, never to a page
    return asks.may(ACTS[right], thing)


def may(asks: Asker) -> dict[str, bool]:
    """The rights as elements ask for them."""
    return {right.value: has(asks, right) for right in Right} | {"register": asks.may("views.read")}
