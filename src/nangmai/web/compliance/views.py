"""The compliance board, and the page on which a person attests a norm."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nangmai.base.clock import utc_now
from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.compliance import attesting, queries, services
from nangmai.web.compliance.forms import AttestationForm
from nangmai.web.compliance.survey import Survey
from nangmai.web.people.queries import holdings
from nangmai.web.regulation.authorities import requires, said
from nangmai.web.regulation.queries import norm_line, role_name


@requires("compliance.see")
def board(request: HttpRequest) -> HttpResponse:
    """Each clause: kept, at risk or not; by what, and for how long."""
    survey = Survey()
    context = {"board": queries.board(survey), "version": survey.version, "now": survey.now}
    return render(request, "compliance/board.html", context)


@requires(services.ACT)
def mine(request: HttpRequest) -> HttpResponse:
    """What the text has the person's own roles attest, the most urgent first."""
    survey = Survey()
    roles = {held.role for held in holdings(person(request), survey.now, act=services.ACT)}
    rows = queries.attested_in(survey, roles)
    return render(request, "compliance/mine.html", {"rows": rows, "version": survey.version})


@requires(services.ACT)
@step_up()
@require_http_methods(["GET", "POST"])
def attest(request: HttpRequest, norm: str) -> HttpResponse:
    """Say that a norm was kept."""
    survey, user = Survey(), person(request)
    found = survey.regulation.norm_by_id.get(norm)
    bound = None if found is None else queries.attested_by(found)
    if found is None or bound is None:
        raise Http404
    form = AttestationForm(typed(request))
    if request.method == "POST" and form.is_valid():
        services.attest(by=user, norm=found, text=form.cleaned_data["text"], is_stepped_up=is_stepped_up(request))
        messages.success(request, _("Your attestation is signed and stands in the ledger."))
        return redirect("compliance:mine")
    clause = next(one for one in survey.regulation.clauses if one.id == found.clause)
    context = {
        "norm": norm_line(found, survey.regulation),
        "clause": clause.id,
        "text": said(clause.text),
        "role": role_name(survey.regulation, bound.name),
        "is_mine": any(one.role == bound.name for one in holdings(user, utc_now(), act=services.ACT)),
        "finding": attesting.finding(survey, found, bound),
        "known": queries.attestations(found)[:12],
        "form": form,
    }
    return render(request, "compliance/attest.html", context)
