"""The ledger's own key: `keys/ledger.pem` in web's data folder, 0600, made at first need. Not the key of tickets.

Its name is the ledger's origin, `nangmai.ledger/<NANGMAI_SITE>`.
"""

from __future__ import annotations

import functools
import re
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from nangmai.base.errors import Error, Kind
from nangmai.custody.ledger import ORIGIN
from nangmai.protocol.keys import public_key_text
from nangmai.web import environment
from nangmai.web.environment import EnvironmentInvalid, write_private

_SITE = re.compile(r"[\w.:-]{1,60}")


class LedgerKeyUnreadable(Error):
    """The ledger's key {path} cannot be read: {reason}. Restore it from a copy: a new key would begin a new ledger."""

    kind: ClassVar[Kind] = Kind.CORRUPT


def origin() -> str:
    """The name of this ledger, which stands in every checkpoint."""
    site = environment.text("NANGMAI_SITE", "site")
    if not _SITE.fullmatch(site):
        raise EnvironmentInvalid(name="NANGMAI_SITE", complaint=f"{site!r} is not one word")
    return ORIGIN + site


def signing_key() -> Ed25519PrivateKey:
    """The key, made when there is none."""
    path = Path(settings.DATA_DIR) / "keys" / "ledger.pem"
    if not path.exists():
        key = Ed25519PrivateKey.generate()
        write_private(
            path,
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
        )
    return _load(path)


def public_keys() -> dict[str, str]:
    """Origin -> base64 public key, as exports bring it."""
    return {origin(): public_key_text(signing_key().public_key())}


@functools.lru_cache(maxsize=4)
def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise LedgerKeyUnreadable(path=path.name, reason=error.strerror) from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise LedgerKeyUnreadable(path=path.name, reason="it is not a key in PEM form") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise LedgerKeyUnreadable(path=path.name, reason="it is not an Ed25519 key")
    return key
