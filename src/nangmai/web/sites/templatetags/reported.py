"""Shows what a recorder said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from nangmai.web.sites.reported import in_words

register = template.Library()


@register.filter
def reported(stream: Mapping[str, Any]) -> SafeString:
    """What is wrong with a stream, in the language in force; its English message, marked so, where that is unknown."""
    words = in_words(stream.get("code", ""), stream.get("facts", {}))
    if words is None:
        return format_html('<span lang="en">{}</span>', stream.get("message", ""))
    return format_html("<span>{}</span>", words)
