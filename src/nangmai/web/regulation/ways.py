"""Where a refusal leads on: acknowledge, prove oneself, state a purpose, ask the board, file a matter.

A way whose page is not there is left out; apps above this one are known by the names of their addresses only.
"""

from __future__ import annotations

from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.decisions import Decision
from nangmai.web.errors import Way

#: remedy -> address, icon, words
_WAYS: dict[str, tuple[str, str, Promise]] = {
    "acknowledge": ("regulation:acknowledge", "book-open", _("Read and sign")),
    "step_up": ("accounts:step_up", "key-round", _("Prove that it is you")),
    "state_purpose": ("regulation:purpose", "clipboard-list", _("State what for")),
    "ask_board": ("directions:ask", "send", _("Ask the board")),
    "file_matter": ("matters:file", "file-plus", _("File as a matter outside the regulation")),
}
#: what is always possible, after what would help at once
_ALWAYS = ("ask_board", "file_matter")
#: what the press itself does, without a form in between
_AT_ONCE = frozenset({"file_matter"})


def ways_on(decision: Decision) -> list[Way]:
    """The remedy of the refusal first."""
    refusal = decision.refusal
    if refusal is None:
        return []
    names = dict.fromkeys([refusal.remedy, *(_ALWAYS if refusal.code != "unacknowledged" else ())])
    query = urlencode({"act": decision.act, "clause": ",".join(refusal.clauses)})
    ways = []
    for name in names:
        if name not in _WAYS:
            continue
        address, icon, words = _WAYS[name]
        try:
            ways.append(Way(f"{reverse(address)}?{query}", icon, str(words), posts=name in _AT_ONCE))
        except NoReverseMatch:
            continue
    return ways
