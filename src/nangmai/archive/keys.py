"""The recorder's own key: made at the first opening, readable by nobody else, never leaving `state`."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.errors import Error, Kind

KEY_NAME = "recorder.key"
PUBLIC_NAME = "recorder.pub"


class KeyExposed(Error):
    """The key {path} can be read by others (mode {mode}). Run `chmod 600 {path}`, and renew it if others had access."""

    kind = Kind.PRECONDITION


class KeyUnreadable(Error):
    """The key {path} cannot be used: {reason}. Restore it from the backup, or start a new state folder."""

    kind = Kind.PRECONDITION


def load_or_make_key(state: Path) -> Ed25519PrivateKey:
    """The key of this recorder; made (0600) when the state folder has none."""
    path = state / KEY_NAME
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    except FileExistsError:
        return load_key(path)
    except OSError as error:
        raise KeyUnreadable(path=str(path), reason=error.strerror) from error
    key = Ed25519PrivateKey.generate()
    with os.fdopen(descriptor, "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        file.flush()
        os.fsync(file.fileno())
    (state / PUBLIC_NAME).write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return key


def load_key(path: Path) -> Ed25519PrivateKey:
    """Read a private key, refusing one that others could have read."""
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise KeyExposed(path=str(path), mode=f"{mode:04o}")
        key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise KeyUnreadable(path=str(path), reason=error.strerror) from error
    except ValueError as error:
        raise KeyUnreadable(path=str(path), reason="it is not a PEM private key") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnreadable(path=str(path), reason="it is not an Ed25519 key")
    return key


def load_public_key(state: Path) -> Ed25519PublicKey:
    """The public half, enough to verify."""
    path = state / PUBLIC_NAME
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise KeyUnreadable(path=str(path), reason=error.strerror) from error
    except ValueError as error:
        raise KeyUnreadable(path=str(path), reason="it is not a PEM public key") from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnreadable(path=str(path), reason="it is not an Ed25519 key")
    return key


def public_hex(key: Ed25519PublicKey) -> str:
    """The 32 bytes of a public key in hex, as markers and identities name it."""
    return key.public_bytes_raw().hex()
