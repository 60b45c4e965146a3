"""Which incidents a person sees, and what they can do with one now."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from nangmai.regulation.facts import Thing
from nangmai.web.accounts.models import User
from nangmai.web.incidents.models import INCIDENT, Incident
from nangmai.web.incidents.services import LOCATE
from nangmai.web.regulation.authorities import Asker

SEE = "incident.see"


def seen_by(user: User, asks: Asker) -> QuerySet[Incident]:
    """Whom the text names sees all, everybody else what they reported or were told to do."""
    rows = Incident.objects.select_related("reported_by").prefetch_related("cameras")
    if asks.may(SEE):
        return rows
    own = Incident.objects.filter(reported_by=user) | Incident.objects.filter(instructions__person=user)
    return rows.filter(pk__in=own.values("pk"))


def one_seen_by(user: User, asks: Asker, incident_id: int) -> Incident:
    """The incident, or not found."""
    found = seen_by(user, asks).filter(pk=incident_id).first()
    if found is None:
        raise Http404
    return found


def open_incidents() -> QuerySet[Incident]:
    """What is not closed, the gravest first."""
    return Incident.objects.exclude(state=Incident.State.CLOSED).order_by("severity", "reported_at")


def possible(incident: Incident, asks: Asker) -> list[str]:
    """The steps that stand open to this person, as buttons show them; the second proof comes with the step."""
    thing = Thing("incident", str(incident.pk), case=incident.name)
    steps = [step.event for step in INCIDENT.events(incident.state) if asks.may(step.act, thing, is_stepped_up=True)]
    if incident.located_at is None and incident.state != Incident.State.CLOSED and asks.may(LOCATE, thing):
        steps.append("locate")
    return steps


def names() -> dict[str, str]:
    """How pages call each."""
    numbers = Incident.objects.values_list("pk", flat=True)
    return {f"incident:{number}": _("Incident %(number)d") % {"number": number} for number in numbers}
