"""Takes checkpoints to places that web cannot change afterwards, and writes down where they went.

A place is configured by environment; each is told the newest checkpoint until it has it. A folder is appended to and
never read. Paper is printed on request and noted here.
"""

from __future__ import annotations

import base64
import os
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import ClassVar, NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.mail import send_mail

from nangmai.base.clock import Clock, wall_us
from nangmai.base.errors import Error, Kind
from nangmai.custody.ledger import read_checkpoint, verify_ledger_checkpoint
from nangmai.custody.timestamp import TimestampForged, TrustUnreadable, read_trust, verify_token
from nangmai.protocol.keys import parse_public_key
from nangmai.web import environment
from nangmai.web.ledger import timestamps
from nangmai.web.ledger.models import Checkpoint, Entry, Witness
from nangmai.web.ledger.services import append

TIMEOUT_S = 20
MOST_ANSWER_BYTES = 1 << 16
KEPT = "checkpoint.witnessed"


class WitnessUnreachable(Error):
    """The witness {place} did not take the checkpoint: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class Place(NamedTuple):
    """One configured witness."""

    kind: str
    place: str
    tell: Callable[[Checkpoint, str], str]


#: kind -> the environment variable that names its places
VARIABLES: Mapping[str, str] = {
    "folder": "NANGMAI_WITNESS_FOLDER",
    "node": "NANGMAI_WITNESS_NODE",
    "mail": "NANGMAI_WITNESS_MAIL",
    "rfc3161": "NANGMAI_WITNESS_RFC3161",
}


class CheckpointUnknown(Error):
    """No checkpoints of {origin!r} are kept here; name it and its key in NANGMAI_WITNESS_FOR."""

    kind: ClassVar[Kind] = Kind.DENIED


class CheckpointForked(Error):
    """{origin} has shown another history before: a checkpoint of {known} entries is known that this one contradicts."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class State(NamedTuple):
    """A kind of witness for the page: its places with their newest word, and the variable that names them."""

    kind: str
    variable: str
    places: list[tuple[str, Witness | None]]


def states() -> list[State]:
    """Every kind, configured or not."""
    return [
        State(kind, variable, [(place, _newest(kind, place)) for place in environment.words(variable)])
        for kind, variable in VARIABLES.items()
    ]


def _newest(kind: str, place: str) -> Witness | None:
    return Witness.objects.filter(kind=kind, place=place[:300]).select_related("checkpoint").first()


def keep(note: str) -> Entry:
    """Keep another ledger's checkpoint: it goes into this ledger, where nobody can take it out again.

    One that is known already is not kept twice. One that contradicts what is known is refused and written down.
    """
    stated = read_checkpoint(note)
    thing, keys = f"ledger:{stated.origin}", _trusted()
    if stated.origin not in keys:
        raise CheckpointUnknown(origin=stated.origin)
    verify_ledger_checkpoint(note, keys[stated.origin])
    known = Entry.objects.filter(act=KEPT, thing=thing, outcome="done").first()
    facts = {"size": stated.size, "note": note}
    if known is not None and known.said.facts["note"] == note:
        return known
    is_forked = known is not None and stated.size <= known.said.facts["size"]
    entry = append(
        act=KEPT, actor=f"node:{stated.origin}", thing=thing, outcome="refused" if is_forked else "done", facts=facts
    )
    if is_forked and known is not None:
        raise CheckpointForked(origin=stated.origin, known=known.said.facts["size"])
    return entry


def _trusted() -> dict[str, Ed25519PublicKey]:
    """`NANGMAI_WITNESS_FOR`: origin=key, again for more."""
    pairs = [word.partition("=") for word in environment.words("NANGMAI_WITNESS_FOR")]
    return {origin: parse_public_key(text, "NANGMAI_WITNESS_FOR") for origin, _equals, text in pairs}


def places() -> list[Place]:
    """All that are configured."""
    tell = {"folder": _append, "node": _post, "mail": _mail, "rfc3161": _stamp}
    return [Place(kind, place, tell[kind]) for kind, name in VARIABLES.items() for place in environment.words(name)]


def tell_all(*, clock: Clock | None = None) -> list[Witness]:
    """Take the newest checkpoint to every place that has not got it yet."""
    newest = Checkpoint.objects.first()
    if newest is None:
        return []
    told = set(newest.witnesses.filter(outcome="done").values_list("kind", "place"))
    return [_tell(newest, place, clock) for place in places() if (place.kind, place.place[:300]) not in told]


def _tell(checkpoint: Checkpoint, place: Place, clock: Clock | None) -> Witness:
    try:
        outcome, answer = "done", place.tell(checkpoint, place.place)
    except WitnessUnreachable as error:
        outcome, answer = "failed", str(error.facts["reason"])
    return note_witness(checkpoint, place.kind, place.place, outcome=outcome, answer=answer, clock=clock)


def note_witness(
    checkpoint: Checkpoint,
    kind: str,
    place: str,
    *,
    outcome: str = "done",
    answer: str = "",
    clock: Clock | None = None,
) -> Witness:
    """Write down that a checkpoint is known at a place; a later attempt takes the place of an earlier one."""
    now_us = wall_us(clock)
    row, _made = Witness.objects.update_or_create(
        checkpoint=checkpoint,
        kind=kind,
        place=place[:300],
        defaults={"at_us": now_us, "outcome": outcome, "answer": answer},
    )
    return row


def _append(checkpoint: Checkpoint, place: str) -> str:
    """One file, opened for appending alone."""
    path = Path(place)
    path = path / "checkpoints.txt" if path.is_dir() else path
    try:
        with path.open("ab") as file:
            file.write(checkpoint.note.encode())
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        raise WitnessUnreachable(place=place, reason=error.strerror or str(error)) from error
    return ""


def _mail(checkpoint: Checkpoint, place: str) -> str:
    subject = f"{checkpoint.note.splitlines()[0]}: {checkpoint.size}"
    try:
        send_mail(subject, checkpoint.note, settings.DEFAULT_FROM_EMAIL, [place])
    except OSError as error:  # smtplib's errors are of this kind too
        raise WitnessUnreachable(place=place, reason=str(error)) from error
    return ""


def _post(checkpoint: Checkpoint, place: str) -> str:
    return _send(f"{place.rstrip('/')}/ledger/witness", checkpoint.note.encode(), "text/plain; charset=utf-8").decode(
        errors="replace"
    )


def _stamp(checkpoint: Checkpoint, place: str) -> str:
    """An RFC 3161 token over the note, kept in base64."""
    asked = timestamps.request(checkpoint.note.encode())
    answer = _send(place, asked.body, "application/timestamp-query")
    try:
        token = timestamps.token(answer, asked)
        verify_token(token, checkpoint.note.encode(), _trusted_authorities())
    except (timestamps.TimestampRefused, TimestampForged, TrustUnreadable) as error:
        raise WitnessUnreachable(place=place, reason=str(error)) from error
    return base64.b64encode(token).decode()


def _trusted_authorities() -> tuple[x509.Certificate, ...] | None:
    """`NANGMAI_WITNESS_RFC3161_TRUST`: a file of certificates; without one only the signature itself is judged."""
    path = environment.text("NANGMAI_WITNESS_RFC3161_TRUST")
    if not path:
        return None
    try:
        return read_trust(Path(path).read_bytes(), path)
    except OSError as error:
        raise TrustUnreadable(place=path) from error


def _send(url: str, body: bytes, content_type: str) -> bytes:
    if not url.startswith(("http://", "https://")):
        raise WitnessUnreachable(place=url, reason="it is no http:// or https:// address")
    request = urllib.request.Request(url, body, {"Content-Type": content_type})  # noqa: S310 - checked above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
            content: bytes = answer.read(MOST_ANSWER_BYTES)
    except urllib.error.HTTPError as error:
        with error:
            raise WitnessUnreachable(place=url, reason=f"HTTP {error.code} {error.reason}") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise WitnessUnreachable(place=url, reason=getattr(reason, "strerror", None) or str(reason)) from error
    return content
