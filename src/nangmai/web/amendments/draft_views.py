"""The pages by which a draft is written: parameters, text, norms, legal bases. Others may read what they show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.base.errors import Error, Kind
from nangmai.regulation.model import Clause, Norm, Regulation
from nangmai.web.accounts.views import person
from nangmai.web.amendments import drafts, queries, services
from nangmai.web.amendments.draft_forms import BasesForm, ClauseForm, NormForm, ParametersForm, TermForm, as_rows
from nangmai.web.amendments.forms import MattersForm
from nangmai.web.amendments.models import Amendment
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import asker, requires
from nangmai.web.regulation.queries import articles_of, norm_line


class PartUnknown(Error):
    """The draft has no such clause or norm any more; somebody may have removed it."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


def row_of(amendment_id: int) -> Amendment:
    return get_object_or_404(Amendment.objects.select_related("base"), pk=amendment_id)


def shown(request: HttpRequest, row: Amendment, tab: str, **more: Any) -> dict[str, Any]:
    """What every tab needs. `seen` comes back with the form, so that nobody writes over somebody else's change."""
    may_write = queries.may_write(row, asker(request))
    context = {"amendment": row, "tab": tab, "may_write": may_write, "seen": row.changed_at.isoformat()}
    return context | {"undoable": queries.undoable(row) if may_write else ""} | more


def change(request: HttpRequest, row: Amendment, part: str, edit: Callable[[Regulation], Regulation]) -> None:
    seen = parse_datetime(request.POST.get("seen", ""))
    services.change(amendment=row, by=person(request), part=part, edit=edit, seen=seen)
    messages.success(request, _("The draft is changed. Look at what it would do."))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def parameters(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """Every choice that the text leaves open."""
    row = row_of(amendment_id)
    form = ParametersForm(request.POST or None, draft=services.draft_of(row), base=versions.text_of(row.base))
    if request.method == "POST" and form.is_valid():
        change(request, row, "parameters", lambda draft: drafts.with_parameters(draft, form.cleaned_data))
        return redirect("amendments:amendment", amendment_id)
    return render(request, "amendments/parameters.html", shown(request, row, "parameters", form=form))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def matters(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """Which matters of the register the draft answers."""
    row = row_of(amendment_id)
    form = MattersForm(request.POST if request.method == "POST" else None, initial={"matters": row.matters.all()})
    if request.method == "POST" and form.is_valid():
        services.answer(amendment=row, by=person(request), matters=form.cleaned_data["matters"])
        messages.success(request, _("The draft names the matters it answers."))
        return redirect("amendments:amendment", amendment_id)
    return render(request, "amendments/matters.html", shown(request, row, "matters", form=form))


@requires("regulation.read")
def text(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """The whole draft, clauses beside their norms."""
    row = row_of(amendment_id)
    articles = articles_of(services.draft_of(row))
    return render(request, "amendments/text.html", shown(request, row, "text", articles=articles))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def clause(request: HttpRequest, amendment_id: int, clause_id: str) -> HttpResponse:
    """The words of one clause, and its norms."""
    row = row_of(amendment_id)
    draft = services.draft_of(row)
    found = clause_of(draft, clause_id)
    form = ClauseForm(request.POST or None, initial=found.text._asdict())
    if request.method == "POST" and form.is_valid():
        change(request, row, clause_id, lambda known: drafts.with_clause_text(known, clause_id, form.text))
        return redirect("amendments:clause", amendment_id, clause_id)
    norms = [(norm.id.partition("/")[2], norm_line(norm, draft)) for norm in found.norms]
    context = shown(request, row, "text", form=form, clause=found, norms=norms)
    return render(request, "amendments/clause.html", context)


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def new_norm(request: HttpRequest, amendment_id: int, clause_id: str) -> HttpResponse:
    """A further norm of a clause."""
    row = row_of(amendment_id)
    return _norm_page(request, row, clause_of(services.draft_of(row), clause_id), None)


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def norm(request: HttpRequest, amendment_id: int, clause_id: str, norm_name: str) -> HttpResponse:
    """One norm of a clause."""
    row = row_of(amendment_id)
    draft = services.draft_of(row)
    return _norm_page(request, row, clause_of(draft, clause_id), norm_of(draft, f"{clause_id}/{norm_name}"))


def _norm_page(request: HttpRequest, row: Amendment, found: Clause, norm: Norm | None) -> HttpResponse:
    form = NormForm(request.POST or None, draft=services.draft_of(row), clause_id=found.id, norm=norm)
    if request.method == "POST" and form.is_valid():
        change(request, row, form.norm.id, lambda draft: drafts.with_norm(draft, form.norm))
        return redirect("amendments:clause", row.pk, found.id)
    return render(request, "amendments/norm.html", shown(request, row, "text", form=form, clause=found, norm=norm))


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def bases(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """What the text rests on, and until when it is meant."""
    row = row_of(amendment_id)
    draft = services.draft_of(row)
    rows = BasesForm(request.POST or None, initial=as_rows(draft.legal_bases), prefix="basis")
    term = TermForm(request.POST or None, initial={"term_ends_on": draft.term_ends_on})
    if request.method == "POST" and rows.is_valid() and term.is_valid():
        kept = [form.basis for form in rows if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        ends_on = term.cleaned_data["term_ends_on"]
        change(request, row, "legal bases", lambda known: drafts.with_bases(known, kept, ends_on))
        return redirect("amendments:bases", amendment_id)
    return render(request, "amendments/bases.html", shown(request, row, "bases", rows=rows, term=term))


@requires(*services.WRITERS)
@require_POST
def undo(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """Take the last change back."""
    seen = parse_datetime(request.POST.get("seen", ""))
    part = services.undo(amendment=row_of(amendment_id), by=person(request), seen=seen)
    messages.success(request, _("Undone: {part}.").format(part=queries.part_name(part)))
    return redirect("amendments:text", amendment_id)


def clause_of(draft: Regulation, clause_id: str) -> Clause:
    found = next((one for one in draft.clauses if one.id == clause_id), None)
    if found is None:
        raise PartUnknown
    return found


def norm_of(draft: Regulation, norm_id: str) -> Norm:
    found = draft.norm_by_id.get(norm_id)
    if found is None:
        raise PartUnknown
    return found
