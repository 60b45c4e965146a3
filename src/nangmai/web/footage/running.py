"""Open tickets when the regulation changes: judged again by the new version (`standing`)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.policies import ACTS, Right
from nangmai.web.footage.queries import still_open
from nangmai.web.regulation.running import Running, Turn, tells


@tells("1 tickets")
def tickets(turn: Turn) -> Running:
    """Those whose holder's right changes, and replays when the window does."""
    held = list(still_open(turn.at_us).select_related("person"))
    return Running(
        title=_("Tickets open now"),
        rule=_(
            "Every ticket is judged again when the new version begins. What it does not permit ends within a second, "
            "also for those who have not acknowledged it yet."
        ),
        count=len(held),
        changed=list(dict.fromkeys(line for ticket in held for line in _changes(ticket, turn))),
    )


def _changes(ticket: IssuedTicket, turn: Turn) -> list[str]:
    right = Right(ticket.right)
    found = [f"{ticket.person}: {sentence}" for sentence in turn.rights_of(ticket.person, (ACTS[right],))]
    if right is Right.REPLAY and turn.is_stated_otherwise("replay_minutes"):
        words = _("{person}: {right}, {before} → {after} minutes")
        before, after = (version.parameter("replay_minutes") for version in (turn.old, turn.new))
        found.append(words.format(person=ticket.person, right=right.label, before=before, after=after))
    return found
