"""Where each guard that norms name stands in the program, in a sentence; and whether it stands there at all.

A guard whose place is not there is told as not built: the norms that name it cannot be judged.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from importlib import import_module
from typing import NamedTuple

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nangmai.web.compliance.findings import Finding, State


class Guard(NamedTuple):
    """`place` is `module:name`, or `address:name` of a page."""

    place: str
    sentence: Promise


_WEB = "nangmai.web."
GUARDS: Mapping[str, Guard] = {
    "decision": Guard(
        f"{_WEB}regulation.authorities:requires", gettext_lazy("every page and every act asks the regulation first")
    ),
    "ticket": Guard(f"{_WEB}footage.services:issue", gettext_lazy("recorders show nothing without a ticket")),
    "retention": Guard(
        f"{_WEB}control.views:retention_in_force",
        gettext_lazy("recorders delete nothing too early and keep nothing too long"),
    ),
    "no_deletion": Guard(
        f"{_WEB}ledger.services:append", gettext_lazy("there is no way in the system to delete footage or records")
    ),
    "ledger": Guard(f"{_WEB}ledger.services:append", gettext_lazy("every act and its entry are one")),
    "assignment": Guard(f"{_WEB}people.queries:holdings", gettext_lazy("a role without an assignment grants nothing")),
    "acknowledgement": Guard(
        f"{_WEB}regulation.services:acknowledge", gettext_lazy("no pictures before the text is acknowledged")
    ),
    "step_up": Guard(f"{_WEB}accounts.step_up:step_up", gettext_lazy("a signature needs a second proof of identity")),
    "responsible_unit": Guard(
        f"{_WEB}sites.queries:responsible_unit", gettext_lazy("every camera always has a responsible unit")
    ),
    "purpose": Guard(
        f"{_WEB}regulation.purposes:stated_purpose", gettext_lazy("a purpose that a camera does not carry is refused")
    ),
    "versions": Guard(f"{_WEB}regulation.services:publish", gettext_lazy("no two versions can be in force at once")),
    "law_pack": Guard(f"{_WEB}regulation.services:sound", gettext_lazy("a text below the law cannot be signed")),
    "audio_off": Guard(
        f"{_WEB}control.views:audio_in_force", gettext_lazy("recorders take no sound unless the text says so")
    ),
    "recusal": Guard(
        f"{_WEB}people.queries:recused_from", gettext_lazy("who keeps out of a case is refused its material")
    ),
    "delegation": Guard(
        f"{_WEB}people.queries:delegated", gettext_lazy("a delegation grants nothing outside its period and scope")
    ),
    "matter": Guard("address:matters:file", gettext_lazy("what is refused can be filed as a matter at once")),
}


@functools.cache
def is_built(name: str) -> bool:
    """Whether the place of the guard is there."""
    module, _colon, attribute = GUARDS[name].place.partition(":")
    if module == "address":
        try:
            return bool(reverse(attribute))
        except NoReverseMatch:
            return False
    try:
        return hasattr(import_module(module), attribute)
    except ModuleNotFoundError:
        return False


def finding(name: str) -> Finding:
    """What an enforced norm is: kept by construction, by this guard."""
    guard = GUARDS.get(name)
    if guard is None or not is_built(name):
        return Finding(State.UNKNOWN, _("What enforces this is not built yet"))
    return Finding(State.KEPT, _("Enforced: %(sentence)s") % {"sentence": guard.sentence})
