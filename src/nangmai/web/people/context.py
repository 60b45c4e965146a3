"""What the person at the page holds now, and whether the register of people is open, for the menu."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from nangmai.web.accounts.models import User
from nangmai.web.authority import authority
from nangmai.web.people.queries import holdings


def held(request: HttpRequest) -> dict[str, Any]:
    """`held` and `may_see_people`, looked up only where a template asks."""
    user = getattr(request, "user", None)
    if not isinstance(user, User):
        return {"held": [], "may_see_people": False}
    return {
        "held": SimpleLazyObject(lambda: holdings(user, timezone.now())),
        "may_see_people": SimpleLazyObject(lambda: authority().may_do(user, "people.see")),
    }
