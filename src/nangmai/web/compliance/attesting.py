"""What an attested norm is worth at a moment: when it was last said to be kept, and when it has to be said again."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from nangmai.regulation.model import Bound, Norm
from nangmai.web.compliance.findings import Finding, State
from nangmai.web.compliance.survey import Survey, period_end
from nangmai.web.regulation.queries import role_name

SOONEST = timedelta(days=14)


def finding(survey: Survey, norm: Norm, bound: Bound) -> Finding:
    """Kept within the period of an attestation, at risk when it ends soon or none was given yet, then broken."""
    last = survey.attested.get(norm.id)
    since = last or survey.begun
    due = period_end(since, bound.every, survey)
    facts = {
        "role": role_name(survey.regulation, bound.name),
        "due": _day(due),
        "last": _day(last) if last else "",
    }
    proof = reverse("compliance:attest", args=[norm.id])
    if survey.now >= due:
        return Finding(State.BROKEN, _("%(role)s should have attested by %(due)s") % facts, proof)
    if last is None:
        return Finding(State.AT_RISK, _("%(role)s has not attested yet; due by %(due)s") % facts, proof)
    is_soon = due - survey.now <= min(SOONEST, (due - since) / 4)
    state = State.AT_RISK if is_soon else State.KEPT
    return Finding(state, _("%(role)s attested on %(last)s; next by %(due)s") % facts, proof)


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "SHORT_DATE_FORMAT")
