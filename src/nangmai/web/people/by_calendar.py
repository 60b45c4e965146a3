"""What ends or begins by the calendar, with nobody pressing anything: told to who listens within a second."""

from __future__ import annotations

from datetime import datetime, timedelta

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import User
from nangmai.web.people.models import Assignment, Delegation, Recusal
from nangmai.web.people.signals import holdings_changed

#: longer than any ticket lasts: what nobody announced while web was down is announced when it is back
ANNOUNCED_FOR = timedelta(hours=1)


def announce() -> int:
    """Send `holdings_changed` for holdings that ended and recusals that began; run every second, may be repeated."""
    now = utc_now()
    ended = {"until_at__lte": now, "until_at__gt": now - ANNOUNCED_FOR}
    begun = {"from_at__lte": now, "from_at__gt": now - ANNOUNCED_FOR}
    told: list[tuple[User, datetime | None]] = []
    for assignment in (
        Assignment.objects.filter(**ended).select_related("person").prefetch_related("delegations__taker")
    ):
        told.append((assignment.person, assignment.until_at))
        told.extend((given.taker, assignment.until_at) for given in assignment.delegations.all())
    told.extend((row.taker, row.until_at) for row in Delegation.objects.filter(**ended).select_related("taker"))
    told.extend((row.person, row.from_at) for row in Recusal.objects.filter(**begun).select_related("person"))
    for person, at in told:
        holdings_changed.send(sender=Assignment, person=person, at=at)
    return len(told)
