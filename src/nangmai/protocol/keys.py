"""Ed25519 keys as they travel between the planes: 32 raw bytes in base64 (RFC 8032 §5.1.5), named by their own hash.

Owns the text form and the key id. Never reads or writes a file.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from nangmai.base.errors import Error, Kind

KEY_ID_LENGTH = 16


class KeyUnreadable(Error):
    """{where}: not an Ed25519 public key; it must be PEM, or 32 bytes in base64."""

    kind: ClassVar[Kind] = Kind.INVALID


def key_id(key: Ed25519PublicKey) -> str:
    """The `kid` of a key: the first 16 hex digits of the SHA-256 of its raw bytes."""
    return hashlib.sha256(key.public_bytes_raw()).hexdigest()[:KEY_ID_LENGTH]


def public_key_text(key: Ed25519PublicKey) -> str:
    """The key as it stands in messages: base64 of its raw bytes."""
    return base64.b64encode(key.public_bytes_raw()).decode("ascii")


def parse_public_key(text: str, where: str) -> Ed25519PublicKey:
    """Read a key in PEM (RFC 7468) or base64 form; `where` says in the complaint where the text came from."""
    if "-----BEGIN" in text:
        try:
            key = load_pem_public_key(text.encode())
        except (ValueError, UnsupportedAlgorithm) as error:
            raise KeyUnreadable(where=where) from error
        if not isinstance(key, Ed25519PublicKey):
            raise KeyUnreadable(where=where)
        return key
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(text.strip(), validate=True))
    except (ValueError, binascii.Error) as error:
        raise KeyUnreadable(where=where) from error
