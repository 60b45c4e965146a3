"""Which headers go on and which belong to one connection alone (RFC 9110 §7.6.1)."""

from __future__ import annotations

from collections.abc import Iterable

from multidict import CIMultiDict, CIMultiDictProxy

HOP_BY_HOP = frozenset(
    {
        "connection",
        "expect",  # answered here: 100 Continue is between neighbours
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
#: said by the gateway alone: whoever sends them may be lying
FORWARDED = frozenset(
    {"forwarded", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host", "x-forwarded-port", "x-real-ip"}
)


def end_to_end(headers: CIMultiDictProxy[str], without: Iterable[str] = ()) -> CIMultiDict[str]:
    """The headers meant for the other end, less those `without`."""
    named = {name.strip().lower() for value in headers.getall("Connection", ()) for name in value.split(",")}
    left_out = HOP_BY_HOP | named | {name.lower() for name in without}
    return CIMultiDict((name, value) for name, value in headers.items() if name.lower() not in left_out)


def towards_upstream(
    headers: CIMultiDictProxy[str], *, client: str | None, is_tls: bool, host: str
) -> CIMultiDict[str]:
    """A request's headers as the upstream gets them: the gateway's own word on who asks, and how."""
    passed = end_to_end(headers, FORWARDED)
    passed["X-Forwarded-For"] = client or "unknown"
    passed["X-Forwarded-Proto"] = "https" if is_tls else "http"
    passed["X-Forwarded-Host"] = host
    return passed
