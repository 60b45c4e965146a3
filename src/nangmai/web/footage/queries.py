"""Look-ups of tickets and their uses."""

from __future__ import annotations

from django.db.models import QuerySet

from nangmai.base.units import US_PER_S
from nangmai.protocol.tickets import LEEWAY_S
from nangmai.web.accounts.models import User
from nangmai.web.footage.models import IssuedTicket, Use
from nangmai.web.sites.models import Recorder


def revoked(recorder: Recorder, now_us: int) -> tuple[str, ...]:
    """The tickets this recorder must refuse though their time has not ended."""
    still_us = now_us - LEEWAY_S * US_PER_S
    rows = IssuedTicket.objects.filter(recorder=recorder, revoked_us__isnull=False, expires_us__gt=still_us)
    return tuple(rows.order_by("jti").values_list("jti", flat=True))


def uses(person: User | None = None) -> QuerySet[Use]:
    """Reported uses, newest first; of one person or of all."""
    rows = Use.objects.select_related("recorder")
    return rows if person is None else rows.filter(person=person.username)
