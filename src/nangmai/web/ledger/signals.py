"""What happens to accounts is told by signal, since accounts knows nothing of the ledger."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.dispatch import receiver

from nangmai.web.accounts.models import User
from nangmai.web.accounts.signals import acted
from nangmai.web.ledger.services import SYSTEM, actor_of, append


@receiver(acted)
def write_act(
    sender: Any,
    *,
    act: str,
    user: User | None,
    outcome: str = "done",
    is_by_system: bool = False,
    facts: Mapping[str, Any] | None = None,
    personal: Mapping[str, str] | None = None,
    **_: Any,
) -> None:
    """One entry, in the transaction of the sender."""
    append(
        act=act,
        actor=SYSTEM if is_by_system else actor_of(user),
        thing="account" if user is None else f"account:{user.pk}",
        outcome=outcome,
        facts=facts,
        personal=personal,
    )
