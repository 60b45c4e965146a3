"""How pages say what stands in an entry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from nangmai.custody import ledger
from nangmai.web.ledger.services import SYSTEM, UNKNOWN
from nangmai.web.ledger.titles import FACTS, KINDS, PERSONAL, act_title, value_word
from nangmai.web.ui.templatetags.ui import moment, size

register = template.Library()


@register.filter
def act_word(act: str) -> str:
    """The act's name in the language in force."""
    return act_title(act)


@register.filter
def who(actor: str, names: Mapping[str, str]) -> str:
    """An actor as a person would say it."""
    if actor in names:
        return names[actor]
    return {SYSTEM: _("This system"), UNKNOWN: _("Nobody known here")}.get(actor) or what(actor, {})


@register.filter
def what(thing: str, names: Mapping[str, str]) -> str:
    """A thing by its name; one that nobody names stands for itself."""
    if thing in names:
        return names[thing]
    kind, _colon, rest = thing.partition(":")
    return f"{KINDS[kind]} {rest}".strip() if kind in KINDS else thing


@register.filter
def facts(entry: ledger.Entry) -> list[tuple[str, str, bool]]:
    """Each fact: its name, its value in words, and whether it has lines of its own."""
    told = []
    known = list(FACTS)
    for name, value in sorted(entry.facts.items(), key=lambda fact: known.index(fact[0]) if fact[0] in known else 99):
        text = _fact(name, value)
        told.append((str(FACTS.get(name, name)), text, "\n" in text))
    return told


def _fact(name: str, value: Any) -> str:
    if name.endswith("_us") and isinstance(value, int):
        return moment(value)
    if name == "bytes" and isinstance(value, int):
        return size(value)
    if isinstance(value, list) and all(isinstance(part, str | int) for part in value):
        return ", ".join(map(str, value))
    return value_word(name, value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@register.filter
def personal_word(field: str) -> str:
    """The name of a personal field."""
    return str(PERSONAL.get(field, field))


@register.filter
def witness_word(kind: str) -> str:
    """A kind of witness."""
    words = {
        "paper": _("On paper"),
        "mail": _("Mail"),
        "folder": _("Folder"),
        "node": _("Another installation"),
        "rfc3161": _("Time-stamp authority (RFC 3161)"),
    }
    return words.get(kind, kind)


@register.filter
def hexadecimal(value: bytes) -> str:
    """A hash as it is written."""
    return value.hex()
