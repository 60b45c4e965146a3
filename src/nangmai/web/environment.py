"""What the web plane reads from its environment: a database address, a data folder, secrets.

A secret `NAME` comes from `NAME` or from the file that `NAME_FILE` names. Keys that nobody gave are made at first
start, readable by their owner alone.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from nangmai.base.errors import Error, Kind


class EnvironmentInvalid(Error):
    """The environment variable {name} cannot be used: {complaint}."""

    kind: ClassVar[Kind] = Kind.INVALID


def text(name: str, default: str = "") -> str:
    """The variable, or what the file named by `<name>_FILE` holds, or the default."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ.get(name, default)
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except OSError as error:
        raise EnvironmentInvalid(name=f"{name}_FILE", complaint=f"{path}: {error.strerror}") from error


def words(name: str, default: str = "") -> list[str]:
    """A list separated by commas or blanks."""
    return text(name, default).replace(",", " ").split()


def number(name: str, default: int) -> int:
    """A whole number."""
    value = text(name) or str(default)
    if not value.isascii() or not value.isdecimal():
        raise EnvironmentInvalid(name=name, complaint=f"{value!r} is no whole number")
    return int(value)


def flag(name: str) -> bool:
    """True for `1`, `true`, `yes`, `on`; false for their opposites and for nothing at all."""
    value = text(name).lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("", "0", "false", "no", "off"):
        return False
    raise EnvironmentInvalid(name=name, complaint=f"{value!r} is neither yes nor no")


def data_folder() -> Path:
    """Where web keeps its database and keys: `NANGMAI_DATA_DIR`, or `data` below the working folder."""
    return Path(text("NANGMAI_DATA_DIR", "data")).absolute()


def secret_key(folder: Path) -> str:
    """The key that signs sessions; made once, in a file only its owner can read."""
    given = text("NANGMAI_SECRET_KEY")
    if given:
        return given
    path = folder / "secret.key"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(48).encode())
    return path.read_text(encoding="ascii").strip()


def write_private(path: Path, content: bytes) -> None:
    """Create the file with mode 0600; one that is there already is left alone (two processes may start at once)."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        try:
            os.link(part, path)
        except FileExistsError:
            return
        finally:
            part.unlink()
    except OSError as error:
        raise EnvironmentInvalid(name="NANGMAI_DATA_DIR", complaint=f"{path}: {error.strerror}") from error


SQLITE_OPTIONS = {
    # Writers queue up at BEGIN and not at their first write, where SQLite would refuse instead of waiting.
    "transaction_mode": "IMMEDIATE",
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}


def database(folder: Path) -> dict[str, Any]:
    """Django's settings for `NANGMAI_DATABASE_URL`: `sqlite:///path` or `postgresql://user:password@host/name`.

    As in PostgreSQL's own addresses, `?host=/folder` names a folder with its socket; other parameters are passed on.
    """
    url = urlsplit(text("NANGMAI_DATABASE_URL") or f"sqlite:///{folder / 'nangmai.sqlite3'}")
    if url.scheme == "sqlite":
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": unquote(url.path[1:]), "OPTIONS": dict(SQLITE_OPTIONS)}
    if url.scheme in ("postgresql", "postgres"):
        return _postgresql(url)
    raise EnvironmentInvalid(
        name="NANGMAI_DATABASE_URL", complaint=f"it must start with sqlite:/// or postgresql://, not {url.scheme!r}"
    )


def _postgresql(url: SplitResult) -> dict[str, Any]:
    options = dict(parse_qsl(url.query))
    try:
        port = url.port or ""
    except ValueError as error:
        raise EnvironmentInvalid(name="NANGMAI_DATABASE_URL", complaint=str(error)) from error
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path[1:]),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": options.pop("host", url.hostname or ""),
        "PORT": options.pop("port", port),
        "OPTIONS": options,
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
    }
