"""What changes emergencies: invoking one, ratifying it, refusing to. Each is decided and written down.

Invoking opens the duties that the text ties to such a view, so that the board is told at once and a clock runs. Shows
no footage: tickets are asked for as always, and see the instrument.
"""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S, us_from_datetime
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.duties import queries as duty_queries
from nangmai.web.duties import services as duties
from nangmai.web.emergencies.models import EMERGENCY, Emergency
from nangmai.web.emergencies.queries import RATIFY, valid
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.regulation.authorities import Asker

_ACTS = {"ratify": "emergency.ratified", "reject": "emergency.rejected"}
#: how long one lets its person see: long enough to find the place, short enough not to be a habit
LASTS = timedelta(minutes=15)


class NotNeeded(Error):
    """You may see this already: the regulation's own replay window is as long. Nothing has to be broken for it."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class AlreadyInvoked(Error):
    """Your emergency counts already; look at the pictures now."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class ReasonMissing(Error):
    """Say in a sentence what happens and who is in danger; the board reads it."""

    kind: ClassVar[Kind] = Kind.INVALID


class OwnEmergency(Error):
    """Nobody ratifies what they saw themselves: another member of the board has to."""

    kind: ClassVar[Kind] = Kind.CONFLICT


def permission(asks: Asker) -> Decision:
    """Whether the text lets this person see footage in an emergency, and what that opens for the board."""
    window_s = asks.number("break_glass_minutes") * 60
    return asks.decide("replay.view", instruments=frozenset({"emergency"}), age_s=window_s or None)


@one_act
def invoke(*, by: User, reason: str) -> Emergency:
    """See now what an order would have to allow, as far back as the text says, for a quarter of an hour."""
    asks, now = Asker(by), utc_now()
    decision = permission(asks)
    if not decision.is_allowed:
        raise asks.refused(decision, None)
    if not decision.obligations:
        raise NotNeeded
    if not reason.strip():
        raise ReasonMissing
    if valid(now).filter(person=by).exists():
        raise AlreadyInvoked
    row = Emergency.objects.create(
        person=by,
        reason=reason.strip(),
        from_us=us_from_datetime(now) - asks.number("break_glass_minutes") * 60 * US_PER_S,
        invoked_at=now,
        until_at=now + LASTS,
    )
    _write("emergency.invoked", row, by, decision, {"until": row.until_at.isoformat(), "from_us": row.from_us}, reason)
    for obligation in decision.obligations:
        duties.opened_by_norm(obligation.norm, row.name, at=now)
    duties.opened("emergency.used", row.name, at=now)
    return row


@one_act
def ratify(*, emergency: Emergency, by: User, answer: str, is_stepped_up: bool) -> Emergency:
    """The board says that it was one."""
    return _answered(emergency, by, "ratify", answer, is_stepped_up)


@one_act
def reject(*, emergency: Emergency, by: User, answer: str, is_stepped_up: bool) -> Emergency:
    """The board says that it was none: a breach of the regulation, and it ends now."""
    return _answered(emergency, by, "reject", answer, is_stepped_up)


def _answered(emergency: Emergency, by: User, event: str, answer: str, is_stepped_up: bool) -> Emergency:
    thing = Thing("incident", emergency.name, case=emergency.name)
    decision = Asker(by).require(RATIFY, thing, is_stepped_up=is_stepped_up)
    row = Emergency.objects.select_for_update().get(pk=emergency.pk)
    if row.person == by:
        raise OwnEmergency
    row.state = EMERGENCY.next(row.state, event).target
    if not answer.strip():
        raise ReasonMissing
    row.answer, row.answered_by, row.answered_at = answer.strip(), by, utc_now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    _write(_ACTS[event], row, by, decision, {"person": actor_of(row.person)}, row.answer)
    duties.ended(duty_queries.open_about(RATIFY, subject=row.name), f"{row.name} {row.state}")
    return row


def _write(act: str, row: Emergency, by: User, decision: Decision, facts: dict[str, object], reason: str) -> None:
    append(
        act=act,
        actor=actor_of(by),
        thing=row.name,
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        facts=facts,
        personal={"reason": reason.strip()},
    )
