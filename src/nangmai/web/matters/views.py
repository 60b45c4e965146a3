"""Pages of the register: the list, one matter, filing, collecting, the report, the answer."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nangmai.regulation.acts import ACTS
from nangmai.web.access import signed_in
from nangmai.web.accounts.views import person
from nangmai.web.matters import queries, services
from nangmai.web.matters.forms import AnswerForm, CollectForm, ExplainForm, FileForm, FilterForm, ReportForm
from nangmai.web.matters.models import MATTER, Matter
from nangmai.web.matters.queries import COLLECT, CONSIDER, FILE, PROPOSE, REPORT, SUGGEST
from nangmai.web.regulation.authorities import asker, requires

ROWS_A_PAGE = 30
READS_REPORTS = (REPORT, CONSIDER)


def _seen(request: HttpRequest, matter_id: int) -> Matter:
    return queries.matter_seen_by(person(request), matter_id, all_of_them=queries.sees_all(asker(request)))


def _is_possible(row: Matter, event: str) -> bool:
    return event in {step.event for step in MATTER.events(row.state)}


@signed_in
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The register, newest first: those who go through it see all, others their own."""
    asks = asker(request)
    all_of_them = queries.sees_all(asks)
    form = FilterForm(request.GET, label_suffix="")
    rows = queries.matters_seen_by(person(request), all_of_them=all_of_them)
    is_empty = not rows.exists()
    if form.is_valid():
        rows = queries.found(rows, words=form.cleaned_data["q"], state=form.cleaned_data["state"])
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "form": form,
        "page": Paginator(rows, ROWS_A_PAGE).get_page(request.GET.get("page")),
        "asked": asked.urlencode(),
        "is_empty": is_empty,
        "sees_all": all_of_them,
        "may_report": asks.is_named(REPORT),
        "may_read_reports": any(asks.is_named(act) for act in READS_REPORTS),
    }
    return render(request, "matters/listed.html", context)


@requires(FILE)
@require_http_methods(["GET", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """File a matter: out of a refusal with what was refused, or of one's own accord."""
    act = request.GET.get("act", "")
    act = act if act in ACTS else ""
    clause = queries.known_clauses(request.GET.get("clause", "")) if act else ""
    form = FileForm(
        request.POST if request.method == "POST" else None,
        is_refusal=bool(act),
        may_suggest=asker(request).may(SUGGEST),
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        row = services.file(
            person=person(request), act=act, clause=clause, text=given["text"], suggestion=given.get("suggestion", "")
        )
        messages.success(request, _("It is in the register, and nobody can leave it out of the next report."))
        return redirect("matters:matter", row.pk)
    context = {"form": form, "act": act, "clause": clause, "collects": queries.holders_of(COLLECT)}
    return render(request, "matters/file.html", context)


@signed_in
@require_GET
def matter(request: HttpRequest, matter_id: int) -> HttpResponse:
    """One matter: what happened, how far it has come, what comes next."""
    return _matter_page(request, _seen(request, matter_id), ExplainForm())


def _matter_page(request: HttpRequest, row: Matter, form: ExplainForm) -> HttpResponse:
    asks = asker(request)
    context = {
        "matter": row,
        "form": form,
        "may_explain": _is_possible(row, "explain") and not row.text and row.person == person(request),
        "may_collect": _is_possible(row, "collect") and asks.may(COLLECT),
        "may_answer": _is_possible(row, "amend") and asks.may(CONSIDER),
        "reads_papers": any(asks.is_named(act) for act in READS_REPORTS),
        "collects": queries.holders_of(COLLECT),
        "decides": queries.holders_of(CONSIDER),
    }
    return render(request, "matters/matter.html", context, status=400 if form.errors else 200)


@signed_in
@require_POST
def explain(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Say afterwards what a refusal was about."""
    row, form = _seen(request, matter_id), ExplainForm(request.POST)
    if not form.is_valid():
        return _matter_page(request, row, form)
    services.explain(matter=row, by=person(request), text=form.cleaned_data["text"])
    messages.success(request, _("Your words are in the register."))
    return redirect("matters:matter", matter_id)


@requires(COLLECT)
@require_http_methods(["GET", "POST"])
def collect(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Go through one matter."""
    row = _seen(request, matter_id)
    if not _is_possible(row, "collect"):
        messages.info(request, _("This matter has been collected or reported already."))
        return redirect("matters:matter", matter_id)
    form = CollectForm(request.POST or None, may_propose=asker(request).may(PROPOSE))
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        services.collect(
            matter=row,
            by=person(request),
            topic=given["topic"],
            note=given["note"],
            proposal=given.get("proposal", ""),
        )
        messages.success(request, _("Collected. It goes into the next report."))
        return redirect("matters:listed")
    return render(request, "matters/collect.html", {"form": form, "matter": row, "topics": queries.topics()})


@requires(REPORT)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """What the report will hold, and the button that issues it."""
    last = queries.reports().first()
    form = ReportForm(request.POST or None, initial={"after": last.pk if last else 0})
    if request.method == "POST" and form.is_valid():
        made = services.report(by=person(request), **form.cleaned_data)
        messages.success(request, _("The report is issued. Sign it now; it lies before those who decide."))
        return redirect("documents:document", made.document.token)
    rows = list(queries.open_matters())
    context = {
        "form": form,
        "rows": rows,
        "not_collected": sum(row.collected_at is None for row in rows),
        "decides": queries.holders_of(CONSIDER),
    }
    return render(request, "matters/report.html", context)


@requires(*READS_REPORTS)
@require_GET
def reports(request: HttpRequest) -> HttpResponse:
    """All reports, with what still waits for an answer."""
    page = Paginator(queries.reports(), ROWS_A_PAGE).get_page(request.GET.get("page"))
    return render(
        request,
        "matters/reports.html",
        {
            "page": page,
            "may_report": asker(request).is_named(REPORT),
            "may_answer": asker(request).may(CONSIDER),
        },
    )


@requires(CONSIDER)
@require_http_methods(["GET", "POST"])
def answer(request: HttpRequest, matter_id: int) -> HttpResponse:
    """Amend the regulation, or leave it, and why."""
    row = _seen(request, matter_id)
    if not _is_possible(row, "amend"):
        messages.info(request, _("Only a matter that was reported and has no answer yet can be answered."))
        return redirect("matters:matter", matter_id)
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.answer(
            matter=row, by=person(request), choice=form.cleaned_data["choice"], reason=form.cleaned_data["reason"]
        )
        messages.success(request, _("Answered. Who filed the matter reads it."))
        return redirect("matters:listed")
    return render(request, "matters/answer.html", {"form": form, "matter": row})
