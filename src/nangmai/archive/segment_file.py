"""The form of a segment file: where it lies, and the boxes of ours in it. Writes and reads nothing itself.

ftyp moov uuid(identity)  [ prft moof mdat uuid(seal) ]×n  uuid(end)         docs/design/archive.md, ISO 14496-12 §11.1
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from nangmai.base.canonical import canonical_json
from nangmai.base.errors import Error, Kind
from nangmai.custody.chain import SEAL_BYTES, Seal

IDENTITY = UUID("4e414e47-4d41-4900-8000-000000000001").bytes
SEAL = UUID("4e414e47-4d41-4900-8000-000000000002").bytes
END = UUID("4e414e47-4d41-4900-8000-000000000003").bytes

UUID_HEADER_BYTES = 24
SEAL_BOX_BYTES = UUID_HEADER_BYTES + SEAL_BYTES
SEGMENTS_PER_FOLDER = 1000
FORMAT_VERSION = 1

_STREAM_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*", re.ASCII)
_FILE_NAME = re.compile(r"(?P<stream>.+)-(?P<seq>[0-9]{10,})\.mp4", re.ASCII)


class StreamNameInvalid(Error):
    """{name!r} cannot name a stream: use letters, digits, '-', '_' and single dots, a letter or digit first."""

    kind = Kind.INVALID


class BoxMalformed(Error):
    """The {box} box of a segment cannot be read: {reason}."""

    kind = Kind.CORRUPT


def uuid_box(usertype: bytes, payload: bytes) -> bytes:
    """A `uuid` box (ISO 14496-12 §4.2)."""
    return (UUID_HEADER_BYTES + len(payload)).to_bytes(4, "big") + b"uuid" + usertype + payload


_SEAL_HEADER = uuid_box(SEAL, bytes(SEAL_BYTES))[:UUID_HEADER_BYTES]


def seal_box(seal: Seal) -> bytes:
    """The box after each fragment."""
    return _SEAL_HEADER + seal.pack()


def is_seal_header(header: bytes) -> bool:
    """Whether these 24 bytes begin a seal."""
    return header == _SEAL_HEADER


class Ending(NamedTuple):
    """How a segment ended."""

    end_us: int
    end_reason: str
    fragments: int
    chain: bytes

    def json(self) -> bytes:
        """The payload of the end box: its fields, and their hash under `seal`."""
        fields = {
            "chain": self.chain.hex(),
            "end_reason": self.end_reason,
            "end_us": self.end_us,
            "fragments": self.fragments,
        }
        return canonical_json(fields | {"seal": hashlib.sha256(canonical_json(fields)).hexdigest()})

    @classmethod
    def parse(cls, payload: bytes) -> Ending:
        """Read the payload of an end box; every byte has to be as `json` writes it."""
        fields = parse_object(payload, "end")
        try:
            ending = cls(
                int(fields["end_us"]),
                str(fields["end_reason"]),
                int(fields["fragments"]),
                bytes.fromhex(fields["chain"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BoxMalformed(box="end", reason=f"a field is missing or wrong ({error})") from error
        if ending.json() != payload:
            raise BoxMalformed(box="end", reason="its seal does not match its fields")
        return ending


def parse_object(payload: bytes, box: str) -> dict[str, Any]:
    """The JSON object in a box of ours."""
    try:
        fields = json.loads(payload)
    except (ValueError, RecursionError) as error:
        raise BoxMalformed(box=box, reason="it is not JSON") from error
    if not isinstance(fields, dict):
        raise BoxMalformed(box=box, reason="it is not a JSON object")
    return fields


def init_id_of(init: bytes, description: dict[str, Any]) -> str:
    """Names an init segment together with what is said about it, the same on every machine."""
    return hashlib.sha256(init + canonical_json(description)).hexdigest()[:16]


def check_stream_name(name: str) -> None:
    """Refuse a name that would not be one folder of its own."""
    if not _STREAM_NAME.fullmatch(name) or len(name) > 200:
        raise StreamNameInvalid(name=name)


def segment_path(volume: Path, stream: str, seq: int) -> Path:
    """Where segment `seq` lies; the name holds no time (two pictures of the same second would collide)."""
    return volume / stream / f"{seq // SEGMENTS_PER_FOLDER:08d}" / f"{stream}-{seq:010d}.mp4"


def parse_segment_name(path: Path) -> tuple[str, int] | None:
    """Stream and number of a segment file, or None for any other file."""
    match = _FILE_NAME.fullmatch(path.name)
    if match is None or path.parent.parent.name != match["stream"]:
        return None
    return match["stream"], int(match["seq"])
