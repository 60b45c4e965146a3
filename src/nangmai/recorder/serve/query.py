"""Reads requests strictly: a parameter that is missing, malformed, unknown or doubled is one clear error."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from aiohttp import web

from nangmai.base.units import US_PER_S
from nangmai.recorder.serve.errors import RequestInvalid
from nangmai.recorder.serve.port import StreamKind

T = TypeVar("T")
MAX_TIME_US = 1 << 53  #: exact in JavaScript


class Query:
    """The parameters of one request. Reading a name twice gives the same answer."""

    def __init__(self, request: web.Request, *names: str) -> None:
        self._values: dict[str, str] = {}
        for name, value in request.query.items():
            if name not in names and name != "ticket":
                raise RequestInvalid(complaint=f"the parameter {name!r} is not known here")
            if name in self._values:
                raise RequestInvalid(complaint=f"the parameter {name!r} is given twice")
            self._values[name] = value

    def integer(self, name: str, least: int, most: int, default: int | None = None) -> int:
        """A whole number within bounds."""
        text = self._values.get(name)
        if text is None:
            if default is None:
                raise RequestInvalid(complaint=f"the parameter {name!r} is missing")
            return default
        return bounded_integer(name, text, least, most)

    def time_us(self, name: str) -> int:
        """A moment in microseconds."""
        return self.integer(name, 0, MAX_TIME_US)

    def period(self, longest_us: int) -> tuple[int, int]:
        """`from` and `to`: a period that is not empty and not too long."""
        from_us, to_us = self.time_us("from"), self.time_us("to")
        check_period(from_us, to_us, longest_us)
        return from_us, to_us

    def text(self, name: str, default: str) -> str:
        """Any text."""
        return self._values.get(name, default)


def check_period(from_us: int, to_us: int, longest_us: int) -> None:
    """Refuse a period that is empty or too long."""
    if from_us >= to_us:
        raise RequestInvalid(complaint="'from' has to be before 'to'")
    if to_us - from_us > longest_us:
        raise RequestInvalid(complaint=f"ask for at most {longest_us // US_PER_S} seconds at once")


def bounded_integer(name: str, text: str, least: int, most: int) -> int:
    """A whole number in decimal digits."""
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise RequestInvalid(complaint=f"{name!r} must be a whole number, not {text[:40]!r}")
    value = int(text)
    if not least <= value <= most:
        raise RequestInvalid(complaint=f"{name!r} must be from {least} to {most}, not {value}")
    return value


def stream_kind(text: str) -> StreamKind:
    """`main` or `sub`."""
    if text not in ("main", "sub"):
        raise RequestInvalid(complaint=f"a stream is 'main' or 'sub', not {text[:40]!r}")
    return cast(StreamKind, text)


def ticket_of(request: web.Request) -> str | None:
    """The ticket of a request: from its `Authorization`, or from the address where a media element asks."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer" and token:
        return token.strip()
    return request.query.get("ticket")


def parse_object(text: str | bytes) -> dict[str, Any]:
    """A JSON object."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise RequestInvalid(complaint="the message is not JSON") from error
    if not isinstance(value, dict):
        raise RequestInvalid(complaint="the message is not a JSON object")
    return value


def field(message: Mapping[str, Any], name: str, kind: type[T], default: T | None = None) -> T:
    """A field of the right type."""
    value = message.get(name, default)
    if value is None:
        raise RequestInvalid(complaint=f"the field {name!r} is missing")
    if type(value) is not kind:
        raise RequestInvalid(complaint=f"the field {name!r} must be {kind.__name__}")
    return value


def choice(message: Mapping[str, Any], name: str, options: tuple[str, ...], default: str | None = None) -> str:
    """A field that takes one of a few values."""
    value = field(message, name, str, default)
    if value not in options:
        raise RequestInvalid(complaint=f"{name!r} must be one of {', '.join(options)}")
    return value
