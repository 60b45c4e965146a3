"""The second person at a console proves who they are, without a session of their own yet."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import authenticate
from django.http import HttpRequest

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts import throttle
from nangmai.web.accounts.models import User


class IncomingUnproven(Error):
    """Account name and password of who takes over do not fit. Check both, then try again."""

    kind: ClassVar[Kind] = Kind.DENIED


def prove(*, request: HttpRequest, username: str, password: str) -> User:
    """The person, under the same back-off as signing in."""
    address = request.META.get("REMOTE_ADDR") or None
    throttle.check_allowed(username, address)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        throttle.record_failure(username, address)
        raise IncomingUnproven
    throttle.record_success(username, address)
    return user
