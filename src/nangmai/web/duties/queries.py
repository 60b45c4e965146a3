"""Which duties are open, late, or somebody's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

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
        "watch.no_show",
        "watch.unconfirmed",
        "watch.unmanned",
        "camera.failed",
        "matters.reported",
        "incident.observed_p1",
        "incident.observed_p2",
        "incident.observed_p3",
        "incident.reported",
        "incident.directed",
        "incident.minuted",
        "data.breached",
        "emergency.used",
        "authority.asked",
        "complaint.lodged",
        "complaint.accepted",
        "evidence.submitted",
        "request.lodged",
    }
)


def open_duties() -> QuerySet[Duty]:
    """All that are not done, the most urgent first."""
    return Duty.objects.filter(done_at=None).select_related("person")


def owed_by(user: User, at: datetime) -> list[Duty]:
    """What the person owes, alone or with others of a role, or was passed on to them."""
    duties = list(open_duties())
    roles = {held.role for held in holdings(user, at)} if duties else set()
    return [duty for duty in duties if _is_owed(duty, user, roles)]


def is_owed_by(duty: Duty, user: User, at: datetime) -> bool:
    """Whether the duty is theirs."""
    return _is_owed(duty, user, {held.role for held in holdings(user, at)})


def _is_owed(duty: Duty, user: User, roles: set[str]) -> bool:
    return is_own(duty, user, roles) or bool(roles & set(duty.escalated))


def is_own(duty: Duty, user: User, roles: set[str]) -> bool:
    """Whether the text itself puts the duty on the person; else it can only have been passed on."""
    return duty.person_id == user.pk if duty.person_id else bool(roles & set(duty.roles))


def acts_of(duty: Duty) -> tuple[str, ...]:
    """What the duty demands, by the text that opened it."""
    return _acts_in(regulation_of(duty), duty)


def _acts_in(regulation: Regulation | None, duty: Duty) -> tuple[str, ...]:
    norm = regulation.norm_by_id.get(duty.norm) if regulation else None
    return norm.acts if norm else ()


def open_about(act: str, **more: Any) -> QuerySet[Duty]:
    """Open duties that demand an act, as far as they are not done by another event."""
    found = [duty.pk for duty in open_duties().filter(**more) if act in acts_of(duty)]
    return Duty.objects.filter(pk__in=found)


def acts_owed(user: User, at: datetime) -> frozenset[str]:
    """What the duties demand that the person owes at this moment."""
    owed = owed_by(user, at)
    kept = Version.objects.filter(sha256__in={duty.version for duty in owed}) if owed else ()
    texts = {version.sha256: versions.text_of(version) for version in kept}
    return frozenset(act for duty in owed for act in _acts_in(texts.get(duty.version), duty))


def regulation_of(duty: Duty) -> Regulation | None:
    """The text that asks for the duty."""
    version = Version.objects.filter(sha256=duty.version).first()
    return None if version is None else versions.text_of(version)
