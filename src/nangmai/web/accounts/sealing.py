"""Seals small secrets before they go into the database, with a key derived from the site's secret key.

AES-256-GCM (NIST SP 800-38D) with a random nonce; the key comes from HKDF (RFC 5869), one for each purpose, and what a
secret belongs to is bound in, so that a row copied to another person opens nothing.
"""

from __future__ import annotations

import base64
import os
from typing import ClassVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

from nangmai.base.errors import Error, Kind

NONCE_BYTES = 12


class SealBroken(Error):
    """A stored secret cannot be opened: the site's secret key has changed. Remove the factor and add it again."""

    kind: ClassVar[Kind] = Kind.CORRUPT


def _cipher(purpose: str) -> AESGCM:
    derived = HKDF(SHA256(), length=32, salt=None, info=f"nangmai {purpose} 1".encode())
    return AESGCM(derived.derive(settings.SECRET_KEY.encode()))


def seal(text: str, *, purpose: str, owner: str) -> str:
    """The text, readable again by `unseal` with the same purpose and owner only."""
    nonce = os.urandom(NONCE_BYTES)
    return base64.b64encode(nonce + _cipher(purpose).encrypt(nonce, text.encode(), owner.encode())).decode()


def unseal(sealed: str, *, purpose: str, owner: str) -> str:
    """What was sealed, or `SealBroken`."""
    try:
        raw = base64.b64decode(sealed, validate=True)
        return _cipher(purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], owner.encode()).decode()
    except (ValueError, InvalidTag) as error:
        raise SealBroken from error
