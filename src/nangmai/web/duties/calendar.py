"""What the calendar and the register of acknowledgements open and close: seen by looking, not told by anybody."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from nangmai.base.clock import utc_now
from nangmai.base.units import us_from_datetime, utc_from_us
from nangmai.regulation import duties as rules
from nangmai.regulation.model import Regulation
from nangmai.web.duties import services
from nangmai.web.duties.models import Duty
from nangmai.web.people.models import Assignment
from nangmai.web.people.queries import in_force
from nangmai.web.regulation import versions
from nangmai.web.regulation.models import Acknowledgement, Version

TERM_ENDS_SOON = timedelta(days=30)
ACKNOWLEDGE = "regulation.acknowledge"


def look(*, now: datetime | None = None) -> None:
    """Open what has come due to be opened, close what has been done."""
    now = now or utc_now()
    version = versions.in_force(us_from_datetime(now))
    if version is None:
        return
    regulation = versions.text_of(version)
    begun = max(version.signed_at, regulation.in_force_from)
    _acknowledgements(version, regulation, begun, now)
    for base in regulation.legal_bases:
        if base.status == "repealed":
            _once("legal_basis.repealed", f"legal_basis:{base.number}", begun)
    _renewed(version)
    ends_on = regulation.term_ends_on
    if ends_on is not None and timezone.localdate(now) >= ends_on - TERM_ENDS_SOON:
        _once("term.ending", f"regulation:{version.sha256}", max(begun, _midnight(ends_on - TERM_ENDS_SOON)))
    _periods(regulation, begun, now)


def _once(trigger: str, subject: str, at: datetime) -> None:
    if not Duty.objects.filter(trigger=trigger, subject=subject).exists():
        services.opened(trigger, subject, at=at)


def _renewed(version: Version) -> None:
    """A term that was ending is over with the version that has come into force after it."""
    past = Duty.objects.filter(trigger="term.ending").exclude(subject=f"regulation:{version.sha256}")
    services.ended(past, f"regulation:{version.sha256}")


def _midnight(day: object) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(str(day)), timezone.get_default_timezone())


def _acknowledgements(version: Version, regulation: Regulation, begun: datetime, now: datetime) -> None:
    """One a person; everything else that a new version opens is one for the school."""
    signed = dict(Acknowledgement.objects.filter(version=version).values_list("person_id", "pk"))
    for duty in Duty.objects.filter(done_at=None, trigger="regulation.in_force", person_id__in=signed):
        if duty.version == version.sha256 and duty.person_id is not None:
            number = signed[duty.person_id]
            services.ended(Duty.objects.filter(pk=duty.pk), f"acknowledgement:{number}")
    holders = list(Assignment.objects.filter(in_force(now)).select_related("person").order_by("from_at"))
    for rule in rules.rules_for(regulation, "regulation.in_force"):
        if ACKNOWLEDGE not in rule.acts:
            subject = f"regulation:{version.sha256}"
            if not Duty.objects.filter(norm=rule.norm, subject=subject).exists():
                services.open_duty(rule, regulation, subject, at=begun)
            continue
        known = set(Duty.objects.filter(norm=rule.norm, version=version.sha256).values_list("person_id", flat=True))
        for row in holders:
            if row.role in rule.who and row.person_id not in signed and row.person_id not in known:
                known.add(row.person_id)
                at = max(begun, row.from_at)
                subject = f"account:{row.person_id}"
                services.open_duty(rule, regulation, subject, at=at, person=row.person)


def _periods(regulation: Regulation, begun: datetime, now: datetime) -> None:
    """What comes again: opened when a period ends, the first one after the version has begun."""
    for rule in rules.rules(regulation):
        norm = regulation.norm_by_id[rule.norm]
        if not rule.every or rule.trigger or any(bound.by == "attested" for bound in norm.bound):
            continue
        last = Duty.objects.filter(norm=rule.norm).order_by("-opened_at").first()
        next_us = rules.next_opening(rule, regulation, us_from_datetime(last.opened_at if last else begun))
        if next_us is not None and next_us <= us_from_datetime(now):
            at = utc_from_us(next_us)
            services.open_duty(rule, regulation, f"period:{timezone.localdate(at).isoformat()}", at=at)
