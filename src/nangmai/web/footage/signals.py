"""Tickets end with the session that asked for them."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from nangmai.web.accounts.signals import session_ended
from nangmai.web.footage import services


@receiver(session_ended)
def revoke_tickets(sender: Any, session_key: str, **_: Any) -> None:
    """Whoever ended the session."""
    services.revoke_session(session_key=session_key)
