"""Lets other apps' pages show a picture without knowing how."""

from __future__ import annotations

from typing import Any

from django import template

from nangmai.web.accounts.models import User
from nangmai.web.footage.elements import wall_config
from nangmai.web.footage.policies import Right
from nangmai.web.sites.models import Camera

register = template.Library()


@register.simple_tag
def live_config(user: User, camera: Camera) -> dict[str, Any]:
    """The configuration of a wall with this camera alone."""
    return wall_config(user, [camera], layout="1") | {"is_single": True}


@register.filter
def right_word(right: str) -> str:
    """The right's name in the language in force."""
    return str(Right(right).label) if right in Right.values else right


@register.filter
def entry(table: dict[str, str], key: str) -> str:
    """Look a name up; an unknown one stands for itself."""
    return table.get(key, key)
