"""Which emergencies count, and who sees them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from nangmai.web.accounts.models import User
from nangmai.web.emergencies.models import Emergency
from nangmai.web.regulation.authorities import Asker

RATIFY = "emergency.ratify"


def valid(at: datetime) -> QuerySet[Emergency]:
    """Those that let somebody see at a moment."""
    return Emergency.objects.filter(invoked_at__lte=at, until_at__gt=at).exclude(state=Emergency.State.REJECTED)


def seen_by(user: User, asks: Asker) -> QuerySet[Emergency]:
    """Who ratifies sees all, everybody else their own."""
    rows = Emergency.objects.select_related("person", "answered_by")
    return rows if asks.is_named(RATIFY) else rows.filter(person=user)


def names() -> dict[str, str]:
    """How pages call each."""
    numbers = Emergency.objects.values_list("pk", flat=True)
    return {f"emergency:{number}": _("Emergency view %(number)d") % {"number": number} for number in numbers}
