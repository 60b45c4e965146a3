"""Which entries of the menu this person has."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from nangmai.web.accounts.models import User
from nangmai.web.footage.policies import may


def menu(request: HttpRequest) -> dict[str, Any]:
    """`may`: right -> whether any clause grants it to this person."""
    user = getattr(request, "user", None)
    return {"may": may(user) if isinstance(user, User) else {}}
