"""The gate before all footage: checks tickets offline, ends what they no longer cover, and writes down every use.

Owns who watches what right now. Uses go into the archive's outbox until web has them (docs/design/planes.md); a use
that could not be written down would be a hole in the ledger, so nothing is served before that. Never logs a token.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from nangmai.base.clock import Clock
from nangmai.base.units import US_PER_S
from nangmai.protocol.messages import Outcome
from nangmai.protocol.tickets import (
    Right,
    Ticket,
    TicketError,
    TicketExpired,
    TicketForOther,
    TicketRevoked,
    verify_ticket,
)

IDLE_US = 10 * US_PER_S  #: requests of one ticket for one stream with pauses shorter than this are one use
REFUSAL_PAUSE_US = 60 * US_PER_S  #: a refusal that repeats is written down once in this time

EndListener = Callable[[TicketError], None]


@dataclasses.dataclass
class _Session:
    """One ticket on one stream: from its first request until it has been idle."""

    ticket: Ticket
    camera: str
    stream: str
    right: Right  # what was asked for; the ledger names what the ticket gave
    from_us: int | None
    to_us: int | None
    uses: set[Use] = dataclasses.field(default_factory=set, repr=False)
    sent_bytes: int = 0
    idle_since_us: int = 0
    ended: TicketError | None = None

    def widen(self, from_us: int | None, to_us: int | None) -> None:
        """Another request: the period seen grows."""
        if from_us is not None:
            self.from_us = from_us if self.from_us is None else min(self.from_us, from_us)
        if to_us is not None:
            self.to_us = to_us if self.to_us is None else max(self.to_us, to_us)


class Use:
    """One request or live slot that a ticket covers. Close it in any case."""

    def __init__(self, gate: Gate, session: _Session, on_end: EndListener | None) -> None:
        self._gate = gate
        self._session = session
        self._on_end = on_end
        self._is_open = True

    @property
    def ticket(self) -> Ticket:
        """What the person may see."""
        return self._session.ticket

    def close(self, sent_bytes: int) -> None:
        """Over; harmless when called twice."""
        if self._is_open:
            self._is_open = False
            self._session.sent_bytes += sent_bytes
            self._gate._leave(self, self._session)

    def renew(self, token: str) -> None:
        """Go on with a newer ticket of the same person for the same stream; on `TicketError` all stays as it was."""
        session = self._gate._renewed(token, self._session)
        if self._is_open and session is not self._session:
            self._gate._leave(self, self._session)
            self._session = session
            session.uses.add(self)

    def _end(self, error: TicketError) -> None:
        listener, self._on_end = self._on_end, None
        if listener is not None:
            listener(error)


class Gate:
    """Checks tickets and keeps count of their uses. Everything happens in the event loop's thread."""

    def __init__(self, recorder: str, clock: Clock, keys: Mapping[str, Ed25519PublicKey]) -> None:
        #: where uses go; takes the fields of `protocol.messages.TicketUse` without its id
        self.report: Callable[[dict[str, Any]], None] = lambda _: None
        self._recorder = recorder
        self._clock = clock
        self._own_keys = dict(keys)
        self._keys = dict(keys)
        self._revoked: frozenset[str] = frozenset()
        self._sessions: dict[tuple[str, str, str, str], _Session] = {}
        self._refusals: dict[tuple[str, str, str, str], int] = {}

    @property
    def is_busy(self) -> bool:
        """Whether any footage is being watched: web should then be asked often whether it still may be."""
        return bool(self._sessions)

    @property
    def viewers(self) -> int:
        """Requests and live slots that are open now."""
        return sum(len(session.uses) for session in self._sessions.values())

    def obey(self, keys: Mapping[str, Ed25519PublicKey], revoked: Iterable[str]) -> None:
        """Web's keys and revocations, in place of those before; keys of the configuration stay."""
        self._keys = {**keys, **self._own_keys}
        self._revoked = frozenset(revoked)
        self.tick()

    def check(self, token: str | None) -> Ticket:
        """Any valid ticket; no use is written down."""
        return verify_ticket(token, self._keys, self._recorder, self._clock.wall_us(), self._revoked)

    def open(
        self,
        token: str | None,
        right: Right,
        camera: str,
        stream: str,
        from_us: int | None = None,
        to_us: int | None = None,
        on_end: EndListener | None = None,
    ) -> Use:
        """Begin a use, or raise `TicketError`; `on_end` is called once when the ticket ends before the use does."""
        try:
            ticket = self.check(token)
            ticket.require(right, camera, from_us, to_us)
        except TicketError as error:
            self._refuse(error, right, camera, stream, from_us, to_us)
            raise
        session = self._session(ticket, right, camera, stream, from_us, to_us)
        use = Use(self, session, on_end)
        session.uses.add(use)
        return use

    def tick(self) -> None:
        """About once a second: end what tickets no longer cover, and close what has been idle."""
        now_us, mono_us = self._clock.wall_us(), self._clock.mono_us()
        for key, session in list(self._sessions.items()):
            error = self._ended(session.ticket, now_us)
            if error is not None and session.ended is None:
                session.ended = error
                for use in list(session.uses):
                    use._end(error)  # which closes it, so that its bytes are counted
                self._note(session, "revoked" if isinstance(error, TicketRevoked) else "closed", error.code)
            if not session.uses and (session.ended is not None or mono_us - session.idle_since_us >= IDLE_US):
                del self._sessions[key]
                if session.ended is None:
                    self._note(session, "closed", "")
        old_us = mono_us - REFUSAL_PAUSE_US
        self._refusals = {key: at_us for key, at_us in self._refusals.items() if at_us > old_us}

    def close(self) -> None:
        """The recorder stops: every use that is open ends here."""
        for session in self._sessions.values():
            if session.ended is None:
                self._note(session, "closed", "recorder_stopped")
        self._sessions.clear()

    # -- inside -----------------------------------------------------------------------------------------------------

    def _session(
        self, ticket: Ticket, right: Right, camera: str, stream: str, from_us: int | None, to_us: int | None
    ) -> _Session:
        key = (ticket.id, right, camera, stream)
        session = self._sessions.get(key)
        if session is None:
            session = self._sessions[key] = _Session(ticket, camera, stream, right, from_us, to_us)
            self._note(session, "opened", "")
        session.widen(from_us, to_us)
        return session

    def _renewed(self, token: str, old: _Session) -> _Session:
        try:
            ticket = self.check(token)
            ticket.require(old.right, old.camera, old.from_us, old.to_us)
            if ticket.person != old.ticket.person:
                raise TicketForOther(recorder=ticket.recorder)
        except TicketError as error:
            self._refuse(error, old.right, old.camera, old.stream, old.from_us, old.to_us)
            raise
        return self._session(ticket, old.right, old.camera, old.stream, old.from_us, old.to_us)

    def _leave(self, use: Use, session: _Session) -> None:
        session.uses.discard(use)
        session.idle_since_us = self._clock.mono_us()

    def _ended(self, ticket: Ticket, now_us: int) -> TicketError | None:
        if ticket.id in self._revoked:
            return TicketRevoked()
        if now_us >= ticket.ends_us:
            return TicketExpired(seconds=now_us // US_PER_S - ticket.expires_s)
        return None

    def _note(self, session: _Session, outcome: Outcome, reason: str) -> None:
        ticket = session.ticket
        self.report(
            {
                "ticket_id": ticket.id,
                "person": ticket.person,
                "right": ticket.right,
                "camera": session.camera,
                "stream": session.stream,
                "from_us": session.from_us,
                "to_us": session.to_us,
                "at_us": self._clock.wall_us(),
                "bytes": session.sent_bytes,
                "outcome": outcome,
                "reason": reason,
            }
        )

    def _refuse(
        self, error: TicketError, right: Right, camera: str, stream: str, from_us: int | None, to_us: int | None
    ) -> None:
        ticket = error.ticket
        key = (ticket.id if ticket else "", error.code, camera, stream)
        if key in self._refusals:
            return
        self._refusals[key] = self._clock.mono_us()
        self.report(
            {
                "ticket_id": ticket.id if ticket else "",
                "person": ticket.person if ticket else "",
                "right": ticket.right if ticket and ticket.gives(right) else right,
                "camera": camera,
                "stream": stream,
                "from_us": from_us,
                "to_us": to_us,
                "at_us": self._clock.wall_us(),
                "bytes": 0,
                "outcome": "refused",
                "reason": error.code,
            }
        )
