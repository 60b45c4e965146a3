"""Tickets: the signed right of one person to one piece of footage (docs/design/tickets.md).

A ticket is a JWT (RFC 7519) signed with EdDSA (RFC 8037). Web issues it, the recorder checks it offline. This module
owns the claims and every check; it never asks anybody, and never logs a token.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
from collections.abc import Container, Mapping
from typing import Any, ClassVar, Literal, TypeVar, get_args

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S

ISSUER = "nangmai-web"
ALGORITHM = "EdDSA"
LEEWAY_S = 30  #: how far the clocks of web and recorder may differ
MAX_LIFE_S = 15 * 60  #: a stolen ticket dies by itself

Right = Literal["live", "replay", "playback", "export"]

#: what a ticket's right allows: export implies playback, playback implies replay, live stands alone
ALLOWS: Mapping[str, frozenset[str]] = {
    "live": frozenset({"live"}),
    "replay": frozenset({"replay"}),
    "playback": frozenset({"replay", "playback"}),
    "export": frozenset({"replay", "playback", "export"}),
}

# Python's base64 decoder skips what it does not know, so the text is checked before it is decoded.
T = TypeVar("T")
_TOKEN = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]{86})")


class TicketError(Error):
    """The ticket was not accepted."""

    kind: ClassVar[Kind] = Kind.DENIED
    ticket: Ticket | None = (
        None  #: whose signature holds, when it does: only then can a refusal be ascribed to a person
    )


class TicketMissing(TicketError):
    """This footage needs a ticket; open it from its page."""


class TicketMalformed(TicketError):
    """The ticket is not in the right form: {reason}."""


class TicketExpired(TicketError):
    """The ticket ended {seconds} s ago; the page has to ask for a new one."""


class TicketForged(TicketError):
    """The ticket's signature does not match; it was altered, or signed by somebody else."""


class TicketRevoked(TicketError):
    """The ticket was withdrawn."""


class TicketForOther(TicketError):
    """The ticket is for the recorder {recorder!r}, not for this one."""


class TicketTooNarrow(TicketError):
    """The ticket does not cover this: {reason}."""


@dataclasses.dataclass(frozen=True, slots=True)
class Ticket:
    """The claims of a ticket, under our own names."""

    id: str
    recorder: str
    person: str
    name: str
    right: Right
    cameras: tuple[str, ...]
    issued_s: int
    expires_s: int
    from_us: int | None = None
    to_us: int | None = None
    basis: str = ""

    def require(self, right: Right, camera: str, from_us: int | None = None, to_us: int | None = None) -> None:
        """Raise `TicketTooNarrow` unless this ticket gives `right` over that camera for the whole period asked for."""
        reason = self._lack(right, camera, from_us, to_us)
        if reason:
            error = TicketTooNarrow(reason=reason)
            error.ticket = self
            raise error

    def gives(self, right: Right) -> bool:
        """Whether its right is that one or implies it."""
        return right in ALLOWS[self.right]

    def _lack(self, right: Right, camera: str, from_us: int | None, to_us: int | None) -> str | None:
        if not self.gives(right):
            return f"it gives the right {self.right!r}, not {right!r}"
        if camera not in self.cameras:
            return f"it does not name the camera {camera!r}"
        if self.from_us is None or self.to_us is None:
            return None  # live: no period
        if from_us is not None and from_us < self.from_us:
            return "its period begins later"
        if to_us is not None and to_us > self.to_us:
            return "its period ends earlier"
        return None

    @property
    def ends_us(self) -> int:
        """The moment after which it is refused, leeway included."""
        return (self.expires_s + LEEWAY_S) * US_PER_S


def issue_ticket(private_key: Ed25519PrivateKey, kid: str, claims: Ticket) -> str:
    """Sign `claims`; `kid` tells the recorder which public key to use."""
    _check_claims(claims)
    payload: dict[str, Any] = {
        "iss": ISSUER,
        "aud": claims.recorder,
        "sub": claims.person,
        "name": claims.name,
        "jti": claims.id,
        "iat": claims.issued_s,
        "exp": claims.expires_s,
        "right": claims.right,
        "cameras": list(claims.cameras),
        "basis": claims.basis,
    }
    if claims.from_us is not None:
        payload |= {"from_us": claims.from_us, "to_us": claims.to_us}
    return jwt.encode(payload, private_key, algorithm=ALGORITHM, headers={"kid": kid})


def verify_ticket(
    token: str | None, keys: Mapping[str, Ed25519PublicKey], recorder: str, now_us: int, revoked: Container[str]
) -> Ticket:
    """The ticket in `token` if everything about it holds now; one of the errors above otherwise."""
    if not token:
        raise TicketMissing
    payload = _signed_payload(token, keys)
    ticket = _ticket_from_payload(payload)
    error = _refusal(ticket, recorder, now_us, revoked)
    if error is not None:
        error.ticket = ticket
        raise error
    return ticket


def _refusal(ticket: Ticket, recorder: str, now_us: int, revoked: Container[str]) -> TicketError | None:
    now_s = now_us // US_PER_S
    if ticket.recorder != recorder:
        return TicketForOther(recorder=ticket.recorder)
    if now_us >= ticket.ends_us:
        return TicketExpired(seconds=now_s - ticket.expires_s)
    if ticket.issued_s > now_s + LEEWAY_S:
        return TicketMalformed(reason="it is dated in the future; set the clocks of web and recorder")
    return TicketRevoked() if ticket.id in revoked else None


def _signed_payload(token: str, keys: Mapping[str, Ed25519PublicKey]) -> dict[str, Any]:
    match = _TOKEN.fullmatch(token)
    if match is None:
        raise TicketMalformed(reason="it is not a signed token")
    if not _is_canonical(match[1]):
        raise TicketForged
    try:
        header = jwt.get_unverified_header(token)
    except jwt.InvalidTokenError as error:
        raise TicketMalformed(reason="its header cannot be read") from error
    if header.get("alg") != ALGORITHM:
        raise TicketForged
    key = keys.get(str(header.get("kid")))
    if key is None:
        raise TicketForged
    try:
        # Times and the recorder are checked by ourselves, against the injected clock and with our own errors.
        return jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={
                "require": ["iss", "aud", "sub", "jti", "iat", "exp"],
                "verify_aud": False,
                "verify_exp": False,
                "verify_iat": False,
            },
        )
    except jwt.InvalidSignatureError as error:
        raise TicketForged from error
    except jwt.InvalidTokenError as error:
        raise TicketMalformed(reason="a claim is missing or wrong") from error


def _is_canonical(signature: str) -> bool:
    """64 bytes fill 86 characters with four bits to spare: only one spelling counts (RFC 4648 §3.5)."""
    try:
        raw = base64.urlsafe_b64decode(signature + "==")
    except binascii.Error:
        return False
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") == signature


def _ticket_from_payload(payload: Mapping[str, Any]) -> Ticket:
    try:
        ticket = Ticket(
            id=_typed(payload["jti"], str),
            recorder=_typed(payload["aud"], str),
            person=_typed(payload["sub"], str),
            name=_typed(payload.get("name", ""), str),
            right=payload["right"],
            cameras=tuple(_typed(camera, str) for camera in _typed(payload["cameras"], list)),
            issued_s=_typed(payload["iat"], int),
            expires_s=_typed(payload["exp"], int),
            from_us=None if payload.get("from_us") is None else _typed(payload["from_us"], int),
            to_us=None if payload.get("to_us") is None else _typed(payload["to_us"], int),
            basis=_typed(payload.get("basis", ""), str),
        )
    except (KeyError, TypeError) as error:
        raise TicketMalformed(reason="a claim is missing or of the wrong type") from error
    _check_claims(ticket)
    return ticket


def _typed(value: Any, kind: type[T]) -> T:
    if not isinstance(value, kind) or isinstance(value, bool):
        raise TypeError(kind)
    return value


def _check_claims(ticket: Ticket) -> None:
    if ticket.right not in get_args(Right):
        raise TicketMalformed(reason="its right is not one of live, replay, playback, export")
    if not ticket.cameras:
        raise TicketMalformed(reason="it names no camera")
    if not 0 < ticket.expires_s - ticket.issued_s <= MAX_LIFE_S:
        raise TicketMalformed(reason=f"it must last between 1 and {MAX_LIFE_S} seconds")
    if ticket.right == "live":
        if ticket.from_us is not None or ticket.to_us is not None:
            raise TicketMalformed(reason="live has no period")
    elif ticket.from_us is None or ticket.to_us is None or ticket.from_us >= ticket.to_us:
        raise TicketMalformed(reason="its period must have a beginning and a later end")
