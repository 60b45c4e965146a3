"""Back-off after wrong passwords and codes, per account and address, in the database so that every process sees it.

The first failures are free, since people mistype; then the wait doubles up to a few minutes. The wait of an account is
short enough that a stranger cannot lock a person out of a shift, and long enough that guessing is hopeless.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Literal

from django.db import transaction

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import BackOff

Gate = Literal["account", "factor"]

FREE_FAILURES = {"account": 5, "factor": 5, "address": 20}
LONGEST_WAIT = timedelta(minutes=5)
#: whoever tries codes is signed in already, and a code has six digits: the wait may hurt, the shift goes on meanwhile
LONGEST_FACTOR_WAIT = timedelta(hours=1)
FORGIVEN_AFTER = {"account": timedelta(hours=1), "factor": timedelta(days=1), "address": timedelta(hours=1)}


class SignInBlocked(Error):
    """Too many wrong passwords. Wait {seconds} s, then try again."""

    kind: ClassVar[Kind] = Kind.DENIED


class ProofBlocked(SignInBlocked):
    """Too many wrong codes. Wait {seconds} s, then try again."""


def _keys(username: str, address: str | None, gate: Gate) -> dict[str, str]:
    return {gate: f"{gate}:{username.lower()[:100]}", "address": f"address:{address or 'unknown'}"}


def check_allowed(username: str, address: str | None, gate: Gate = "account") -> None:
    """Raise `SignInBlocked` while the account or the address has to wait."""
    now = utc_now()
    waits = BackOff.objects.filter(key__in=_keys(username, address, gate).values(), wait_until__gt=now)
    longest = max((wait.wait_until for wait in waits), default=None)
    if longest is not None:
        blocked = SignInBlocked if gate == "account" else ProofBlocked
        raise blocked(seconds=int((longest - now).total_seconds()) + 1)


@transaction.atomic
def record_failure(username: str, address: str | None, gate: Gate = "account") -> None:
    """One more wrong password or code."""
    now = utc_now()
    for kind, key in _keys(username, address, gate).items():
        row, _made = BackOff.objects.select_for_update().get_or_create(
            key=key, defaults={"failed_at": now, "wait_until": now}
        )
        row.failures = 1 if now - row.failed_at > FORGIVEN_AFTER[kind] else row.failures + 1
        row.failed_at = now
        longest = LONGEST_FACTOR_WAIT if kind == "factor" else LONGEST_WAIT
        row.wait_until = _wait_until(now, row.failures - FREE_FAILURES[kind], longest)
        row.save()


def _wait_until(now: datetime, excess: int, longest: timedelta) -> datetime:
    return now if excess < 0 else now + min(longest, timedelta(seconds=2 ** min(excess + 1, 16)))


def record_success(username: str, address: str | None, gate: Gate = "account") -> None:
    """The right proof clears the account; the address keeps its count, or one account would whitewash the rest."""
    BackOff.objects.filter(key=_keys(username, address, gate)[gate]).delete()
