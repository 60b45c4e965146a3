"""What changes requests and directions: asking, giving, refusing, withdrawing. Each is decided and written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.regulation.acts import ACTS
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.authority import one_act
from nangmai.web.directions.models import Asked, Direction
from nangmai.web.directions.signals import directions_changed
from nangmai.web.ledger.services import actor_of, append
from nangmai.web.regulation.authorities import Asker
from nangmai.web.sites.models import Camera

ACT = "incident.direct"
ASK = "request.lodge"


class NoCamera(Error):
    """Name at least one camera: a direction covers nothing else."""

    kind: ClassVar[Kind] = Kind.INVALID


class PeriodEmpty(Error):
    """The footage asked for ends before it begins; correct the times."""

    kind: ClassVar[Kind] = Kind.INVALID


class EndsTooEarly(Error):
    """The direction would end before it begins to count; choose a later end."""

    kind: ClassVar[Kind] = Kind.INVALID


class AlreadyAnswered(Error):
    """This request has been answered or withdrawn already."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class NotYours(Error):
    """Only who asked can withdraw the request."""

    kind: ClassVar[Kind] = Kind.DENIED


class OwnDirection(Error):
    """Nobody directs themselves: another member of the board has to."""

    kind: ClassVar[Kind] = Kind.CONFLICT


@one_act
def ask(
    *, person: User, act: str, cameras: Sequence[Camera], span: tuple[int, int], purpose: str, reason: str
) -> Asked:
    """Put a request before the board. Whom the text lets ask, which is mostly everybody."""
    decision = Asker(person).require(ASK, Thing(ACTS[ASK].thing))
    _check(cameras, span)
    row = Asked.objects.create(
        person=person,
        act=act,
        from_us=span[0],
        to_us=span[1],
        purpose=purpose,
        reason=reason,
        asked_at=utc_now(),
    )
    row.cameras.set(cameras)
    append(
        act="direction.asked",
        actor=actor_of(person),
        thing=f"asked:{row.pk}",
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        facts=_facts(row, cameras) | {"act": act},
        personal={"reason": reason},
    )
    return row


@one_act
def give(
    *,
    by: User,
    person: User,
    cameras: Sequence[Camera],
    span: tuple[int, int],
    purpose: str,
    text: str,
    until_at: datetime,
    is_stepped_up: bool,
    asked: Asked | None = None,
) -> Direction:
    """Sign a direction: from now on its holder's decisions see it."""
    decision = Asker(by).require(ACT, Thing("incident"), is_stepped_up=is_stepped_up)
    _check(cameras, span)
    if by == person:
        raise OwnDirection
    now = utc_now()
    if until_at <= now:
        raise EndsTooEarly
    row = Direction.objects.create(
        person=person,
        from_us=span[0],
        to_us=span[1],
        purpose=purpose,
        text=text,
        asked=None if asked is None else _answered(asked, by, Asked.State.GIVEN, text),
        signed_by=by,
        signed_at=now,
        until_at=until_at,
    )
    row.cameras.set(cameras)
    answered = {} if asked is None else {"asked": f"asked:{asked.pk}"}
    append(
        act="direction.signed",
        actor=actor_of(by),
        thing=row.name,
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        facts=_facts(row, cameras) | {"person": actor_of(person), "until": until_at.isoformat()} | answered,
        personal={"text": text},
    )
    directions_changed.send(sender=Direction, person=person)
    return row


@one_act
def refuse(*, asked: Asked, by: User, answer: str, is_stepped_up: bool) -> None:
    """Say no, with the reason."""
    decision = Asker(by).require(ACT, Thing("incident"), is_stepped_up=is_stepped_up)
    _answered(asked, by, Asked.State.REFUSED, answer)
    append(
        act="direction.refused",
        actor=actor_of(by),
        thing=f"asked:{asked.pk}",
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        personal={"answer": answer},
    )


@one_act
def withdraw_asked(*, asked: Asked, by: User) -> None:
    """Who asked takes it back."""
    decision = Asker(by).require(ASK, Thing(ACTS[ASK].thing))
    if asked.person != by:
        raise NotYours
    _answered(asked, by, Asked.State.WITHDRAWN, "")
    append(
        act="direction.unasked",
        actor=actor_of(by),
        thing=f"asked:{asked.pk}",
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
    )


@one_act
def withdraw(*, direction: Direction, by: User, is_stepped_up: bool) -> None:
    """The board takes a direction back; tickets that rest on it end at once."""
    decision = Asker(by).require(ACT, Thing("incident"), is_stepped_up=is_stepped_up)
    row = Direction.objects.select_for_update().get(pk=direction.pk)
    if row.withdrawn_at is not None:
        return
    row.withdrawn_at, row.withdrawn_by = utc_now(), by
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    append(
        act="direction.withdrawn",
        actor=actor_of(by),
        thing=row.name,
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
    )
    directions_changed.send(sender=Direction, person=row.person)


def _check(cameras: Sequence[Camera], span: tuple[int, int]) -> None:
    if not cameras:
        raise NoCamera
    if span[0] >= span[1]:
        raise PeriodEmpty


def _answered(asked: Asked, by: User, state: Asked.State, answer: str) -> Asked:
    row = Asked.objects.select_for_update().get(pk=asked.pk)
    if row.state != Asked.State.OPEN:
        raise AlreadyAnswered
    row.state, row.answer = state, answer
    row.answered_by, row.answered_at = by, utc_now()
    row.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    return row


def _facts(row: Asked | Direction, cameras: Sequence[Camera]) -> dict[str, object]:
    names = [f"{camera.recorder.name}/{camera.camera_id}" for camera in cameras]
    return {"cameras": names, "from_us": row.from_us, "to_us": row.to_us, "purpose": row.purpose}
