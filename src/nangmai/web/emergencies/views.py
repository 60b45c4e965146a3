"""Pages of emergencies: what was invoked, the form that invokes, the answer of the board."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from nangmai.base.clock import utc_now
from nangmai.web.access import signed_in
from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.emergencies import queries, services
from nangmai.web.emergencies.forms import AnswerForm, InvokeForm
from nangmai.web.regulation.authorities import asker, requires

ROWS_A_PAGE = 30


@signed_in
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """Who ratifies sees all, everybody else their own."""
    asks = asker(request)
    rows = queries.seen_by(person(request), asks)
    context = {
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "now": utc_now(),
        "may_ratify": asks.is_named(queries.RATIFY),
        "may_invoke": bool(services.permission(asks).obligations),
    }
    return render(request, "emergencies/listed.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def invoke(request: HttpRequest) -> HttpResponse:
    """Say why it cannot wait, and look."""
    form, asks = InvokeForm(request.POST or None), asker(request)
    if request.method == "POST" and form.is_valid():
        services.invoke(by=person(request), reason=form.cleaned_data["reason"])
        messages.success(request, _("You may look now. The board has been told and will judge it."))
        return redirect("footage:review")
    decision = services.permission(asks)
    context = {
        "form": form,
        "may_invoke": bool(decision.obligations),
        "clauses": ", ".join(decision.clauses),
        "minutes": asks.number("break_glass_minutes"),
        "hours": asks.number("ratify_hours"),
        "lasts": int(services.LASTS.total_seconds() // 60),
    }
    return render(request, "emergencies/invoke.html", context)


@requires(queries.RATIFY)
@step_up()
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """Judge it afterwards."""
    row = get_object_or_404(queries.seen_by(person(request), asker(request)), pk=emergency_id)
    form = AnswerForm(typed(request))
    if request.method == "POST" and form.is_valid():
        act = services.ratify if form.cleaned_data["event"] == "ratify" else services.reject
        words = form.cleaned_data["answer"]
        act(emergency=row, by=person(request), answer=words, is_stepped_up=is_stepped_up(request))
        messages.success(request, _("Written down."))
        return redirect("emergencies:listed")
    return render(request, "emergencies/answer.html", {"form": form, "emergency": row})
