"""Issues tickets, takes them back, and writes down the uses that recorders report."""

from __future__ import annotations

import dataclasses
import uuid
from collections.abc import Iterable
from datetime import datetime
from typing import Any, ClassVar

from django.db import transaction

from nangmai.base.clock import Clock, SystemClock
from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S, us_from_datetime
from nangmai.protocol.messages import TicketUse
from nangmai.protocol.tickets import Ticket, issue_ticket
from nangmai.web.accounts.models import User
from nangmai.web.footage import keys
from nangmai.web.footage.models import IssuedTicket, Use
from nangmai.web.footage.policies import WITHHELD, Denied, Grant, Right, require
from nangmai.web.ledger.services import actor_of, append
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


class ReplayTooFar(Error):
    """Instant replay reaches back {minutes} minutes only ({clause})."""

    kind: ClassVar[Kind] = Kind.DENIED

    def __init__(self, granted: Grant) -> None:
        super().__init__(minutes=(granted.reach_us or 0) // (60 * US_PER_S), clause=granted.clause)
        self.clause = granted.clause
        self.ask = str(WITHHELD[Right.PLAYBACK][1])


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
        return cls(right, str(value.get("recorder", "")), unique, from_us, to_us)


def _is_moment(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**53


def issue(*, by: User, session_key: str, wanted: Wanted, clock: Clock | None = None) -> tuple[str, IssuedTicket]:
    """A signed ticket and its row, or the error that says why not; both are written into the ledger."""
    try:
        return _issue(by, session_key, wanted, (clock or SystemClock()).wall_us())
    except (Denied, ReplayTooFar) as error:
        _write_down(by, wanted, outcome="refused", clauses=(error.clause,), facts={"error": error.code})
        raise


@transaction.atomic
def _issue(by: User, session_key: str, wanted: Wanted, now_us: int) -> tuple[str, IssuedTicket]:
    granted = require(by, wanted.right)
    recorder = _recorder_with(wanted)
    from_us, to_us = _period(by, wanted, granted, now_us)
    kid, key = keys.signing_key()
    issued_s = now_us // US_PER_S
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
        basis=granted.clause,
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
        basis=granted.clause,
        issued_us=now_us,
        expires_us=claims.expires_s * US_PER_S,
    )
    period = {} if from_us is None else {"from_us": from_us, "to_us": to_us}
    _write_down(by, wanted, clauses=(granted.clause,), facts={"ticket": claims.id} | period)
    return issue_ticket(key, kid, claims), row


def _write_down(by: User, wanted: Wanted, *, facts: dict[str, Any], **fields: Any) -> None:
    """One entry a ticket: given or refused."""
    is_one = len(wanted.cameras) == 1
    place = f"camera:{wanted.recorder}/{wanted.cameras[0]}" if is_one else f"recorder:{wanted.recorder}"
    said = {"right": wanted.right.value} | ({} if is_one else {"cameras": list(wanted.cameras)})
    append(act="ticket.issued", actor=actor_of(by), thing=place[:200], facts=said | facts, **fields)


def _recorder_with(wanted: Wanted) -> Recorder:
    """The recorder, provided it has every camera asked for."""
    recorder = Recorder.objects.filter(name=wanted.recorder).first()
    if recorder is None:
        raise CameraUnknown(recorder=wanted.recorder, camera=wanted.cameras[0])
    known = set(
        Camera.objects.filter(recorder=recorder, camera_id__in=wanted.cameras).values_list("camera_id", flat=True)
    )
    for camera in wanted.cameras:
        if camera not in known:
            raise CameraUnknown(recorder=wanted.recorder, camera=camera)
    return recorder


def _period(by: User, wanted: Wanted, granted: Grant, now_us: int) -> tuple[int | None, int | None]:
    """The part of the period asked for that the grant reaches; refused when there is none.

    Players ask in whole hours, so a period that begins too early is cut and not refused: the recorder holds the page
    to what the ticket says.
    """
    if wanted.from_us is None or wanted.to_us is None:
        return None, None
    from_us, to_us = wanted.from_us, min(wanted.to_us, now_us + AHEAD_US)
    if granted.reach_us is not None:
        from_us = max(from_us, now_us - granted.reach_us)
        if to_us <= from_us:
            raise ReplayTooFar(granted)
    if to_us <= from_us:
        raise TicketRequestInvalid(complaint="from_us, to_us")
    return from_us, to_us


def revoke_person(*, person: User, issued_before: datetime | None = None, clock: Clock | None = None) -> int:
    """Take back every ticket the person still holds: what they rested on has changed. Pages ask for new ones."""
    now_us = (clock or SystemClock()).wall_us()
    before_us = now_us if issued_before is None else us_from_datetime(issued_before)
    held = IssuedTicket.objects.filter(person=person, revoked_us=None, expires_us__gt=now_us, issued_us__lte=before_us)
    return held.update(revoked_us=now_us)


def revoke_session(*, session_key: str, clock: Clock | None = None) -> int:
    """Take back every ticket the session still holds; recorders close what it opened."""
    now_us = (clock or SystemClock()).wall_us()
    held = IssuedTicket.objects.filter(session_key=session_key, revoked_us=None, expires_us__gt=now_us)
    return held.update(revoked_us=now_us)


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
