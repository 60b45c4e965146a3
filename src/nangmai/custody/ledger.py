"""The forms of the ledger (docs/design/ledger.md): an entry, a commitment to what names a person, a checkpoint.

Each has one form only, so that its hash means something. Pure: storing, locking and keys are the web plane's.
"""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.canonical import canonical_json
from nangmai.base.errors import Error, Kind
from nangmai.custody.merkle import HASH_BYTES
from nangmai.custody.note import NoteMalformed, note_text, sign_note, verify_note

ORIGIN = "nangmai.ledger/"
SALT_BYTES = 16
OUTCOMES = ("done", "refused", "failed")
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}", re.ASCII)


class EntryInvalid(Error):
    """This cannot be an entry of the ledger: {complaint}."""

    kind = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One act, decision, refusal, view, sign-in or change, as it is hashed."""

    seq: int
    at_us: int
    act: str
    actor: str
    thing: str
    outcome: str = "done"
    assignment: str = ""
    clauses: tuple[str, ...] = ()
    version: str = ""
    before: str | None = None  #: SHA-256 over the canonical JSON of the thing before
    after: str | None = None
    facts: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    personal: Mapping[str, str] = dataclasses.field(default_factory=dict)  #: field -> commitment

    def canonical(self) -> bytes:
        """The bytes whose hash is the leaf."""
        fields = {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
        return _bytes(fields | {"clauses": list(self.clauses)})

    @classmethod
    def parse(cls, line: bytes) -> Entry:
        """Read an entry back; bytes that are not its one form are refused."""
        try:
            value = json.loads(line)
            is_canonical = canonical_json(value) == line
        except (ValueError, RecursionError) as error:
            raise EntryInvalid(complaint="it is not JSON") from error
        if not isinstance(value, dict) or value.keys() != {field.name for field in dataclasses.fields(cls)}:
            raise EntryInvalid(complaint="it has not the fields of an entry")
        for name, is_right in _FORMS.items():
            if not is_right(value[name]):
                raise EntryInvalid(complaint=f"its {name} is not of the right form")
        if not is_canonical:
            raise EntryInvalid(complaint="it is not in its one form")
        return cls(**(value | {"clauses": tuple(value["clauses"])}))


def _is_number(value: Any) -> bool:
    return type(value) is int and 0 <= value < 2**63


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_word(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _is_hash(value: Any) -> bool:
    return isinstance(value, str) and _HASH.fullmatch(value) is not None


_FORMS: dict[str, Callable[[Any], bool]] = {
    "seq": _is_number,
    "at_us": _is_number,
    "act": _is_word,
    "actor": _is_word,
    "thing": _is_text,
    "outcome": lambda value: value in OUTCOMES,
    "assignment": _is_text,
    "clauses": lambda value: isinstance(value, list) and all(map(_is_text, value)),
    "version": _is_text,
    "before": lambda value: value is None or _is_hash(value),
    "after": lambda value: value is None or _is_hash(value),
    "facts": lambda value: isinstance(value, dict),
    "personal": lambda value: isinstance(value, dict) and all(map(_is_hash, value.values())),
}


def state_hash(state: Any) -> str:
    """What `before` and `after` hold: SHA-256 over the canonical JSON of a thing."""
    return hashlib.sha256(_bytes(state)).hexdigest()


def _bytes(value: Any) -> bytes:
    try:
        return canonical_json(value)
    except (TypeError, ValueError) as error:
        raise EntryInvalid(complaint=f"JSON cannot say it ({error})") from error


def commitment(salt: bytes, text: str) -> str:
    """SHA-256(salt ‖ text): says nothing without the salt, and proves the text with it."""
    return hashlib.sha256(salt + text.encode()).hexdigest()


class LedgerCheckpoint(NamedTuple):
    """The root of the first `size` entries (https://c2sp.org/tlog-checkpoint)."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """The signed part."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def sign(self, key: Ed25519PrivateKey) -> str:
        """The note; a ledger's key has the name of its ledger."""
        return sign_note(self.text(), self.origin, key)


def read_checkpoint(note: str) -> LedgerCheckpoint:
    """What a note claims, unverified."""
    lines = note_text(note).split("\n")
    if len(lines) != 4 or lines[3] or not lines[0].startswith(ORIGIN) or not _SIZE.fullmatch(lines[1]):
        raise NoteMalformed(reason="it is no checkpoint of a ledger")
    try:
        root = base64.b64decode(lines[2], validate=True)
    except ValueError as error:
        raise NoteMalformed(reason="its root is not base64") from error
    checkpoint = LedgerCheckpoint(lines[0], int(lines[1]), root)
    if len(root) != HASH_BYTES or checkpoint.text() != note_text(note):
        raise NoteMalformed(reason="it is not in its one form")
    return checkpoint


def verify_ledger_checkpoint(note: str, key: Ed25519PublicKey) -> LedgerCheckpoint:
    """Read a checkpoint and check its signature."""
    checkpoint = read_checkpoint(note)
    verify_note(note, checkpoint.origin, key)
    return checkpoint
