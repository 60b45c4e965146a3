"""Back-off after wrong passwords, per account and per address, kept in the database so that every process sees it.

The first failures are free, since people mistype; then the wait doubles up to a few minutes. The wait of an account is
short enough that a stranger cannot lock a person out of a shift, and long enough that guessing is hopeless.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import BackOff

FREE_FAILURES = {"account": 5, "address": 20}
LONGEST_WAIT = timedelta(minutes=5)
FORGIVEN_AFTER = timedelta(hours=1)


class SignInBlocked(Error):
    """Too many wrong passwords. Wait {seconds} s, then try again."""

    kind: ClassVar[Kind] = Kind.DENIED


def _keys(username: str, address: str | None) -> dict[str, str]:
    return {"account": f"account:{username.lower()[:100]}", "address": f"address:{address or 'unknown'}"}


def check_allowed(username: str, address: str | None) -> None:
    """Raise `SignInBlocked` while the account or the address has to wait."""
    now = timezone.now()
    waits = BackOff.objects.filter(key__in=_keys(username, address).values(), wait_until__gt=now)
    longest = max((wait.wait_until for wait in waits), default=None)
    if longest is not None:
        raise SignInBlocked(seconds=int((longest - now).total_seconds()) + 1)


@transaction.atomic
def record_failure(username: str, address: str | None) -> None:
    """One more wrong password."""
    now = timezone.now()
    for kind, key in _keys(username, address).items():
        row, _made = BackOff.objects.select_for_update().get_or_create(
            key=key, defaults={"failed_at": now, "wait_until": now}
        )
        row.failures = 1 if now - row.failed_at > FORGIVEN_AFTER else row.failures + 1
        row.failed_at = now
        row.wait_until = _wait_until(now, row.failures - FREE_FAILURES[kind])
        row.save()


def _wait_until(now: datetime, excess: int) -> datetime:
    return now if excess < 0 else now + min(LONGEST_WAIT, timedelta(seconds=2 ** min(excess + 1, 16)))


def record_success(username: str, address: str | None) -> None:
    """The right password clears the account; the address keeps its count, or one account would whitewash the rest."""
    BackOff.objects.filter(key=_keys(username, address)["account"]).delete()
