"""Shows what a recorder said."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nangmai.web.sites.reported import in_words

register = template.Library()


@register.filter
def reported(message: str) -> SafeString:
    """The sentence in the language in force, or marked as English where nobody has translated it."""
    words = in_words(message)
    return format_html("<span>{}</span>", words) if words else format_html('<span lang="en">{}</span>', message)
