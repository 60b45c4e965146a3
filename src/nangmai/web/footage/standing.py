"""Open tickets are judged again every second: what would not be given any more is taken back.

A shift ends, a direction or a version of the regulation runs out, a camera gets other purposes: most of it happens by
the calendar, with nobody pressing anything. Whatever decides about tickets is asked again, and nothing else is.
"""

from __future__ import annotations

import dataclasses

from nangmai.base.clock import Clock, wall_us
from nangmai.base.units import US_PER_S
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Thing
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.policies import ACTS, Right
from nangmai.web.footage.queries import still_open
from nangmai.web.footage.services import withdraw
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.things import CameraThings
from nangmai.web.sites.models import Camera

Known = dict[tuple[int, str], Camera]


def end_unfounded(*, clock: Clock | None = None) -> int:
    """Take back the tickets whose basis is gone; how many."""
    now_us = wall_us(clock)
    held = list(still_open(now_us).select_related("person"))
    if not held:
        return 0
    things, askers, count = CameraThings(), dict[tuple[int, str], Asker](), 0
    cameras = Camera.objects.select_related("recorder").filter(recorder__in={ticket.recorder_id for ticket in held})
    known: Known = {(camera.recorder_id, camera.camera_id): camera for camera in cameras}
    for ticket in held:
        key = ticket.person_id, ticket.purpose
        asks = askers.setdefault(key, Asker(ticket.person, purpose=ticket.purpose, at_us=now_us))
        refused = _refusal(asks, ticket, known, things)
        if refused is not None:
            clauses = refused.refusal.clauses if refused.refusal else ()
            count += withdraw(IssuedTicket.objects.filter(pk=ticket.pk, revoked_us=None), now_us, clauses)
    return count


def _refusal(asks: Asker, ticket: IssuedTicket, known: Known, things: CameraThings) -> Decision | None:
    """The decision that says no to one of its cameras; None while the ticket stands."""
    act = ACTS[Right(ticket.right)]
    if ticket.from_us is None or ticket.to_us is None:
        # Live asks for no period, so cameras differ by where they hang and what for; a wall has few such sorts.
        asked = (_thing(ticket, camera, known, things) for camera in ticket.cameras)
        sorts = {dataclasses.replace(thing, id=""): thing for thing in asked}
        found = (asks.decide(act, thing) for thing in sorts.values())
    else:
        span = (ticket.from_us, ticket.to_us)
        # As old as it was when the ticket was given: the window does not close on who looks at the moment.
        age_s = max(0, -(-(ticket.issued_us - ticket.from_us) // US_PER_S))
        asked = (_thing(ticket, camera, known, things) for camera in ticket.cameras)
        found = (asks.decide(act, thing, span=span, age_s=age_s) for thing in asked)
    return next((decision for decision in found if not decision.is_allowed), None)


def _thing(ticket: IssuedTicket, camera_id: str, known: Known, things: CameraThings) -> Thing:
    """The camera as norms see it; one that is gone is out of service."""
    camera = known.get((ticket.recorder_id, camera_id))
    return things.of(camera) if camera else Thing("camera", camera_id, is_in_service=False)
