"""What the person at the page holds now, for the header."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import User
from nangmai.web.people.queries import holdings


def held(request: HttpRequest) -> dict[str, Any]:
    """`held`, looked up only where a template asks."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"held": []}
    return {"held": SimpleLazyObject(lambda: holdings(user, utc_now()))}
