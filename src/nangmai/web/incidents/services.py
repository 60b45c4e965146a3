"""What changes incidents: reporting, receiving, locating, directing, minuting, closing; decided, then written down.

Tells `duties` what happened, so that the deadlines of the text run. Shows no footage and keeps none: who holds footage
hears of it by a signal.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, ClassVar

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_datetime
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.duties import queries as duty_queries
from nangmai.web.duties import services as duties
from nangmai.web.duties.models import Duty
from nangmai.web.incidents.models import INCIDENT, Incident, Instruction
from nangmai.web.incidents.signals import hold_released, hold_wanted
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.regulation.authorities import Asker
from nangmai.web.sites.models import Camera

REPORT, RECEIVE, LOCATE, DIRECT = "incident.report", "incident.receive", "incident.locate", "incident.direct"
MINUTE, CLOSE = "minutes.write", "incident.close"
#: footage before and after that an incident may rest on
AROUND = timedelta(minutes=10)


class SeenLater(Error):
    """What was seen lies in the future; correct the time."""

    kind: ClassVar[Kind] = Kind.INVALID


class WordsMissing(Error):
    """Say it in a sentence at least; the record is worth nothing without words."""

    kind: ClassVar[Kind] = Kind.INVALID


class AlreadyLocated(Error):
    """Where this incident happened has been written down already."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class PersonNotTold(Error):
    """Who is under consideration has to be told before the case is closed; report that duty done first."""

    kind: ClassVar[Kind] = Kind.CONFLICT


@one_act
def report(
    *,
    by: User,
    severity: str,
    observed_at: datetime,
    cameras: Sequence[Camera],
    place: str,
    what: str,
    touches_data: bool = False,
) -> Incident:
    """Somebody saw something. The deadline of the report runs from when it was seen."""
    decision = Asker(by).require(REPORT, Thing("incident"))
    now = utc_now()
    if observed_at > now:
        raise SeenLater
    row = Incident.objects.create(
        severity=Incident.Severity(severity),
        observed_at=observed_at,
        place=place.strip(),
        what=_said(what),
        touches_data=touches_data,
        reported_by=by,
        reported_at=now,
    )
    row.cameras.set(cameras)
    facts = {
        "severity": row.severity,
        "observed_at": observed_at.isoformat(),
        "cameras": [f"{camera.recorder.name}/{camera.camera_id}" for camera in cameras],
        "touches_data": touches_data,
    }
    _write("incident.reported", row, by, decision, facts, {"what": row.what, "place": row.place})
    observed = duties.opened(f"incident.observed_{row.severity.lower()}", row.name, at=observed_at)
    duties.ended(Duty.objects.filter(pk__in=[duty.pk for duty in observed]), row.name)
    duties.opened("incident.reported", row.name, at=now)
    if touches_data:
        duties.opened("data.breached", row.name, at=observed_at)
    from_us, to_us = us_from_datetime(observed_at - AROUND), us_from_datetime(observed_at + AROUND)
    hold_wanted.send(sender=Incident, incident=row, cameras=list(cameras), from_us=from_us, to_us=to_us)
    return row


@one_act
def receive(*, incident: Incident, by: User) -> Incident:
    """A member of the board has read it."""
    row, decision = _step(incident, by, RECEIVE, "receive")
    row.received_by, row.received_at = by, utc_now()
    row.save(update_fields=["state", "received_by", "received_at"])
    _write("incident.received", row, by, decision, {}, {})
    _did(row, RECEIVE)
    return row


@one_act
def locate(*, incident: Incident, by: User, is_on_premises: bool, place: str) -> Incident:
    """Say whether it happened on the premises: what did not is no violation the school deals with."""
    decision = Asker(by).require(LOCATE, _thing(incident))
    row = _locked(incident)
    if row.located_at is not None:
        raise AlreadyLocated
    row.is_on_premises, row.place = is_on_premises, _said(place)
    row.located_by, row.located_at = by, utc_now()
    row.save(update_fields=["is_on_premises", "place", "located_by", "located_at"])
    _write(
        "incident.located",
        row,
        by,
        decision,
        {"is_on_premises": is_on_premises, "state": row.state},
        {"place": row.place},
    )
    _did(row, LOCATE)
    return row


@one_act
def direct(
    *,
    incident: Incident,
    by: User,
    text: str,
    is_stepped_up: bool,
    person: User | None = None,
    due_at: datetime | None = None,
) -> Instruction:
    """The board says what is done. Whoever directs has received the report with it."""
    row, decision = _step(incident, by, DIRECT, "direct", is_stepped_up=is_stepped_up)
    now = utc_now()
    if row.received_at is None:
        row.received_by, row.received_at = by, now
    row.save(update_fields=["state", "received_by", "received_at"])
    made = Instruction.objects.create(
        incident=row, text=_said(text), person=person, due_at=due_at, given_by=by, given_at=now
    )
    facts = {"person": actor_of(person) if person else "", "until": due_at.isoformat() if due_at else ""}
    _write("incident.directed", row, by, decision, facts, {"text": made.text})
    _did(row, RECEIVE)
    duties.opened("incident.directed", row.name, at=now)
    return made


@one_act
def minute(*, incident: Incident, by: User, text: str, is_about_somebody: bool) -> Incident:
    """What happened, who was there, what shows it."""
    row, decision = _step(incident, by, MINUTE, "minute")
    row.minutes, row.is_about_somebody = _said(text), is_about_somebody
    row.minuted_by, row.minuted_at = by, utc_now()
    row.save(update_fields=["state", "minutes", "is_about_somebody", "minuted_by", "minuted_at"])
    _write("incident.minuted", row, by, decision, {"about_somebody": is_about_somebody}, {"text": row.minutes})
    _did(row, MINUTE)
    if is_about_somebody:
        duties.opened("incident.minuted", row.name, at=row.minuted_at)
    return row


@one_act
def close(*, incident: Incident, by: User, conclusion: str, is_stepped_up: bool) -> Incident:
    """The board's conclusion, after whoever is under consideration was told."""
    row, decision = _step(incident, by, CLOSE, "close", is_stepped_up=is_stepped_up)
    if duty_queries.open_duties().filter(trigger="incident.minuted", subject=row.name).exists():
        raise PersonNotTold
    return _closed(row, by, decision, conclusion, "incident.closed")


@one_act
def dismiss(*, incident: Incident, by: User, conclusion: str, is_stepped_up: bool) -> Incident:
    """There is nothing to deal with, and why."""
    row, decision = _step(incident, by, CLOSE, "dismiss", is_stepped_up=is_stepped_up)
    return _closed(row, by, decision, conclusion, "incident.dismissed")


def _closed(row: Incident, by: User, decision: Decision, conclusion: str, act: str) -> Incident:
    row.conclusion = _said(conclusion)
    row.closed_by, row.closed_at = by, utc_now()
    row.save(update_fields=["state", "conclusion", "closed_by", "closed_at"])
    _write(act, row, by, decision, {}, {"text": row.conclusion})
    hold_released.send(sender=Incident, incident=row)
    return row


def _thing(incident: Incident) -> Thing:
    """Its own case: who is recused from it is refused."""
    return Thing("incident", str(incident.pk), case=incident.name)


def _step(
    incident: Incident, by: User, act: str, event: str, *, is_stepped_up: bool = False
) -> tuple[Incident, Decision]:
    decision = Asker(by).require(act, _thing(incident), is_stepped_up=is_stepped_up)
    row = _locked(incident)
    row.state = INCIDENT.next(row.state, event).target
    return row, decision


def _locked(incident: Incident) -> Incident:
    return Incident.objects.select_for_update().get(pk=incident.pk)


def _said(text: str) -> str:
    if not text.strip():
        raise WordsMissing
    return text.strip()


def _did(row: Incident, act: str) -> None:
    duties.ended(duty_queries.open_about(act, subject=row.name), row.name)


def _write(
    act: str, row: Incident, by: User, decision: Decision, facts: dict[str, Any], personal: dict[str, str]
) -> None:
    append(
        act=act,
        actor=actor_of(by),
        thing=row.name,
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        facts={name: value for name, value in facts.items() if value not in ("", None)},
        personal={name: value for name, value in personal.items() if value},
    )
