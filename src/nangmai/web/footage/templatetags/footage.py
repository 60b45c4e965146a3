"""Lets other apps' pages show a picture without knowing how."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.web.errors import Way, translated
from nangmai.web.footage.elements import wall_config
from nangmai.web.footage.policies import ACTS, Right, has
from nangmai.web.regulation.authorities import asker, error_of
from nangmai.web.regulation.things import camera_thing
from nangmai.web.sites.models import Camera

register = template.Library()

#: why a use was refused or ended early, as recorders report it
USE_REASONS: dict[str, Promise] = {
    "ticket_missing": _("no ticket was shown"),
    "ticket_malformed": _("the ticket could not be read"),
    "ticket_forged": _("the ticket was altered, or not signed here"),
    "ticket_expired": _("the ticket had ended"),
    "ticket_revoked": _("the ticket had been withdrawn"),
    "ticket_for_other": _("the ticket was for another recorder"),
    "ticket_too_narrow": _("the ticket did not cover it"),
    "recorder_stopped": _("the recorder was stopped"),
}


@register.simple_tag(takes_context=True)
def live_config(context: dict[str, Any], camera: Camera) -> dict[str, Any]:
    """The configuration of a wall with this camera alone."""
    return wall_config(asker(context["request"]), [camera], layout="1") | {"is_single": True}


class Standing(NamedTuple):
    """What the person at the page may see of one camera, and why not more."""

    live: bool
    review: bool
    refusal: str
    clause: str
    ways: Sequence[Way]


@register.simple_tag(takes_context=True)
def standing(context: dict[str, Any], camera: Camera) -> Standing:
    """Asked of the regulation for this camera; showing why not is no refused act, so none is recorded."""
    asks = asker(context["request"])
    thing = camera_thing(camera)
    decision = asks.decide(ACTS[Right.LIVE], thing)
    review = has(asks, Right.PLAYBACK, thing) or has(asks, Right.REPLAY, thing)
    if decision.is_allowed:
        return Standing(True, review, "", "", ())
    error = error_of(decision)
    return Standing(False, review, translated(error), error.clause, error.ways)


@register.filter
def right_word(right: str) -> str:
    """The right's name in the language in force."""
    return str(Right(right).label) if right in Right.values else right


@register.filter
def use_reason(code: str) -> str:
    """Why a use was refused or ended, in the language in force; an unknown code stands for itself."""
    return str(USE_REASONS.get(code, code))


@register.filter
def entry(table: dict[str, str], key: str) -> str:
    """Look a name up; an unknown one stands for itself."""
    return table.get(key, key)
