"""Open duties when the regulation changes what it asks for."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nangmai.regulation.acts import ACTS
from nangmai.regulation.duties import rules
from nangmai.regulation.model import Regulation
from nangmai.web.duties.queries import open_duties
from nangmai.web.regulation.authorities import said
from nangmai.web.regulation.running import Running, Turn, tells


@tells("4 duties")
def duties(turn: Turn) -> Running:
    """Those whose norm asks for something else, or for nothing any more."""
    rows = list(open_duties())
    before, after = ({rule.norm: rule for rule in rules(version)} for version in (turn.old, turn.new))
    touched = [row.norm for row in rows if before.get(row.norm) != after.get(row.norm)]
    return Running(
        title=_("Duties that are open"),
        rule=_(
            "An open duty goes on under the version that opened it, with its deadline. Duties that open from then on "
            "follow the new one."
        ),
        count=len(rows),
        changed=[_line(norm, touched.count(norm), turn.old) for norm in dict.fromkeys(touched)],
    )


def _line(norm: str, count: int, regulation: Regulation) -> str:
    known = regulation.norm_by_id.get(norm)
    acts = ", ".join(said(ACTS[act].title) for act in known.acts) if known else ""
    return f"{acts} ({norm}): {count}"
