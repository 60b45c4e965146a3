"""What is handed over from shift to shift: found by itself, said in the person's language, confirmed one by one.

Watch finds cameras and recorders that are down, and the last note. Other apps add what is open with them by answering
`signals.asked_what_is_open`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.web.sites.queries import TROUBLE, cameras, recorders
from nangmai.web.ui.templatetags.ui import STATES, exact
from nangmai.web.watch.models import Handover, Post
from nangmai.web.watch.signals import asked_what_is_open

#: code -> sentence with the item's facts; an app that adds items adds its sentences
SENTENCES: dict[str, Promise | str] = {
    "camera_down": _("Camera {name} ({camera}): {state}, since {since}."),
    "recorder_silent": _("Recorder {recorder} does not report; its last report came {since}."),
    "recorder_unwell": _("Recorder {recorder} needs attention: {state}."),
    "note": _("Note of the shift before: {text}"),
}


@dataclasses.dataclass(frozen=True, slots=True)
class Item:
    """One thing; `key` names it while it lasts."""

    key: str
    code: str
    facts: Mapping[str, Any]

    def as_json(self) -> dict[str, Any]:
        """As a handover keeps it."""
        return {"key": self.key, "code": self.code, "facts": dict(self.facts)}


def in_words(item: Mapping[str, Any]) -> str:
    """The item as a sentence in the language in force; one nobody has words for stands as its code."""
    facts = dict(item["facts"])
    if "state" in facts:
        facts["state"] = STATES.get(facts["state"], STATES["unknown"])[2]
    if "since" in facts:
        facts["since"] = exact(datetime.fromisoformat(facts["since"])) if facts["since"] else "–"
    try:
        return str(SENTENCES[item["code"]]).format(**facts)
    except (KeyError, IndexError):
        return str(item["code"])


def open_items(post: Post, at: datetime) -> list[Item]:
    """Everything the next shift has to know."""
    answers: list[tuple[Any, Any]] = asked_what_is_open.send(sender=Post, post=post, at=at)
    return [*_recorders(), *_cameras(), *_note(post), *(item for _, answer in answers for item in answer or [])]


def _since(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _cameras() -> list[Item]:
    down = [camera for camera in cameras() if camera.state in TROUBLE and not camera.recorder.is_silent]
    return [
        Item(
            f"camera_down:{camera.recorder.name}/{camera.camera_id}",
            "camera_down",
            {
                "camera": f"{camera.recorder.name}/{camera.camera_id}",
                "name": camera.name,
                "state": camera.state,
                "since": _since(camera.since),
            },
        )
        for camera in down
    ]


def _recorders() -> list[Item]:
    found = []
    for recorder in recorders():
        code = "recorder_silent" if recorder.is_silent else "recorder_unwell"
        if recorder.is_silent or recorder.health_state not in ("", "ok"):
            facts = {"recorder": recorder.name, "state": recorder.health_state, "since": _since(recorder.reported_at)}
            found.append(Item(f"{code}:{recorder.name}", code, facts))
    return found


def _note(post: Post) -> list[Item]:
    last = Handover.objects.filter(incoming__post=post).select_related("incoming").first()
    text = last.incoming.note if last else ""
    return [Item(f"note:{last.pk}", "note", {"text": text})] if last and text else []
