"""Checkpoints: the chain heads of all streams at one moment, signed by the recorder, each naming the one before it.

The form is a signed note (https://c2sp.org/signed-note): text, empty line, `— <name> <base64 of key id, signature>`.
Pure: the key is loaded elsewhere.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.errors import Error, Kind

_ORIGIN = "nangmai.recorder/"
_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_HEAD = re.compile(r"(?P<stream>\S+) (?P<seq>\d+) (?P<chain>[0-9a-f]{64})", re.ASCII)
FIRST_PREVIOUS = bytes(32)


class CheckpointMalformed(Error):
    """The checkpoint cannot be read: {reason}."""

    kind = Kind.CORRUPT


class CheckpointForged(Error):
    """The checkpoint is not signed by the recorder's key: it was altered, or belongs to another recorder."""

    kind = Kind.CORRUPT


class StreamHead(NamedTuple):
    """The last closed segment of a stream and the chain head it ended with."""

    stream: str
    seq: int
    chain: bytes


class Checkpoint(NamedTuple):
    """What a checkpoint states."""

    recorder: str
    number: int
    time_us: int
    previous: bytes  #: SHA-256 of the whole text of the checkpoint before
    heads: tuple[StreamHead, ...]

    def text(self) -> str:
        """The signed part."""
        lines = [f"{_ORIGIN}{self.recorder}", str(self.number), str(self.time_us), f"previous {self.previous.hex()}"]
        lines += [f"{head.stream} {head.seq} {head.chain.hex()}" for head in self.heads]
        return "\n".join(lines) + "\n"


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """The whole note."""
    text = checkpoint.text()
    signature = _key_id(checkpoint.recorder, key.public_key()) + key.sign(text.encode())
    return f"{text}\n— {checkpoint.recorder} {base64.b64encode(signature).decode()}\n"


def verify_checkpoint(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """Read a note and check its signature."""
    text, separator, signatures = note.rpartition("\n\n")
    if not separator:
        raise CheckpointMalformed(reason="it has no signature")
    text += "\n"
    checkpoint = _parse(text)
    prefix = f"— {checkpoint.recorder} "
    encoded = signatures.removeprefix(prefix).removesuffix("\n")
    try:
        signature = base64.b64decode(encoded, validate=True)
    except ValueError as error:
        raise CheckpointMalformed(reason="its signature is not base64") from error
    if signatures != f"{prefix}{base64.b64encode(signature).decode()}\n":
        raise CheckpointMalformed(reason="it has no signature of its recorder, or not in its one form")
    if signature[:_KEY_ID_BYTES] != _key_id(checkpoint.recorder, key):
        raise CheckpointForged
    try:
        key.verify(signature[_KEY_ID_BYTES:], text.encode())
    except InvalidSignature as error:
        raise CheckpointForged from error
    return checkpoint


def note_hash(note: str) -> bytes:
    """What the next checkpoint names as `previous`."""
    return hashlib.sha256(note.encode()).digest()


def _parse(text: str) -> Checkpoint:
    lines = text.splitlines()
    try:
        origin, number, time_us, previous, *heads = lines
        if not origin.startswith(_ORIGIN) or not previous.startswith("previous "):
            raise ValueError("it does not begin as a checkpoint does")
        checkpoint = Checkpoint(
            origin.removeprefix(_ORIGIN),
            int(number),
            int(time_us),
            bytes.fromhex(previous.removeprefix("previous ")),
            tuple(_parse_heads(heads)),
        )
    except ValueError as error:
        raise CheckpointMalformed(reason=str(error)) from error
    if checkpoint.text() != text:
        raise CheckpointMalformed(reason="it is not in its one form")
    return checkpoint


def _parse_heads(lines: Sequence[str]) -> list[StreamHead]:
    matches = [_HEAD.fullmatch(line) for line in lines]
    if None in matches:
        raise ValueError("a line names no stream")
    return [StreamHead(match["stream"], int(match["seq"]), bytes.fromhex(match["chain"])) for match in matches if match]


def _key_id(name: str, key: Ed25519PublicKey) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.public_bytes_raw()).digest()[:_KEY_ID_BYTES]
