"""Issues tickets, takes them back, and writes down the uses that recorders report."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet

from nangmai.base.clock import Clock, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S, us_from_datetime
from nangmai.protocol.messages import TicketUse
from nangmai.protocol.tickets import Ticket, issue_ticket
from nangmai.regulation.decisions import Decision
from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.footage import keys
from nangmai.web.footage.models import IssuedTicket, Use
from nangmai.web.footage.policies import ACTS, Right
from nangmai.web.footage.queries import still_open
from nangmai.web.ledger.services import SYSTEM, actor_of, append
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.facts import Span
from nangmai.web.regulation.things import CameraThings
from nangmai.web.sites.models import Camera, Recorder

LIFE_S = 10 * 60
MOST_CAMERAS = 128
#: a player asks for "until now"; its ticket lasts on, so the period may reach as far as the ticket does
AHEAD_US = LIFE_S * US_PER_S


class TicketRequestInvalid(Error):
    """This request for footage is incomplete: {complaint}."""

    kind: ClassVar[Kind] = Kind.INVALID


class CameraUnknown(Error):
    """The recorder {recorder} has no camera {camera}."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


@dataclasses.dataclass(frozen=True, slots=True)
class Wanted:
    """What a page asks a ticket for, already of the right types."""

    right: Right
    recorder: str
    cameras: tuple[str, ...]
    from_us: int | None
    to_us: int | None

    @classmethod
    def from_json(cls, value: Any) -> Wanted:
        """Check the form; `TicketRequestInvalid` names the field."""
        if not isinstance(value, dict):
            raise TicketRequestInvalid(complaint="not an object")
        if value.get("right") not in (Right.LIVE, Right.REPLAY, Right.PLAYBACK, Right.EXPORT):
            raise TicketRequestInvalid(complaint="right")
        cameras = value.get("cameras")
        is_list = isinstance(cameras, list) and all(isinstance(camera, str) for camera in cameras)
        if not is_list or not 1 <= len(cameras or ()) <= MOST_CAMERAS:
            raise TicketRequestInvalid(complaint="cameras")
        right = Right(value["right"])
        from_us, to_us = value.get("from_us"), value.get("to_us")
        if right is Right.LIVE:
            from_us = to_us = None
        elif not (_is_moment(from_us) and _is_moment(to_us)) or from_us >= to_us:  # type: ignore[operator]
            raise TicketRequestInvalid(complaint="from_us, to_us")
        unique = tuple(dict.fromkeys(cameras or ()))
        recorder = str(value.get("recorder", ""))
        if any("\ud800" <= letter <= "\udfff" for name in (recorder, *unique) for letter in name):
            raise TicketRequestInvalid(complaint="recorder, cameras")  # no database can look such a name up
        return cls(right, recorder, unique, from_us, to_us)


def _is_moment(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def issue(
    *, by: User, session_key: str, wanted: Wanted, purpose: str = "", clock: Clock | None = None
) -> tuple[str, IssuedTicket]:
    """A signed ticket and its row, or the error that says why not; both are written into the ledger."""
    asks = Asker(by, purpose=purpose, at_us=wall_us(clock))
    if not asks.is_named(ACTS[wanted.right]):
        asks.require(ACTS[wanted.right])  # whoever has no business here does not learn what is here
    recorder, cameras = _recorder_with(wanted)
    things = CameraThings()
    span, decision = _permitted(asks, wanted, [things.of(camera) for camera in cameras])
    return _issue(asks, session_key, wanted, recorder, span, decision)


@transaction.atomic
def _issue(
    asks: Asker, session_key: str, wanted: Wanted, recorder: Recorder, span: Span | None, decision: Decision
) -> tuple[str, IssuedTicket]:
    by, now_us = asks.user, asks.at_us
    assert by is not None
    kid, key = keys.signing_key()
    issued_s = now_us // US_PER_S
    from_us, to_us = span or (None, None)
    basis = ", ".join(decision.clauses)
    claims = Ticket(
        id=uuid.uuid4().hex,
        recorder=recorder.name,
        person=by.username,
        name=by.display_name,
        right=wanted.right.value,  # type: ignore[arg-type]
        cameras=wanted.cameras,
        issued_s=issued_s,
        expires_s=issued_s + LIFE_S,
        from_us=from_us,
        to_us=to_us,
        basis=basis,
    )
    row = IssuedTicket.objects.create(
        jti=claims.id,
        person=by,
        session_key=session_key,
        right=wanted.right,
        recorder=recorder,
        cameras=list(wanted.cameras),
        from_us=from_us,
        to_us=to_us,
        basis=basis,
        purpose=asks.purpose,
        issued_us=now_us,
        expires_us=claims.expires_s * US_PER_S,
    )
    _write_down(asks, wanted, decision, {"ticket": claims.id}, span)
    return issue_ticket(key, kid, claims), row


def _write_down(asks: Asker, wanted: Wanted, decision: Decision, facts: dict[str, Any], span: Span | None) -> None:
    """One entry a ticket; a refusal is written where it is decided."""
    is_one = len(wanted.cameras) == 1
    place = f"camera:{wanted.recorder}/{wanted.cameras[0]}" if is_one else f"recorder:{wanted.recorder}"
    said: dict[str, Any] = {"right": wanted.right.value}
    said |= {"purpose": asks.purpose} if asks.purpose else {}
    said |= {} if is_one else {"cameras": list(wanted.cameras)}
    said |= {} if span is None else {"from_us": span[0], "to_us": span[1]}
    append(
        act="ticket.issued",
        actor=actor_of(asks.user),
        thing=place[:200],
        clauses=decision.clauses,
        version=decision.version,
        assignment=decision.assignment,
        facts=said | facts,
    )


def _recorder_with(wanted: Wanted) -> tuple[Recorder, list[Camera]]:
    """The recorder and the cameras asked for, provided it has every one."""
    recorder = Recorder.objects.filter(name=wanted.recorder).first()
    if recorder is None:
        raise CameraUnknown(recorder=wanted.recorder, camera=wanted.cameras[0])
    rows = Camera.objects.select_related("recorder").filter(recorder=recorder, camera_id__in=wanted.cameras)
    known = {camera.camera_id: camera for camera in rows}
    for camera in wanted.cameras:
        if camera not in known:
            raise CameraUnknown(recorder=wanted.recorder, camera=camera)
    return recorder, [known[camera] for camera in wanted.cameras]


def _permitted(asks: Asker, wanted: Wanted, things: list[Thing]) -> tuple[Span | None, Decision]:
    """The period that is permitted for every camera, and a decision that says so; `Refused` where there is none.

    Players ask in whole hours, so a period that is too long is cut to what the replay window or a direction covers: the
    recorder holds the page to what the ticket says.
    """
    act = ACTS[wanted.right]
    if wanted.from_us is None or wanted.to_us is None:
        return None, _together([asks.require(act, thing) for thing in things])
    span = (wanted.from_us, min(wanted.to_us, asks.at_us + AHEAD_US))
    if wanted.right is Right.REPLAY and asks.at_us - asks.replay_us() < span[1]:
        span = (max(span[0], asks.at_us - asks.replay_us()), span[1])
    if span[0] >= span[1]:
        raise TicketRequestInvalid(complaint="from_us, to_us")
    decisions = []
    for thing in things:
        decision = asks.decide(act, thing, span=span)
        part = None if decision.is_allowed else asks.gathered.narrowed(act, thing, span, asks.purpose)
        if part is not None:
            span = part
            decision = asks.decide(act, thing, span=span)
        if not decision.is_allowed:
            raise asks.refused(decision, thing)
        decisions.append(decision)
    return span, _together(decisions)


def _together(decisions: list[Decision]) -> Decision:
    """One ticket for several cameras rests on every clause that opened one of them."""
    clauses = dict.fromkeys(clause for decision in decisions for clause in decision.clauses)
    return dataclasses.replace(decisions[0], clauses=tuple(clauses))


def revoke_person(*, person: User, issued_before: datetime | None = None, clock: Clock | None = None) -> int:
    """Take back every ticket the person still holds: what they rested on has changed. Pages ask for new ones."""
    now_us = wall_us(clock)
    before_us = now_us if issued_before is None else us_from_datetime(issued_before)
    return withdraw(still_open(now_us).filter(person=person, issued_us__lte=before_us), now_us)


def revoke_session(*, session_key: str, clock: Clock | None = None) -> int:
    """Take back every ticket the session still holds; recorders close what it opened."""
    now_us = wall_us(clock)
    return withdraw(still_open(now_us).filter(session_key=session_key), now_us)


@transaction.atomic
def withdraw(rows: QuerySet[IssuedTicket], now_us: int, clauses: Iterable[str] = ()) -> int:
    """Take tickets back, with one entry a person: recorders refuse them from their next report on."""
    held = list(rows.select_for_update().order_by("pk").values_list("pk", "jti", "person_id"))
    IssuedTicket.objects.filter(pk__in=[pk for pk, _jti, _person in held]).update(revoked_us=now_us)
    for person in dict.fromkeys(person for _pk, _jti, person in held):
        jtis = [jti for _pk, jti, of in held if of == person]
        append(
            act="ticket.withdrawn", actor=SYSTEM, thing=f"account:{person}", clauses=clauses, facts={"tickets": jtis}
        )
    return len(held)


@transaction.atomic
def record_uses(*, recorder: Recorder, uses: Iterable[TicketUse]) -> int:
    """Write down what is new; the number up to which the recorder may forget (0: this report brought none)."""
    rows = [
        Use(
            recorder=recorder,
            number=use.id,
            ticket_jti=use.ticket_id[:40],
            person=use.person[:60],
            right=use.right[:20],
            camera=use.camera[:60],
            stream=use.stream[:20],
            from_us=use.from_us,
            to_us=use.to_us,
            at_us=use.at_us,
            bytes=use.bytes,
            outcome=use.outcome,
            reason=use.reason,
        )
        for use in uses
    ]
    Use.objects.bulk_create(rows, ignore_conflicts=True)
    return max((row.number for row in rows), default=0)
