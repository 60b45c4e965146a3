"""What changes accounts and sessions: signing in and out, ending sessions, setting passwords, adding people."""

from __future__ import annotations

import secrets

from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from nangmai.base.clock import utc_now
from nangmai.web.accounts import throttle
from nangmai.web.accounts.models import SignIn, User
from nangmai.web.accounts.signals import acted, session_ended

#: letters and digits nobody confuses on paper
LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"


def sign_in(*, request: HttpRequest, username: str, password: str) -> User | None:
    """Check the password and start a session; None when they do not fit, `SignInBlocked` when it is too early."""
    address = request.META.get("REMOTE_ADDR") or None
    throttle.check_allowed(username, address)
    user = authenticate(request, username=username, password=password)
    if not isinstance(user, User):
        _refuse(request, username, address)
        return None
    with transaction.atomic():
        throttle.record_success(username, address)
        open_session(request=request, user=user)
    return user


@transaction.atomic
def open_session(*, request: HttpRequest, user: User) -> SignIn:
    """Begin a session for somebody who has proven who they are."""
    login(request, user)
    now = utc_now()
    row = SignIn.objects.create(
        user=user,
        session_key=_session_key(request),
        started_at=now,
        seen_at=now,
        address=request.META.get("REMOTE_ADDR") or None,
        browser=_browser(request),
    )
    acted.send(sender=SignIn, act="session.opened", user=user, personal=_origin(request))
    return row


@transaction.atomic
def _refuse(request: HttpRequest, username: str, address: str | None) -> None:
    """A wrong password counts, and is written down; the name that was typed may be a password, so it stays out."""
    throttle.record_failure(username, address)
    known = User.objects.filter(username=username.lower()).first()
    acted.send(sender=SignIn, act="session.opened", user=known, outcome="failed", personal=_origin(request))


def _origin(request: HttpRequest) -> dict[str, str]:
    """From where, for the ledger."""
    return {"address": request.META.get("REMOTE_ADDR") or "", "browser": _browser(request)}


def _browser(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[:200]


def sign_out(*, request: HttpRequest) -> None:
    """End this session and everything it opened."""
    end_sessions(SignIn.objects.filter(session_key=request.session.session_key or ""))
    logout(request)


def end_session(*, user: User, sign_in_id: int) -> bool:
    """End another session of the same person; False when there is none."""
    return end_sessions(user.sign_ins.filter(pk=sign_in_id)) > 0


def end_sessions(sign_ins: QuerySet[SignIn]) -> int:
    """End these sessions; who listens to `session_ended` withdraws their tickets."""
    ended = 0
    for known in list(sign_ins.select_related("user")):
        with transaction.atomic():
            Session.objects.filter(session_key=known.session_key).delete()
            known.delete()
            session_ended.send(sender=SignIn, session_key=known.session_key)
            acted.send(sender=SignIn, act="session.closed", user=known.user)
        ended += 1
    return ended


def change_password(*, request: HttpRequest, user: User, password: str) -> None:
    """Set the person's own password: this session stays, every other one ends."""
    user.set_password(password)
    user.must_change_password = False
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        acted.send(sender=User, act="password.changed", user=user, personal=_origin(request))
    end_sessions(user.sign_ins.exclude(session_key=request.session.session_key or ""))
    old_key = request.session.session_key
    update_session_auth_hash(request, user)
    user.sign_ins.filter(session_key=old_key).update(session_key=_session_key(request))


def add_user(*, username: str, display_name: str, password: str | None = None) -> tuple[User, str]:
    """A new account and its password; one that nobody chose works once and has to be changed at first sign-in."""
    chosen = password or one_time_password()
    with transaction.atomic():
        user = User.objects.create_user(
            username, password=chosen, display_name=display_name, must_change_password=password is None
        )
        acted.send(
            sender=User,
            act="account.added",
            user=user,
            is_by_system=True,
            personal={"name": user.display_name, "username": user.username},
        )
    return user, chosen


def one_time_password() -> str:
    """Sixteen legible characters in four groups: 79 bits."""
    return "-".join("".join(secrets.choice(LEGIBLE) for _ in range(4)) for _ in range(4))


def _session_key(request: HttpRequest) -> str:
    if request.session.session_key is None:
        request.session.save()
    return request.session.session_key or ""
