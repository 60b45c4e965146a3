"""Keeps the list of sessions true: notes when a session was last seen, and insists on a new password where due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import SignIn, User

NOTED_EVERY = timedelta(minutes=1)


class KnownSession:
    """After authentication: one small update a minute and session at most."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        user = request.user
        if isinstance(user, User):
            now = utc_now()
            SignIn.objects.filter(session_key=request.session.session_key, seen_at__lt=now - NOTED_EVERY).update(
                seen_at=now
            )
            if user.must_change_password and not self._is_open(request.path):
                return HttpResponseRedirect(reverse("accounts:password"))
        return self._get_response(request)

    @staticmethod
    def _is_open(path: str) -> bool:
        """Pages a person may see before the one-time password is replaced."""
        return path.startswith("/ui/") or path in (reverse("accounts:password"), reverse("accounts:sign_out"))
