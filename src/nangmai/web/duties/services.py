"""What changes duties: an event or the calendar opens them, evidence closes them, the clock passes them on when late.

Each change and its entry are one commit. Opening twice opens once, so whoever sees an event may tell it again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import ClassVar

from django.db import transaction
from django.db.models import QuerySet

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_datetime, utc_from_us
from nangmai.regulation import duties as rules
from nangmai.regulation.acts import ACTS
from nangmai.regulation.duties import DutyRule
from nangmai.regulation.facts import Thing
from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.duties import queries
from nangmai.web.duties.models import Duty
from nangmai.web.duties.ways import page_of
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.people.queries import holdings
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import Asker


class NotYourDuty(Error):
    """This duty is somebody else's; only who owes it, or whom it was passed on to, reports it done."""

    kind: ClassVar[Kind] = Kind.DENIED


class AlreadyDone(Error):
    """This duty has been reported done already."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class DoneElsewhere(Error):
    """This duty is done by the act itself, which has a page of its own; a report cannot take its place."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class EvidenceMissing(Error):
    """Say in a sentence what was done and where it can be seen."""

    kind: ClassVar[Kind] = Kind.INVALID


def in_force(at: datetime) -> Regulation | None:
    """The text in force at a moment."""
    version = versions.in_force(us_from_datetime(at))
    return None if version is None else versions.text_of(version)


@transaction.atomic
def opened(trigger: str, subject: str, *, at: datetime | None = None, person: User | None = None) -> list[Duty]:
    """An event has happened: the duties that the text in force ties to it, as far as they are not open yet."""
    at = at or utc_now()
    regulation = in_force(utc_now())
    if regulation is None:
        return []
    made = (open_duty(rule, regulation, subject, at=at, person=person) for rule in rules.rules_for(regulation, trigger))
    return [duty for duty in made if duty is not None]


@transaction.atomic
def opened_by_norm(norm: str, subject: str, *, at: datetime) -> Duty | None:
    """What the use of a permit opens (`then`): the duty of this norm of the text in force."""
    regulation = in_force(utc_now())
    rule = next((rule for rule in rules.rules(regulation) if rule.norm == norm), None) if regulation else None
    return None if regulation is None or rule is None else open_duty(rule, regulation, subject, at=at)


@transaction.atomic
def open_duty(
    rule: DutyRule, regulation: Regulation, subject: str, *, at: datetime, person: User | None = None
) -> Duty | None:
    """One duty; None when it is open already."""
    due_us = rules.due(rule, regulation, us_from_datetime(at))
    duty, is_new = Duty.objects.get_or_create(
        norm=rule.norm,
        subject=subject,
        done_at=None,
        defaults={
            "clause": rule.clause,
            "version": regulation.version,
            "trigger": rule.trigger,
            "roles": list(rule.who),
            "person": person,
            "opened_at": at,
            "due_at": None if due_us is None else utc_from_us(due_us),
        },
    )
    if not is_new:
        return None
    facts = {"duty": duty.pk, "due": duty.due_at.isoformat() if duty.due_at else "", "trigger": rule.trigger}
    append(act="duty.opened", actor=SYSTEM, thing=subject, clauses=(rule.clause,), version=duty.version, facts=facts)
    return duty


def ended(rows: QuerySet[Duty], evidence: str) -> int:
    """What the duties asked for has happened: the event itself is the evidence."""
    count = 0
    for pk in rows.filter(done_at=None).values_list("pk", flat=True):
        with transaction.atomic():
            count += _close(pk, None, evidence) is not None
    return count


@transaction.atomic
def report_done(*, duty: Duty, by: User, evidence: str, is_stepped_up: bool = False) -> Duty:
    """Who owes it says what was done, as far as the text lets them do it; whom it was passed on to says that it was."""
    now = utc_now()
    if not queries.is_owed_by(duty, by, now):
        raise NotYourDuty(clause=duty.clause)
    acts = queries.acts_of(duty)
    if page_of(duty, acts):
        raise DoneElsewhere
    if not evidence.strip():
        raise EvidenceMissing
    roles = {held.role for held in holdings(by, now)}
    asked = Asker(by)
    basis = [
        asked.require(act, Thing(ACTS[act].thing, duty.subject), is_stepped_up=is_stepped_up)
        for act in acts
        if queries.is_own(duty, by, roles)
    ]
    closed = _close(duty.pk, by, evidence.strip(), basis[0].assignment if basis else "")
    if closed is None:
        raise AlreadyDone
    return closed


def _close(pk: int, by: User | None, evidence: str, assignment: str = "") -> Duty | None:
    duty = Duty.objects.select_for_update().get(pk=pk)
    if duty.done_at is not None:
        return None
    duty.done_at, duty.done_by, duty.evidence = utc_now(), by, evidence
    duty.save(update_fields=["done_at", "done_by", "evidence"])
    is_late = duty.due_at is not None and duty.done_at > duty.due_at
    append(
        act="duty.done",
        actor=actor_of(by) if by else SYSTEM,
        thing=duty.name,
        clauses=(duty.clause,),
        version=duty.version,
        assignment=assignment,
        facts={"about": duty.subject, "late": is_late},
        personal={"evidence": evidence},
    )
    return duty


def escalate_overdue(*, now: datetime | None = None) -> int:
    """Pass on what is late to whom the text names next; how many steps were taken."""
    now = now or utc_now()
    late = Duty.objects.filter(done_at=None, due_at__lt=now)
    return sum(_escalate(duty, now) for duty in late)


def _escalate(duty: Duty, now: datetime) -> int:
    regulation = queries.regulation_of(duty)
    rule = next((rule for rule in rules.rules(regulation) if rule.norm == duty.norm), None) if regulation else None
    if regulation is None or rule is None or duty.due_at is None:
        return 0
    steps = rules.steps(rule, regulation, us_from_datetime(duty.due_at))
    due = [step for step in steps[duty.steps_taken :] if step.at_us <= us_from_datetime(now)]
    for step in due:
        _pass_on(duty.pk, step.to)
    return len(due)


@transaction.atomic
def _pass_on(pk: int, to: Iterable[str]) -> None:
    duty = Duty.objects.select_for_update().get(pk=pk)
    if duty.done_at is not None:
        return
    duty.escalated = list(dict.fromkeys([*duty.escalated, *to]))
    duty.steps_taken += 1
    duty.save(update_fields=["escalated", "steps_taken"])
    append(
        act="duty.escalated",
        actor=SYSTEM,
        thing=duty.name,
        clauses=(duty.clause,),
        version=duty.version,
        facts={"about": duty.subject, "to": list(to), "step": duty.steps_taken},
    )
