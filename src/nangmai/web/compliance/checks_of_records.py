"""Checks of what is written down: the ledger, recorders' checkpoints, uses that were refused; and what is not built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from django.db.models import Max
from django.db.models.functions import TruncHour
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nangmai.base.units import US_PER_S
from nangmai.regulation.model import Norm
from nangmai.web.compliance.findings import Finding, State
from nangmai.web.compliance.models import LedgerCheck
from nangmai.web.compliance.survey import Survey, period_end
from nangmai.web.duties.queries import TOLD
from nangmai.web.footage.models import Use
from nangmai.web.matters.models import Matter
from nangmai.web.matters.queries import open_matters
from nangmai.web.sites.models import Checkpoint

Check = Callable[[Survey, Norm], Finding]

VERIFIED_WITHIN = timedelta(days=2)
MONTH_US = 30 * 86_400 * US_PER_S
DAY = timedelta(days=1)
#: a checkpoint is made every hour and told with the next report
CHECKPOINT_WITHIN = timedelta(hours=2)


def ledger_whole(survey: Survey, norm: Norm) -> Finding:
    """By the last time all entries were hashed again."""
    proof, last = reverse("ledger:checkpoints"), LedgerCheck.objects.first()
    if last is None:
        return Finding(State.UNKNOWN, _("The ledger has not been verified yet"), proof)
    if last.fault:
        return Finding(State.BROKEN, _("The ledger does not hold: %(fault)s") % {"fault": last.fault}, proof)
    hours = int((survey.now - last.at).total_seconds() // 3600)
    figure = _("%(entries)d entries verified %(hours)d hours ago, all whole") % {
        "entries": last.entries,
        "hours": hours,
    }
    return Finding(State.KEPT if survey.now - last.at <= VERIFIED_WITHIN else State.AT_RISK, figure, proof)


def checkpoints(survey: Survey, norm: Norm) -> Finding:
    """The hours of the last day in which each recorder's checkpoint came."""
    recorders = [recorder for recorder in survey.recorders if recorder.public_key]
    proof = reverse("ledger:checkpoints")
    if not recorders:
        return Finding(State.UNKNOWN, _("No recorder is enrolled"), proof)
    since = survey.now - DAY
    latest = dict(Checkpoint.objects.values_list("recorder_id").annotate(latest=Max("received_at")))
    hours = Checkpoint.objects.filter(received_at__gte=since).annotate(hour=TruncHour("received_at"))
    came = len(set(hours.values_list("recorder_id", "hour")))
    states = []
    for recorder in recorders:
        told = latest.get(recorder.pk, recorder.enrolled_at or since)
        late = survey.now - told
        states.append(State.KEPT if late <= CHECKPOINT_WITHIN else State.AT_RISK if late <= DAY else State.BROKEN)
    figure = _("%(fresh)d of %(all)d recorders have sent a checkpoint in time; %(came)d in the last 24 hours") % {
        "fresh": states.count(State.KEPT),
        "all": len(states),
        "came": came,
    }
    bad = State.BROKEN if State.BROKEN in states else State.AT_RISK
    return Finding(State.KEPT if set(states) == {State.KEPT} else bad, figure, proof)


def unauthorised_views(survey: Survey, norm: Norm) -> Finding:
    """What recorders refused in the last 30 days: for the board to go through."""
    refused = Use.objects.filter(outcome="refused", at_us__gte=survey.now_us - MONTH_US).count()
    figure = _("%(count)d uses refused by recorders in the last 30 days") % {"count": refused}
    return Finding(State.AT_RISK if refused else State.KEPT, figure, reverse("footage:register"))


def matters_open(survey: Survey, norm: Norm) -> Finding:
    """Every open matter has to be in a report within the norm's period, and the time it leaves after that."""
    waiting = Matter.objects.exclude(state__in=(Matter.State.ANSWERED, Matter.State.REPORTED))
    oldest = waiting.order_by("filed_at").first()
    facts = {"open": open_matters().count(), "waiting": waiting.count()}
    figure = _("%(open)d matters are open, %(waiting)d of them not yet reported") % facts
    state = State.KEPT
    if oldest is not None and norm.every:
        due = period_end(oldest.filed_at, norm.every, survey)
        late = period_end(due, norm.within, survey) if norm.within else due
        state = State.BROKEN if survey.now >= late else State.AT_RISK if survey.now >= due else State.KEPT
    return Finding(state, figure, reverse("matters:listed"))


def duties_on_time(survey: Survey, norm: Norm) -> Finding:
    """The duties of this norm; one whose event nobody tells of yet cannot be judged."""
    if norm.trigger not in TOLD and not norm.every:
        return Finding(State.UNKNOWN, _("The system does not follow yet what opens this duty"))
    rows = survey.duties.get(norm.id, [])
    late = sum(due is not None and due < survey.now for due in rows)
    soon = sum(due is not None and survey.now <= due <= survey.now + DAY for due in rows)
    figure = _("%(open)d duties open, %(late)d of them overdue") % {"open": len(rows), "late": late}
    state = State.BROKEN if late else State.AT_RISK if soon else State.KEPT
    return Finding(state, figure, reverse("duties:listed"))


def not_built(sentence: Promise) -> Check:
    """A check whose data the system does not keep yet: unknown, and says why."""

    def check(survey: Survey, norm: Norm) -> Finding:
        return Finding(State.UNKNOWN, str(sentence))

    return check


extraction_register = not_built(
    gettext_lazy("The system takes no footage out yet, so there is no register of extractions")
)
notices = not_built(gettext_lazy("Where notices hang is not kept in the system yet"))
