"""Headers that bind the browser: content security policy with a nonce per answer, permissions, no indexing.

`connect-src` names the sockets of this host because older Safari does not count them as 'self'. Workers come from a
blob: the client's decoder is inlined in its script.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'nonce-{nonce}'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "media-src 'self' blob:",
        "worker-src 'self' blob:",
        "connect-src 'self' ws://{host} wss://{host}",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
PERMISSIONS = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), fullscreen=(self)"


class SecurityHeaders:
    """Puts the nonce on the request for templates, and the headers on the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        nonce = secrets.token_urlsafe(16)
        request.csp_nonce = nonce  # type: ignore[attr-defined]
        response = self._get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            response.headers["Content-Security-Policy"] = POLICY.format(nonce=nonce, host=_host(request))
        response.headers["Permissions-Policy"] = PERMISSIONS
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


def _host(request: HttpRequest) -> str:
    """The Host header when it can stand in a header of ours; the policy must not be widened by a forged one."""
    host = request.META.get("HTTP_HOST", "")
    return host if host and all(letter.isalnum() or letter in ".-:[]" for letter in host) else "localhost"
