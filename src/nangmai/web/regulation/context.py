"""What every template may ask: which acts the person who looks at it is named for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from nangmai.web.regulation.authorities import May, asker


def acts(request: HttpRequest) -> dict[str, Any]:
    """`may.live.view` and the like."""
    return {"may": May(asker(request))}
