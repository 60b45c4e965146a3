"""Directions that count, and requests that wait, when the regulation changes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nangmai.base.units import utc_from_us
from nangmai.web.directions.models import Asked
from nangmai.web.directions.queries import valid
from nangmai.web.regulation.running import Running, Turn, tells

ACTS = ("playback.view", "replay.view", "extraction.execute")


@tells("2 directions")
def directions(turn: Turn) -> Running:
    """Those to people whose rights under a direction change, and requests for an act that changes for who asked."""
    given = list(valid(utc_from_us(turn.at_us)).select_related("person"))
    asked = list(Asked.objects.filter(state=Asked.State.OPEN).select_related("person"))
    changed = [(row.person, turn.rights_of(row.person, ACTS)) for row in given]
    changed += [(row.person, turn.rights_of(row.person, (row.act,))) for row in asked]
    return Running(
        title=_("Directions in force and requests to the board"),
        rule=_(
            "A direction stands until its end, and opens what the version of the moment permits under a direction. "
            "A request that waits is answered by the new version."
        ),
        count=len(given) + len(asked),
        changed=list(dict.fromkeys(f"{person}: {sentence}" for person, found in changed for sentence in found)),
    )
