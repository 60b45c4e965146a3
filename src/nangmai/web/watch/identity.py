"""The second person at a console proves who they are, without a session of their own yet."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth import authenticate
from django.http import HttpRequest

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts import throttle
from nangmai.web.accounts.factors import check_totp, factors_of
from nangmai.web.accounts.models import SignIn, User
from nangmai.web.accounts.signals import acted


class IncomingUnproven(Error):
    """Account name, password and code of who takes over do not fit. Check them, then try again."""

    kind: ClassVar[Kind] = Kind.DENIED


def prove(*, request: HttpRequest, username: str, password: str, code: str = "") -> User:
    """The person, under the same back-off as signing in; who has an authenticator app gives its code as well."""
    address = request.META.get("REMOTE_ADDR") or None
    throttle.check_allowed(username, address)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        throttle.record_failure(username, address)
        raise IncomingUnproven
    is_right = True
    if factors_of(user).totp is not None:
        throttle.check_allowed(username, address, "factor")
        is_right = check_totp(user, "".join(code.split()))
        (throttle.record_success if is_right else throttle.record_failure)(username, address, "factor")
    acted.send(
        sender=SignIn,
        act="identity.proven",
        user=user,
        outcome="done" if is_right else "failed",
        facts={"by": "handover"},
    )
    if not is_right:
        raise IncomingUnproven
    throttle.record_success(username, address)
    return user
