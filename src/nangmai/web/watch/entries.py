"""How the watch asks whether somebody may, and what an entry of it holds. Every service here goes through it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from nangmai.base.clock import Clock, utc_now
from nangmai.web.accounts.models import User
from nangmai.web.authority import Basis, authority
from nangmai.web.ledger.services import actor_of, append


def moment_of(clock: Clock | None) -> datetime:
    """Now, by the clock that was given or by the machine's."""
    return utc_now(clock)


def basis_for(by: User, act: str, *, is_stepped_up: bool = False) -> Basis:
    """The one question whether this person may."""
    return authority().require(by, act, thing="shift", is_stepped_up=is_stepped_up)


def record(
    by: User,
    act: str,
    thing: str,
    basis: Basis,
    clock: Clock | None,
    *,
    personal: Mapping[str, str] | None = None,
    **facts: Any,
) -> None:
    """The entry of what a person did; moments as text."""
    append(
        act=act,
        actor=actor_of(by),
        thing=thing,
        assignment=basis.assignment,
        clauses=basis.clauses,
        version=basis.version,
        facts={name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()},
        personal=personal,
        clock=clock,
    )
