"""The hash chain of a stream: every fragment covers the one before it, every segment the segment before it.

Bytes in, digests out. The layout is docs/design/archive.md "On disk"; whoever verifies footage offline needs this
module and nothing else of ours.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable
from typing import NamedTuple

from nangmai.base.errors import Error, Kind

DIGEST_BYTES = 32
CHAIN_START = bytes(DIGEST_BYTES)  #: `previous_chain` of the first segment of a stream

_LINK_FRAGMENT = b"\x01"
_LINK_END = b"\x02"
_AFTER_CHAIN = struct.Struct(">HHIHH")
SEAL_BYTES = 2 * DIGEST_BYTES + _AFTER_CHAIN.size


class SealMalformed(Error):
    """A fragment's seal has {size_bytes} bytes where it should have 76: the file is damaged."""

    kind = Kind.CORRUPT


class SealFields(NamedTuple):
    """What a seal says of its fragment besides the hashes."""

    activity: int
    flags: int
    key_size: int
    pictures: int


class Seal(NamedTuple):
    """The payload of the `uuid` box after each fragment."""

    sha256: bytes
    chain: bytes
    fields: SealFields

    def pack(self) -> bytes:
        """The 76 bytes as they stand in the file."""
        return self.sha256 + self.chain + _AFTER_CHAIN.pack(*self.fields, 0)

    @classmethod
    def unpack(cls, payload: bytes) -> Seal:
        """Read the 76 bytes back."""
        if len(payload) != SEAL_BYTES:
            raise SealMalformed(size_bytes=len(payload))
        *fields, _reserved = _AFTER_CHAIN.unpack_from(payload, 2 * DIGEST_BYTES)
        return cls(payload[:DIGEST_BYTES], payload[DIGEST_BYTES : 2 * DIGEST_BYTES], SealFields(*fields))


def fragment_hash(parts: Iterable[bytes]) -> bytes:
    """SHA-256 of a fragment (`prft`, `moof`, `mdat`) given in pieces, which are not joined."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


def chain_start(previous_chain: bytes, head: bytes) -> bytes:
    """The chain before the first fragment; `head` is everything before it (`ftyp`, `moov`, identity)."""
    return hashlib.sha256(_LINK_FRAGMENT + previous_chain + hashlib.sha256(head).digest()).digest()


def seal_fragment(chain: bytes, sha256: bytes, fields: SealFields) -> Seal:
    """The seal of the next fragment: its own hash, its fields, and all that came before."""
    link = hashlib.sha256(_LINK_FRAGMENT + chain + sha256 + _AFTER_CHAIN.pack(*fields, 0))
    return Seal(sha256, link.digest(), fields)


def chain_end(chain: bytes, end: bytes) -> bytes:
    """The head a closed segment hands to the next one; `end` is the JSON of its end box."""
    return hashlib.sha256(_LINK_END + chain + hashlib.sha256(end).digest()).digest()
