"""States of clauses in templates: colour, form and word together, and thirty days as a strip."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.urls import resolve, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from nangmai.web.compliance.findings import Finding, State
from nangmai.web.compliance.queries import ClauseState, Day, clause_states, day_in_words
from nangmai.web.compliance.survey import Survey
from nangmai.web.ui.templatetags.ui import icon

register = template.Library()

_LOOKS = {
    State.KEPT: ("kept", "circle-check"),
    State.AT_RISK: ("at-risk", "triangle-alert"),
    State.BROKEN: ("broken", "circle-x"),
    State.UNKNOWN: ("unknown", "minus"),
}


@register.simple_tag
def compliance_state(name: str) -> SafeString:
    """The badge of a state."""
    state = State(name)
    tone, symbol = _LOOKS[state]
    return format_html('<span class="state state-{}">{}<span>{}</span></span>', tone, icon(symbol), state.label)


@functools.lru_cache(maxsize=512)
def _acts_of(path: str) -> tuple[str, ...]:
    """The acts of which one is enough to open a page; none where everybody may."""
    access = getattr(resolve(path).func, "access", ())
    if isinstance(access, str):
        kind, _colon, act = access.partition(":")
        return (act,) if kind == "act" else ()
    return tuple(access)


@register.simple_tag(takes_context=True)
def proven(context: Mapping[str, Any], finding: Finding) -> SafeString:
    """A figure, as the way to its proof for those who may open that page."""
    path = urlsplit(finding.proof).path
    acts = _acts_of(path) if path else ()
    if not path or (acts and not any(context["may"].is_named(act) for act in acts)):
        return format_html("{}", finding.figure)
    return format_html('<a href="{}">{}</a>', finding.proof, finding.figure)


@register.simple_tag(takes_context=True)
def live_states(context: Mapping[str, Any]) -> Mapping[str, State]:
    """The state of each clause now, for those who may see it; nothing for others."""
    return clause_states(Survey()) if context["may"]["compliance"]["see"] else {}


@register.simple_tag
def live_state(states: Mapping[str, State], clause: str) -> SafeString:
    """A clause's state as the way to its proof on the board; nothing where nobody is asked anything."""
    if clause not in states:
        return mark_safe("")
    address = f"{reverse('compliance:board')}#{clause}"
    return format_html('<a class="live-state" href="{}">{}</a>', address, compliance_state(states[clause]))


@functools.lru_cache(maxsize=2048)
def _cell(day: Day, language: str) -> SafeString:
    """A thousand of them stand on the page, and most are the same as a minute ago."""
    return format_html('<i class="day day-{}" title="{}"></i>', day.state or "none", day_in_words(day))


@register.simple_tag
def strip(clause: ClauseState) -> SafeString:
    """Thirty days, each a cell with its words; a reader hears the sum."""
    language = get_language() or ""
    cells = mark_safe("".join(_cell(day, language) for day in clause.days))  # noqa: S308 - each is escaped
    label = _("The last 30 days: %(states)s") % {"states": clause.strip_in_words}
    return format_html('<span class="month" role="img" aria-label="{}">{}</span>', label, cells)
