"""Answers to a server's challenge: Digest (RFC 7616, and RFC 2617 as older cameras speak it) and Basic (RFC 7617).

Owns the choice of the strongest scheme offered and the nonce counter. Never puts a password in an error or a `repr`.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import ClassVar

from nangmai.base.errors import Error, Kind

_SCHEME = re.compile(r"(?:^|,)\s*([A-Za-z][A-Za-z0-9-]*)(?:\s+(?=[^=\s,])|\s*(?=,|$))")
_PARAMETER = re.compile(r'([A-Za-z][A-Za-z0-9_-]*)\s*=\s*(?:"((?:[^"\\]|\\.)*)"?|([^\s,"]*))')
_HASHES = {"SHA-256": "sha256", "MD5": "md5"}
MAX_CHALLENGE_CHARACTERS = 4096


class AuthenticationUnknown(Error):
    """The camera asks for a way to sign in that is not known here: {schemes}. Allow Digest in its settings."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and its password."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Challenge:
    """One challenge out of `WWW-Authenticate` headers (RFC 7235 §4.1); parameter names in lower case."""

    scheme: str  #: lower case
    parameters: dict[str, str]

    @property
    def algorithm(self) -> str:
        """The digest algorithm in upper case, MD5 when it is not named (RFC 7616 §3.3)."""
        return self.parameters.get("algorithm", "MD5").upper() or "MD5"

    @property
    def nonce(self) -> str:
        return self.parameters.get("nonce", "")

    @property
    def is_stale(self) -> bool:
        """The credentials were right, only the nonce has grown old."""
        return self.parameters.get("stale", "").lower() == "true"

    @property
    def strength(self) -> int:
        """For choosing: 0 means that it cannot be answered."""
        if self.scheme == "basic":
            return 1
        algorithm = self.algorithm.removesuffix("-SESS")
        if self.scheme != "digest" or algorithm not in _HASHES or not (_qop(self) or "qop" not in self.parameters):
            return 0
        return 3 if algorithm == "SHA-256" else 2


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """Every challenge in the values of `WWW-Authenticate`, several to a value or one to a value."""
    found = []
    for value in values:
        text = value[:MAX_CHALLENGE_CHARACTERS]
        quoted = [match.span() for match in re.finditer(r'"(?:[^"\\]|\\.)*"?', text)]
        starts = [match for match in _SCHEME.finditer(text) if not any(a < match.start(1) < b for a, b in quoted)]
        for match, following in zip_longest(starts, starts[1:]):
            end = following.start() if following else len(text)
            parameters = {
                name.lower(): re.sub(r"\\(.)", r"\1", inside) or bare
                for name, inside, bare in _PARAMETER.findall(text[match.end() : end])
            }
            found.append(Challenge(match.group(1).lower(), parameters))
    return found


def choose_challenge(challenges: list[Challenge]) -> Challenge:
    """The strongest that can be answered: Digest with SHA-256, Digest with MD5, Basic."""
    best = max(challenges, key=lambda challenge: challenge.strength, default=None)
    if best is None or best.strength == 0:
        names = sorted({f"{challenge.scheme} {challenge.algorithm}".strip() for challenge in challenges})
        raise AuthenticationUnknown(schemes=", ".join(names) or "none named")
    return best


class Authenticator:
    """Writes the `Authorization` header of each request once the server has asked for one."""

    def __init__(self, credentials: Credentials | None) -> None:
        self.credentials = credentials
        self._challenge: Challenge | None = None
        self._count = 0

    @property
    def nonce(self) -> str | None:
        """The nonce in use; None before a challenge was taken."""
        return self._challenge.nonce if self._challenge else None

    def take(self, challenge: Challenge) -> None:
        """From now on answer this challenge."""
        self._challenge = challenge
        self._count = 0

    def header(self, method: str, uri: str) -> str | None:
        """The header's value for a request, or None when nothing was asked or no password is known."""
        if self._challenge is None or self.credentials is None:
            return None
        if self._challenge.scheme == "basic":
            pair = f"{self.credentials.username}:{self.credentials.password}".encode()
            return "Basic " + base64.b64encode(pair).decode("ascii")
        self._count += 1
        return _digest_header(self._challenge, self.credentials, method, uri, self._count, secrets.token_hex(8))


def digest_response(
    challenge: Challenge, credentials: Credentials, method: str, uri: str, *, count: int, client_nonce: str
) -> str:
    """The `response` value (RFC 7616 §3.4.1), with or without `qop=auth`, plain or `-sess`."""
    name = _HASHES[challenge.algorithm.removesuffix("-SESS")]

    def digest(text: str) -> str:
        return hashlib.new(name, text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()

    first = digest(f"{credentials.username}:{challenge.parameters.get('realm', '')}:{credentials.password}")
    if challenge.algorithm.endswith("-SESS"):
        first = digest(f"{first}:{challenge.nonce}:{client_nonce}")
    second = digest(f"{method}:{uri}")
    if _qop(challenge):
        return digest(f"{first}:{challenge.nonce}:{count:08x}:{client_nonce}:auth:{second}")
    return digest(f"{first}:{challenge.nonce}:{second}")


def _qop(challenge: Challenge) -> bool:
    offered = re.split(r"[\s,]+", challenge.parameters.get("qop", "").lower())
    return "auth" in offered


def _digest_header(
    challenge: Challenge, credentials: Credentials, method: str, uri: str, count: int, client_nonce: str
) -> str:
    response = digest_response(challenge, credentials, method, uri, count=count, client_nonce=client_nonce)
    parts = [
        f"username={_quoted(credentials.username)}",
        f"realm={_quoted(challenge.parameters.get('realm', ''))}",
        f"nonce={_quoted(challenge.nonce)}",
        f"uri={_quoted(uri)}",
        f'response="{response}"',
    ]
    if "algorithm" in challenge.parameters:
        parts.append(f"algorithm={challenge.algorithm.replace('-SESS', '-sess')}")
    if "opaque" in challenge.parameters:
        parts.append(f"opaque={_quoted(challenge.parameters['opaque'])}")
    if _qop(challenge):
        parts.append(f'qop=auth, nc={count:08x}, cnonce="{client_nonce}"')
    elif challenge.algorithm.endswith("-SESS"):
        parts.append(f'cnonce="{client_nonce}"')
    return "Digest " + ", ".join(parts)


def _quoted(text: str) -> str:
    escaped = re.sub(r'([\\"])', r"\\\1", text.replace("\r", "").replace("\n", ""))
    return f'"{escaped}"'
