"""Which directions cover what, and what waits for the board."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import User
from nangmai.web.directions.models import Asked, Direction


def valid(at: datetime | None = None) -> QuerySet[Direction]:
    """Directions that count at a moment."""
    at = at or utc_now()
    is_not_withdrawn = Q(withdrawn_at=None) | Q(withdrawn_at__gt=at)
    return Direction.objects.filter(is_not_withdrawn, signed_at__lte=at, until_at__gt=at)


def overlapping(user: User, recorder: str, camera_id: str, span: tuple[int, int], at: datetime) -> QuerySet[Direction]:
    """Directions to this person that have the camera and some of the period."""
    return valid(at).filter(
        person=user,
        cameras__recorder__name=recorder,
        cameras__camera_id=camera_id,
        from_us__lt=span[1],
        to_us__gt=span[0],
    )


def directions_seen_by(user: User, *, is_board: bool) -> QuerySet[Direction]:
    """The board sees all, everybody else what was given to them."""
    rows = Direction.objects.select_related("person", "signed_by").prefetch_related("cameras__recorder")
    return rows if is_board else rows.filter(person=user)


def asked_seen_by(user: User, *, is_board: bool) -> QuerySet[Asked]:
    """The same for requests."""
    rows = Asked.objects.select_related("person", "answered_by").prefetch_related("cameras__recorder")
    return rows if is_board else rows.filter(person=user)
