"""Checkpoints of a recorder: the chain heads of all streams at one moment, signed, each naming the one before it.

The form is a signed note (custody.note). Pure: the key is loaded elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.errors import Error, Kind
from nangmai.custody.note import NoteForged, NoteMalformed, note_hash, note_text, sign_note, verify_note

__all__ = [
    "FIRST_PREVIOUS",
    "Checkpoint",
    "CheckpointForged",
    "CheckpointMalformed",
    "StreamHead",
    "note_hash",
    "sign_checkpoint",
    "verify_checkpoint",
]

_ORIGIN = "nangmai.recorder/"
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
    return sign_note(checkpoint.text(), checkpoint.recorder, key)


def verify_checkpoint(note: str, key: Ed25519PublicKey) -> Checkpoint:
    """Read a note and check its signature."""
    try:
        checkpoint = _parse(note_text(note))
        verify_note(note, checkpoint.recorder, key)
    except NoteMalformed as error:
        raise CheckpointMalformed(**error.facts) from error
    except NoteForged as error:
        raise CheckpointForged from error
    return checkpoint


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
