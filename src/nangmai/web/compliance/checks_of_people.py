"""Checks of what people owe: the watch, acknowledgements, assignments, and the text itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nangmai.regulation.model import Norm
from nangmai.web.compliance.findings import Finding, State
from nangmai.web.compliance.survey import Survey
from nangmai.web.ledger.models import Entry
from nangmai.web.people.models import Assignment
from nangmai.web.watch import queries as watch
from nangmai.web.watch.models import Post, RosterWeek, Shift

WEEK = timedelta(days=7)
TERM_ENDS_SOON = timedelta(days=30)


def watch_coverage(survey: Survey, norm: Norm) -> Finding:
    """The seven days behind us by who was there, the seven before us by what is published."""
    proof = reverse("watch:roster")
    published = Shift.objects.filter(week__state=RosterWeek.State.PUBLISHED, post__is_continuous=True)
    first = published.select_related("week").order_by("week__published_at", "starts_at").first()
    if first is None or not Post.objects.filter(is_continuous=True).exists():
        return Finding(State.BROKEN, _("No roster has been published, so nobody is on watch by it"), proof)
    now = survey.now
    # Nobody could take a shift before there was a roster.
    begin = min(max(first.starts_at, first.week.published_at or now, now - WEEK), now)
    behind = _minutes(begin, now, now)
    ahead = _minutes(now, now + WEEK, now)
    figure = _("%(behind)s without anybody in the last 7 days, %(ahead)s not yet planned in the next 7") % {
        "behind": _in_hours(behind),
        "ahead": _in_hours(ahead),
    }
    state = State.BROKEN if behind else State.AT_RISK if ahead else State.KEPT
    return Finding(state, figure, proof)


def _minutes(begin: datetime, end: datetime, now: datetime) -> int:
    if begin >= end:
        return 0
    return sum(int(one.period.length.total_seconds() // 60) for one in watch.uncovered(begin, end, now=now))


def _in_hours(minutes: int) -> str:
    return _("%(hours)d h %(minutes)02d min") % {"hours": minutes // 60, "minutes": minutes % 60}


def acknowledgements(survey: Survey, norm: Norm) -> Finding:
    """Everybody the norm names signs within its days, counted from the version or from their own assignment."""
    within = timedelta(days=survey.number("acknowledge_days"))
    since: dict[int, datetime] = {}
    for row in survey.assignments:
        if row.role in norm.who:
            since[row.person_id] = min(row.from_at, since.get(row.person_id, row.from_at))
    missing = {person: begun for person, begun in since.items() if person not in survey.acknowledged}
    late = sum(max(begun, survey.begun) + within < survey.now for begun in missing.values())
    figure = _("%(signed)d of %(all)d people have signed; %(late)d are late") % {
        "signed": len(since) - len(missing),
        "all": len(since),
        "late": late,
    }
    if not since:
        return Finding(State.UNKNOWN, _("Nobody is assigned whom this clause names"), reverse("people:people"))
    state = State.BROKEN if late else State.AT_RISK if missing else State.KEPT
    return Finding(state, figure, reverse("regulation:versions"))


def assignments_signed(survey: Survey, norm: Norm) -> Finding:
    """Those of the command line have nobody's signature."""
    rows = survey.assignments
    unsigned = sum(row.origin != Assignment.Origin.SIGNED for row in rows)
    figure = _("%(signed)d of %(all)d assignments in force carry the board's signature") % {
        "signed": len(rows) - unsigned,
        "all": len(rows),
    }
    state = State.BROKEN if not rows else State.AT_RISK if unsigned else State.KEPT
    return Finding(state, figure, reverse("people:people"))


def legal_bases(survey: Survey, norm: Norm) -> Finding:
    """The papers the text rests on, as its signer knew them."""
    bases = survey.regulation.legal_bases
    repealed = sum(base.status == "repealed" for base in bases)
    amended = sum(base.status == "amended" for base in bases)
    figure = _("%(good)d of %(all)d legal bases are in force; %(amended)d amended, %(repealed)d repealed") % {
        "good": len(bases) - repealed - amended,
        "all": len(bases),
        "amended": amended,
        "repealed": repealed,
    }
    state = State.BROKEN if repealed or not bases else State.AT_RISK if amended else State.KEPT
    return Finding(state, figure, reverse("regulation:text"))


def term(survey: Survey, norm: Norm) -> Finding:
    """A text that has run out goes on with a warning where it says so."""
    proof, ends_on = reverse("regulation:versions"), survey.regulation.term_ends_on
    if ends_on is None:
        return Finding(State.UNKNOWN, _("The text sets no term"), proof)
    left = ends_on - timezone.localdate(survey.now)
    if left < timedelta():
        goes_on = survey.regulation.parameter("on_term_end") == "continue_with_warning"
        figure = _("The term ended %(days)d days ago; the text goes on with this warning until a new one is signed")
        if not goes_on:
            figure = _("The term ended %(days)d days ago; a new text has to be signed")
        return Finding(State.AT_RISK if goes_on else State.BROKEN, figure % {"days": -left.days}, proof)
    figure = ngettext("%(days)d day until the term ends", "%(days)d days until the term ends", left.days)
    state = State.AT_RISK if left <= TERM_ENDS_SOON else State.KEPT
    return Finding(state, figure % {"days": left.days}, proof)


def published_text(survey: Survey, norm: Norm) -> Finding:
    """Its hash in the ledger; the page on which everybody reads it always shows what is in force."""
    told = Entry.objects.filter(
        act__in=("regulation.published", "regulation.adopted"), body__contains=survey.version.sha256
    )
    seq = told.values_list("seq", flat=True).first()
    if seq is None:
        return Finding(State.BROKEN, _("The ledger does not tell of this text"), reverse("regulation:versions"))
    figure = _("Everybody can read it without signing in; its hash stands in the ledger, entry %(seq)d")
    return Finding(State.KEPT, figure % {"seq": seq}, reverse("public_regulation"))
