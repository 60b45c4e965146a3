"""Marks on floor plans."""

from __future__ import annotations

from django import template

from nangmai.web.sites.models import Area
from nangmai.web.ui.templatetags.ui import STATES

register = template.Library()

#: a plan is about so many marks wide
MARKS_ACROSS = 900


@register.filter
def mark_size(plan: Area) -> str:
    """How much a mark is enlarged, so that it looks the same on every plan."""
    return f"{max(plan.plan_width, plan.plan_height) / MARKS_ACROSS:.3f}"


@register.filter
def state_word(name: str) -> str:
    """The word of a state, in the language in force."""
    return str(STATES.get(name, STATES["unknown"])[2])
