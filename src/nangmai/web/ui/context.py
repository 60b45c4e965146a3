"""What every template may use: the theme, and the nonce of this answer."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "nangmai_theme"


def page(request: HttpRequest) -> dict[str, Any]:
    """Theme and nonce."""
    theme = request.COOKIES.get(THEME_COOKIE, "auto")
    return {
        "theme": theme if theme in THEMES else "auto",
        "nonce": getattr(request, "csp_nonce", ""),
    }
