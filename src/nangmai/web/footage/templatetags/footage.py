"""Lets other apps' pages show a picture without knowing how."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.web.accounts.models import User
from nangmai.web.footage.elements import wall_config
from nangmai.web.footage.policies import Right
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


@register.simple_tag
def live_config(user: User, camera: Camera) -> dict[str, Any]:
    """The configuration of a wall with this camera alone."""
    return wall_config(user, [camera], layout="1") | {"is_single": True}


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
