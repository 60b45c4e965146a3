"""Matters without an answer when the regulation changes what was refused."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nangmai.web.matters.queries import open_matters
from nangmai.web.regulation.running import Running, Turn, tells


@tells("5 matters")
def matters(turn: Turn) -> Running:
    """Those about an act to which the rights of who filed them change."""
    rows = list(open_matters())
    changed = [
        f"{row.pk}. {sentence}"
        for row in rows
        if row.person is not None and row.act
        for sentence in turn.rights_of(row.person, (row.act,))
    ]
    return Running(
        title=_("Matters without an answer"),
        rule=_("Each still gets its answer. Those that the draft answers are settled by the signature."),
        count=len(rows),
        changed=changed,
    )
