"""Which duties are open, late, or somebody's."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from nangmai.regulation.model import Regulation
from nangmai.web.accounts.models import User
from nangmai.web.duties.models import Duty
from nangmai.web.people.queries import holdings
from nangmai.web.regulation import versions
from nangmai.web.regulation.models import Version

#: events that are told of somewhere; a duty that waits for another one is not opened by the system yet
TOLD = frozenset(
    {
        "regulation.in_force",
        "legal_basis.repealed",
        "term.ending",
        "watch.unmanned",
        "camera.failed",
        "matters.reported",
    }
)


def open_duties() -> QuerySet[Duty]:
    """All that are not done, the most urgent first."""
    return Duty.objects.filter(done_at=None).select_related("person")


def owed_by(user: User, at: datetime) -> list[Duty]:
    """What the person owes, alone or with others of a role, or was passed on to them."""
    roles = {held.role for held in holdings(user, at)}
    return [duty for duty in open_duties() if _is_owed(duty, user, roles)]


def is_owed_by(duty: Duty, user: User, at: datetime) -> bool:
    """Whether the duty is theirs."""
    return _is_owed(duty, user, {held.role for held in holdings(user, at)})


def _is_owed(duty: Duty, user: User, roles: set[str]) -> bool:
    is_own = duty.person_id == user.pk if duty.person_id else bool(roles & set(duty.roles))
    return is_own or bool(roles & set(duty.escalated))


def regulation_of(duty: Duty) -> Regulation | None:
    """The text that asks for the duty."""
    version = Version.objects.filter(sha256=duty.version).first()
    return None if version is None else versions.text_of(version)
