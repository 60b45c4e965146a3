"""Words of the regulation in force, for templates of any app."""

from __future__ import annotations

from django import template

from nangmai.base.clock import wall_us
from nangmai.web.regulation import versions
from nangmai.web.regulation.purposes import known_purposes
from nangmai.web.regulation.queries import purposes_of

register = template.Library()


@register.filter
def purpose_word(purpose: str) -> str:
    """A purpose in words; one that the text no longer names stands for itself."""
    version = versions.in_force(wall_us())
    regulation = None if version is None else versions.text_of(version)
    known = purposes_of(regulation, known_purposes(regulation)) if regulation else {}
    return known.get(purpose, purpose)
