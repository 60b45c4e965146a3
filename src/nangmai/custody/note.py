"""Signed notes (https://c2sp.org/signed-note): text, empty line, `— <name> <base64 of key id, signature>`.

Ours carry one Ed25519 signature and have one form only: no character of them can be changed. Pure: keys are loaded
elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.errors import Error, Kind

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_SIGNATURE = "— "


class NoteMalformed(Error):
    """The signed note cannot be read: {reason}."""

    kind = Kind.CORRUPT


class NoteForged(Error):
    """The note is not signed by the key of {name}: it was altered, or another key signed it."""

    kind = Kind.CORRUPT


def sign_note(text: str, name: str, key: Ed25519PrivateKey) -> str:
    """The whole note; `text` ends with a line feed."""
    signature = key_id(name, key.public_key()) + key.sign(text.encode())
    return f"{text}\n{_SIGNATURE}{name} {base64.b64encode(signature).decode()}\n"


def note_text(note: str) -> str:
    """The signed part, unverified: it says whose key to ask for."""
    return _split(note)[0]


def verify_note(note: str, name: str, key: Ed25519PublicKey) -> str:
    """The signed part of a note that `name` signed with `key`."""
    text, signatures = _split(note)
    prefix = f"{_SIGNATURE}{name} "
    encoded = signatures.removeprefix(prefix).removesuffix("\n")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise NoteMalformed(reason="its signature is not base64") from error
    if signatures != f"{prefix}{base64.b64encode(signature).decode()}\n":
        raise NoteMalformed(reason=f"it has no signature of {name}, or not in its one form")
    if signature[:_KEY_ID_BYTES] != key_id(name, key):
        raise NoteForged(name=name)
    try:
        key.verify(signature[_KEY_ID_BYTES:], text.encode())
    except (InvalidSignature, UnicodeEncodeError) as error:
        raise NoteForged(name=name) from error
    return text


def note_hash(note: str) -> bytes:
    """SHA-256 over the whole note."""
    return hashlib.sha256(note.encode()).digest()


def key_id(name: str, key: Ed25519PublicKey) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:_KEY_ID_BYTES]


def split_notes(lines: Iterable[str]) -> Iterator[str]:
    """Notes that stand one after the other; a signature ends each, and what follows the last one is a note too."""
    note: list[str] = []
    for line in lines:
        if not note and not line.strip():
            continue
        note.append(line)
        if line.startswith(_SIGNATURE):
            yield "".join(note)
            note = []
    if note:
        yield "".join(note)


def _split(note: str) -> tuple[str, str]:
    text, separator, signatures = note.rpartition("\n\n")
    if not separator:
        raise NoteMalformed(reason="it has no signature")
    return text + "\n", signatures
