"""The keys that sign tickets: files of the web plane, 0600, never in the database. Recorders get the public halves.

The newest key signs; older ones stay known to recorders until their last ticket has ended.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import ClassVar

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from nangmai.base.errors import Error, Kind
from nangmai.base.units import utc_from_us
from nangmai.protocol.keys import key_id, public_key_text
from nangmai.web.environment import write_private


class TicketKeyUnreadable(Error):
    """The ticket key {path} cannot be read: {reason}. Restore it, or remove it to have a new one made."""

    kind: ClassVar[Kind] = Kind.CORRUPT


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "ticket-keys"


def _paths() -> list[Path]:
    """Oldest first; the first one is made when there is none."""
    paths = sorted(_folder().glob("*.key"))
    if not paths:
        _write_new("00000000T000000")
        paths = sorted(_folder().glob("*.key"))
    return paths


def add_key(now_us: int) -> None:
    """A new key signs from now on."""
    _write_new(utc_from_us(now_us).strftime("%Y%m%dT%H%M%S"))


def _write_new(name: str) -> None:
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    write_private(_folder() / f"{name}.key", pem)


@functools.lru_cache(maxsize=16)
def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise TicketKeyUnreadable(path=path.name, reason=error.strerror) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise TicketKeyUnreadable(path=path.name, reason="it is not a key in PEM form") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise TicketKeyUnreadable(path=path.name, reason="it is not an Ed25519 key")
    return key


def signing_key() -> tuple[str, Ed25519PrivateKey]:
    """The key in use and its id."""
    key = _load(_paths()[-1])
    return key_id(key.public_key()), key


def public_keys() -> dict[str, str]:
    """What recorders accept: key id -> base64 public key."""
    publics = [_load(path).public_key() for path in _paths()]
    return {key_id(public): public_key_text(public) for public in publics}
