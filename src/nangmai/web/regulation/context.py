"""What every template may ask: which acts the person who looks at it is named for."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nangmai.web.regulation.authorities import May, asker
from nangmai.web.ui.menu import Shown, shown


def acts(request: HttpRequest) -> dict[str, Any]:
    """`may.live.view` and the like, and the menu made of them."""
    may = May(asker(request))
    return {"may": may, "menu": SimpleLazyObject(lambda: _menu(request.path, may))}


def _menu(path: str, may: May) -> dict[str, list[Shown]]:
    return {"main": shown("main", path, may.is_named), "person": shown("person", path, may.is_named)}
