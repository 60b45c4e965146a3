"""RTSP/1.0 from the server's side (RFC 2326): requests taken apart, answers put together, credentials checked."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

AuthScheme = Literal["digest", "digest-sha256", "basic"]
REALM = "nangmai simulator"
REASONS = {
    200: "OK",
    302: "Found",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    453: "Not Enough Bandwidth",
    454: "Session Not Found",
    455: "Method Not Valid in This State",
    459: "Aggregate Operation Not Allowed",
    461: "Unsupported Transport",
    500: "Internal Server Error",
    503: "Service Unavailable",
}
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case."""

    method: str
    url: str
    headers: dict[str, str]

    @property
    def path(self) -> str:
        """The path of the URL without its outer slashes."""
        return unquote(urlsplit(self.url).path).strip("/")


class RequestParser:
    """Cuts requests out of a client's bytes; its interleaved RTCP frames are counted and thrown away."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self.interleaved_frames = 0

    def push(self, data: bytes) -> list[Request]:
        """The requests that are complete now."""
        self._buffer += data
        requests = []
        while (request := self._next()) is not None:
            requests.append(request)
        return requests

    def _next(self) -> Request | None:
        while self._buffer[:1] == b"$":
            if len(self._buffer) < 4 or len(self._buffer) < 4 + int.from_bytes(self._buffer[2:4], "big"):
                return None
            del self._buffer[: 4 + int.from_bytes(self._buffer[2:4], "big")]
            self.interleaved_frames += 1
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self._buffer[:end].decode("utf-8", "replace").strip().split("\r\n")
        headers = {
            name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        length = headers.get("content-length", "0")
        whole = end + 4 + (int(length) if length.isdigit() else 0)
        if len(self._buffer) < whole:
            return None
        del self._buffer[:whole]
        words = lines[0].split(" ")
        return Request(words[0], words[1] if len(words) > 1 else "", headers)


def answer(request: Request, status: int = 200, headers: dict[str, str] | None = None, body: str = "") -> bytes:
    """An answer on the wire."""
    lines = [f"RTSP/1.0 {status} {REASONS.get(status, 'Unknown')}", f"CSeq: {request.headers.get('cseq', '0')}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body:
        lines.append(f"Content-Length: {len(body.encode())}")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


class Gatekeeper:
    """Checks Basic (RFC 7617) and Digest (RFC 7616, RFC 2617) credentials."""

    def __init__(self, user: str, password: str, scheme: AuthScheme = "digest") -> None:
        self._user = user
        self._password = password
        self._scheme = scheme
        self.nonce = secrets.token_hex(16)

    def renew_nonce(self) -> None:
        """From now on the old nonce is stale, as cameras do after a while."""
        self.nonce = secrets.token_hex(16)

    def challenge(self, *, stale: bool = False) -> str:
        """The value of WWW-Authenticate."""
        if self._scheme == "basic":
            return f'Basic realm="{REALM}"'
        algorithm = ", algorithm=SHA-256" if self._scheme == "digest-sha256" else ""
        return f'Digest realm="{REALM}", nonce="{self.nonce}"{algorithm}' + (", stale=TRUE" if stale else "")

    def is_stale(self, request: Request) -> bool:
        """Whether the credentials may be right but their nonce is old."""
        return "digest" in self._scheme and 'nonce="' in request.headers.get("authorization", "")

    def admits(self, request: Request) -> bool:
        """Whether the request carries the right credentials."""
        scheme, _, rest = request.headers.get("authorization", "").partition(" ")
        if self._scheme == "basic":
            expected = base64.b64encode(f"{self._user}:{self._password}".encode()).decode()
            return scheme.lower() == "basic" and rest.strip() == expected
        return scheme.lower() == "digest" and self._is_digest_right(request, rest)

    def _is_digest_right(self, request: Request, rest: str) -> bool:
        given = {name.lower(): quoted or bare for name, quoted, bare in _PARAMETER.findall(rest)}
        if given.get("nonce") != self.nonce or given.get("username") != self._user:
            return False
        algorithm = "sha256" if self._scheme == "digest-sha256" else "md5"

        def digest(text: str) -> str:
            return hashlib.new(algorithm, text.encode(), usedforsecurity=False).hexdigest()

        first = digest(f"{self._user}:{REALM}:{self._password}")
        second = digest(f"{request.method}:{given.get('uri', '')}")
        if "qop" in given:
            middle = f"{self.nonce}:{given.get('nc', '')}:{given.get('cnonce', '')}:{given['qop']}"
        else:
            middle = self.nonce
        return given.get("response") == digest(f"{first}:{middle}:{second}")
