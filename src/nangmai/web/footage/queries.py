"""Look-ups of tickets and their uses."""

from __future__ import annotations

from django.db.models import QuerySet

from nangmai.base.units import US_PER_S
from nangmai.protocol.tickets import LEEWAY_S
from nangmai.web.accounts.models import User
from nangmai.web.footage.models import IssuedTicket, Use
from nangmai.web.sites.models import Recorder


def still_open(now_us: int) -> QuerySet[IssuedTicket]:
    """The tickets that recorders accept: not withdrawn, not past their end and the leeway after it."""
    return IssuedTicket.objects.filter(revoked_us=None, expires_us__gt=now_us - LEEWAY_S * US_PER_S)


def revoked(recorder: Recorder, now_us: int) -> tuple[str, ...]:
    """The tickets this recorder must refuse though their time has not ended."""
    still_us = now_us - LEEWAY_S * US_PER_S
    rows = IssuedTicket.objects.filter(recorder=recorder, revoked_us__isnull=False, expires_us__gt=still_us)
    return tuple(rows.order_by("jti").values_list("jti", flat=True))


def uses(person: User | None = None) -> QuerySet[Use]:
    """Reported uses, newest first; of one person or of all."""
    rows = Use.objects.select_related("recorder")
    return rows if person is None else rows.filter(person=person.username)
