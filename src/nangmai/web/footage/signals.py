"""Tickets end with the session that asked for them, and with the assignment, direction or shift they rest on."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.dispatch import receiver

from nangmai.web.accounts.models import User
from nangmai.web.accounts.signals import session_ended
from nangmai.web.directions.signals import directions_changed
from nangmai.web.footage import services
from nangmai.web.people.signals import holdings_changed
from nangmai.web.watch.signals import watch_left


@receiver(session_ended)
def revoke_tickets(sender: Any, session_key: str, **_: Any) -> None:
    """Whoever ended the session."""
    services.revoke_session(session_key=session_key)


@receiver(directions_changed)
@receiver(watch_left)
@receiver(holdings_changed)
def revoke_tickets_of(sender: Any, person: User, at: datetime | None = None, **_: Any) -> None:
    """Whatever changed: who still may watch is given a new ticket at once."""
    services.revoke_person(person=person, issued_before=at)
