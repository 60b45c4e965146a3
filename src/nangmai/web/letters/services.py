"""What changes letters: entering one, and the steps of its kind. Each is decided and written down.

Tells `duties` what came, so that the deadlines of the text run. Opens no footage: what a grant or an order opens is
theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.regulation.acts import ACTS
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.duties import queries as duty_queries
from nangmai.web.duties import services as duties
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.letters.models import WAYS, Letter, Step
from nangmai.web.regulation.authorities import Asker

_WRITTEN: Mapping[str, str] = {"accept": "letter.accepted", "answer": "letter.answered", "decline": "letter.declined"}


class CameLater(Error):
    """The letter would have come in the future; correct the time."""

    kind: ClassVar[Kind] = Kind.INVALID


class WordsMissing(Error):
    """Say from whom it is, what it says or what is answered; a register of empty lines helps nobody."""

    kind: ClassVar[Kind] = Kind.INVALID


@one_act
def lodge(*, by: User, kind: str, sender: str, text: str, came_at: datetime) -> Letter:
    """Enter what came: in one's own matter, or for who brought it on paper."""
    way = WAYS[kind]
    decision = Asker(by).require(way.lodge, Thing(ACTS[way.lodge].thing))
    now = utc_now()
    if came_at > now:
        raise CameLater
    row = Letter.objects.create(
        kind=kind, sender=_said(sender), text=_said(text), came_at=came_at, recorded_by=by, recorded_at=now
    )
    facts = {"kind": str(row.kind), "came_at": came_at.isoformat()}
    _write("letter.lodged", row, by, decision, facts, {"name": row.sender, "text": row.text})
    duties.opened(way.trigger, row.name, at=came_at)
    return row


@one_act
def take(*, letter: Letter, by: User, event: str, words: str, is_stepped_up: bool) -> Letter:
    """Make a step of its kind."""
    row = Letter.objects.select_for_update().get(pk=letter.pk)
    step = WAYS[row.kind].states.next(row.state, event)
    thing = Thing(ACTS[step.act].thing, str(row.pk), case=row.name)
    decision = Asker(by).require(step.act, thing, is_stepped_up=is_stepped_up)
    row.state = step.target
    row.save(update_fields=["state"])
    made = Step.objects.create(letter=row, state=row.state, words=_said(words), by=by, at=utc_now())
    _write(_WRITTEN[event], row, by, decision, {}, {"text": made.words})
    if row.state == Letter.State.ACCEPTED:
        duties.opened("complaint.accepted", row.name, at=made.at)
    else:
        duties.ended(duty_queries.open_about(step.act, subject=row.name), row.name)
    return row


def _said(text: str) -> str:
    if not text.strip():
        raise WordsMissing
    return text.strip()


def _write(
    act: str, row: Letter, by: User, decision: Decision, facts: Mapping[str, str], personal: Mapping[str, str]
) -> None:
    append(
        act=act,
        actor=actor_of(by),
        thing=row.name,
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        facts=facts,
        personal=personal,
    )
