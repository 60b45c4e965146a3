"""Where a request goes: to web, or to the recorder that its path names."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlsplit

from yarl import URL

from nangmai.base.errors import Error, Kind

RECORDERS = "/recorders/"
#: what a recorder says to its own machine only
PRIVATE = frozenset({"metrics"})


class UpstreamInvalid(Error):
    """{text!r} is not an address to pass requests to; write {form}."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclasses.dataclass(frozen=True, slots=True)
class Upstream:
    """One server behind the gateway; `name` is empty for web."""

    name: str
    host: str
    port: int

    @property
    def prefix(self) -> str:
        """What the gateway takes off the path before it passes a request on."""
        return f"{RECORDERS}{self.name}" if self.name else ""

    def url(self, path_and_query: str) -> URL:
        """The address of a resource there; the path goes on as the browser wrote it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return URL(f"http://{host}:{self.port}{path_and_query}", encoded=True)


def parse_upstream(text: str, name: str = "") -> Upstream:
    """Read `http://host:port`."""
    try:
        parts = urlsplit(text)
        port = parts.port or 80
    except ValueError as error:
        raise UpstreamInvalid(text=text, form="http://host:port") from error
    if parts.scheme != "http" or not parts.hostname or parts.path not in ("", "/"):
        raise UpstreamInvalid(text=text, form="http://host:port")
    return Upstream(name, parts.hostname, port)


def parse_recorder(text: str) -> Upstream:
    """Read `name=http://host:port`."""
    name, equals, address = text.partition("=")
    if not equals or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]*", name):
        raise UpstreamInvalid(text=text, form="name=http://host:port")
    return parse_upstream(address, name)


@dataclasses.dataclass(frozen=True, slots=True)
class Route:
    """The upstream of a request and the path it is asked for there; no upstream: nothing is there for a browser."""

    upstream: Upstream | None
    path_and_query: str = ""
    reason: str = ""


def route(url: URL, web: Upstream, recorders: Mapping[str, Upstream]) -> Route:
    """Where this address leads. Private parts are recognised however their path is written."""
    raw = url.raw_path_qs
    if not raw.startswith(RECORDERS):
        return Route(web, raw)
    name = raw.removeprefix(RECORDERS).partition("/")[0].partition("?")[0]
    upstream = recorders.get(name)
    if upstream is None:
        return Route(None, reason="There is no recorder of this name here.")
    rest = raw.removeprefix(upstream.prefix)
    segments = [segment for segment in url.path.removeprefix(upstream.prefix).split("/") if segment not in ("", ".")]
    if ".." in segments or (segments and segments[0].casefold() in PRIVATE):
        return Route(None, reason="This is not shown here.")
    return Route(upstream, rest if rest.startswith("/") else f"/{rest}")
