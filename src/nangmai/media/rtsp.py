"""RTSP/1.0 on the wire (RFC 2326): messages taken apart and put together, URLs, Session and Transport headers.

Reads what cameras really send: lines without CR, folded headers, odd cases, statuses without a reason. Never puts
credentials into a request line. What to say when is in `media.rtsp_session`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar
from urllib.parse import unquote, urlsplit

from nangmai.base.errors import Error, Kind
from nangmai.media.auth import Credentials

MAX_HEAD_BYTES = 32 * 1024
MAX_BODY_BYTES = 160 * 1024  #: with the head it must fit the receive buffer
DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}

_HEAD_END = re.compile(rb"\r?\n\r?\n")
_STATUS_LINE = re.compile(r"(?i)RTSP/[0-9]\.[0-9]\s+([0-9]{3})(?:\s+(.*))?$")
_REQUEST_LINE = re.compile(r"([A-Za-z_]{3,24})\s+(\S+)\s+RTSP/[0-9]\.[0-9]$")
_PLACE = re.compile(r"(?:\[[0-9A-Fa-f:.%a-z]+\]|[^:@\[\]]+)(?::[0-9]{1,5})?")
_PIN = re.compile(r"#sha256=([0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31})$")


class RtspMalformed(Error):
    """What arrived is not RTSP: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class NotRtsp(RtspMalformed):
    """What arrived is not RTSP: it begins with {first}."""


class UrlInvalid(Error):
    """{url} cannot be used: {reason}. An address looks like rtsp://user:password@192.168.1.64:554/stream."""

    kind: ClassVar[Kind] = Kind.INVALID


class Headers:
    """Header fields in their order; names compare without case, a name may come several times."""

    def __init__(self, fields: list[tuple[str, str]] | None = None) -> None:
        self.fields = fields or []

    def get(self, name: str, default: str = "") -> str:
        """The first value."""
        return next(iter(self.all(name)), default)

    def all(self, name: str) -> list[str]:
        """Every value."""
        wanted = name.lower()
        return [value for key, value in self.fields if key.lower() == wanted]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)


@dataclass(frozen=True, slots=True)
class Request:
    """A request, ours or (rarely) the server's."""

    method: str
    uri: str
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def encode(self) -> bytes:
        """The bytes on the wire (RFC 2326 §6)."""
        return _encode(f"{self.method} {self.uri} RTSP/1.0", self.headers, self.body)


@dataclass(frozen=True, slots=True)
class Response:
    """A response; `is_rtsp` is False when the status line was HTTP's, as a web server's would be."""

    status: int
    reason: str = ""
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    @property
    def cseq(self) -> int | None:
        """Which request it answers; None when the server forgot to say."""
        text = self.headers.get("cseq").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None

    def encode(self) -> bytes:
        """The bytes on the wire (RFC 2326 §7)."""
        return _encode(f"RTSP/1.0 {self.status} {self.reason}", self.headers, self.body)


Message = Request | Response


def _encode(first_line: str, headers: Headers, body: bytes) -> bytes:
    lines = [first_line, *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    clean = (line.replace("\r", "").replace("\n", "") for line in lines)
    return ("\r\n".join(clean) + "\r\n\r\n").encode("utf-8", "replace") + body


def parse_message(buffer: bytes | bytearray, start: int, end: int) -> tuple[Message, int] | None:
    """The message at `start` and where it ends; None while it is incomplete.

    Raises `RtspMalformed` when those bytes never become a message.
    """
    head_end = _HEAD_END.search(buffer, start, min(end, start + MAX_HEAD_BYTES))
    if head_end is None:
        if end - start >= MAX_HEAD_BYTES:
            raise RtspMalformed(reason="a message's head has no end")
        return None
    head = bytes(buffer[start : head_end.start()]).decode("utf-8", "replace")
    first_line, headers = _parse_head(head)
    length = _content_length(headers)
    stop = head_end.end() + length
    if stop > end:
        return None
    return _message(first_line, headers, bytes(buffer[head_end.end() : stop])), stop


def _parse_head(head: str) -> tuple[str, Headers]:
    lines = [line.rstrip("\r") for line in head.split("\n")]
    fields: list[tuple[str, str]] = []
    for line in lines[1:]:
        if line[:1] in (" ", "\t") and fields:  # folded (RFC 822 §3.1.1)
            fields[-1] = (fields[-1][0], f"{fields[-1][1]} {line.strip()}")
            continue
        name, colon, value = line.partition(":")
        if colon:
            fields.append((name.strip(), value.strip()))
    return lines[0].strip(), Headers(fields)


def _content_length(headers: Headers) -> int:
    text = headers.get("content-length", "0").strip()
    length = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if length > MAX_BODY_BYTES:
        raise RtspMalformed(reason="a message's body is too long")
    return length


def _message(first_line: str, headers: Headers, body: bytes) -> Message:
    status = _STATUS_LINE.match(first_line)
    if status:
        return Response(int(status.group(1)), (status.group(2) or "").strip(), headers, body)
    request = _REQUEST_LINE.match(first_line)
    if request:
        return Request(request.group(1).upper(), request.group(2), headers, body)
    raise NotRtsp(first=repr(first_line[:40]))


@dataclass(frozen=True, slots=True)
class RtspUrl:
    """Where a stream is, with its credentials kept apart, and the certificate that is trusted for it."""

    scheme: str
    host: str
    port: int
    target: str  #: path and query as written
    credentials: Credentials | None = None
    pin: str | None = None  #: SHA-256 of the certificate, hex, lower case
    _has_port: bool = field(default=False, repr=False)

    @property
    def request_uri(self) -> str:
        """The URL for request lines: without credentials."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}{f':{self.port}' if self._has_port else ''}{self.target}"

    def __str__(self) -> str:
        """The URL as people may see it: credentials masked, those in path and query too."""
        target = re.sub(r"(?i)((?:password|passwd|pwd|pass)=)[^&_/;]*", r"\1***", self.target)
        shown = replace(self, target=target).request_uri
        return shown.replace("://", "://***@", 1) if self.credentials else shown

    def redirected(self, location: str) -> RtspUrl:
        """Where a redirect leads; credentials and pin go along to the same host only (and never from TLS to none)."""
        if location.startswith("/"):
            return replace(self, target=location)
        there = parse_url(location)
        is_safe = there.host == self.host and (self.scheme == "rtsp" or there.scheme == "rtsps")
        if is_safe and there.credentials is None:
            there = replace(there, credentials=self.credentials, pin=there.pin or self.pin)
        return there


def parse_url(text: str) -> RtspUrl:
    """Read `rtsp://` or `rtsps://` (RFC 2326 §3.2); passwords may hold raw `@`, `#` or `/`, as people paste them.

    A certificate is trusted by its fingerprint: `rtsps://…#sha256=<64 hex digits>`.
    """
    text = text.strip()
    scheme, separator, rest = text.partition("://")
    scheme = scheme.lower()
    shown = _masked(text)
    if not separator or scheme not in DEFAULT_PORTS:
        raise UrlInvalid(
            url=shown or "An empty address",
            reason="it does not begin with rtsp:// or rtsps:// (transport ffmpeg takes others)",
        )
    if any(character.isspace() or not character.isprintable() for character in rest):
        raise UrlInvalid(url=shown, reason="it holds a blank or a control character")
    pinned = _PIN.search(rest)
    rest = rest[: pinned.start()] if pinned else rest
    userinfo, place = _split_userinfo(rest)
    authority = re.split(r"[/?]", place, maxsplit=1)[0]
    host, port = _host_and_port(authority, shown)
    name, _, password = userinfo.partition(":")
    return RtspUrl(
        scheme=scheme,
        host=host,
        port=port or DEFAULT_PORTS[scheme],
        target=place[len(authority) :] or "/",
        credentials=Credentials(unquote(name), unquote(password)) if userinfo else None,
        pin=pinned.group(1).replace(":", "").lower() if pinned else None,
        _has_port=port is not None,
    )


def _masked(text: str) -> str:
    """For complaints about a URL that could not be read: nothing before the last `@` is shown."""
    before, at, after = text.rpartition("@")
    return f"{before.partition('://')[0]}://***@{after}" if at else text


def _split_userinfo(rest: str) -> tuple[str, str]:
    """Credentials and the rest: at the last `@` of the authority or, where that leaves no host, of the path."""
    authority = re.split(r"[/?]", rest, maxsplit=1)[0]
    name, at, place = authority.rpartition("@")
    if at and _PLACE.fullmatch(place):
        return name, rest[len(name) + 1 :]
    if _PLACE.fullmatch(authority):
        return "", rest
    path = rest.partition("?")[0]
    name = (path if "@" in path else rest).rpartition("@")[0]  # a password with a raw slash or question mark
    return name, rest[len(name) + 1 :] if name else rest


def _host_and_port(authority: str, shown: str) -> tuple[str, int | None]:
    try:
        parts = urlsplit(f"//{authority}")
        host, port = parts.hostname, parts.port
    except ValueError:
        raise UrlInvalid(url=shown, reason="its host or port is not valid") from None
    if not host:
        raise UrlInvalid(url=shown, reason="it names no host")
    if port == 0:
        raise UrlInvalid(url=shown, reason="port 0 does not exist")
    return host, port


@dataclass(frozen=True, slots=True)
class Transport:
    """The Transport header (RFC 2326 §12.39) of one track: what was agreed."""

    is_tcp: bool
    channels: tuple[int, int] | None = None  #: interleaved: RTP, RTCP
    server_ports: tuple[int, int] | None = None
    source: str | None = None
    ssrc: int | None = None


def parse_transport(value: str) -> Transport:
    """Read a response's Transport; what is missing or malformed stays None."""
    words = [word.strip() for word in value.split(",")[0].split(";")]
    parameters: Mapping[str, str] = {
        name.strip().lower(): text.strip().strip('"') for name, _, text in (word.partition("=") for word in words)
    }
    ssrc = re.fullmatch(r"(?:0[xX])?([0-9A-Fa-f]{1,8})", parameters.get("ssrc", ""))
    return Transport(
        is_tcp="/tcp" in words[0].lower() or "interleaved" in parameters,
        channels=_pair(parameters.get("interleaved", ""), 255),
        server_ports=_pair(parameters.get("server_port", ""), 65535),
        source=parameters.get("source") or None,
        ssrc=int(ssrc.group(1), 16) if ssrc else None,
    )


def _pair(text: str, largest: int) -> tuple[int, int] | None:
    match = re.fullmatch(r"([0-9]{1,5})(?:\s*-\s*([0-9]{1,5}))?", text)
    if not match:
        return None
    first = int(match.group(1))
    second = int(match.group(2)) if match.group(2) else first + 1
    return (first, second) if max(first, second) <= largest else None


def parse_session(value: str) -> tuple[str, int | None]:
    """The session's id and its timeout in seconds (RFC 2326 §12.37); None when the server does not say."""
    name, _, rest = value.partition(";")
    timeout = re.search(r"(?i)timeout\s*=\s*\"?([0-9]{1,6})", rest)
    seconds = int(timeout.group(1)) if timeout else 0
    return name.strip(), seconds or None
