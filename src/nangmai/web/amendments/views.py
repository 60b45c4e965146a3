"""Amendments: the list, what one would do, what is wrong with it, opinions, the next step, the signature."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.amendments import queries, services
from nangmai.web.amendments.forms import BeginForm, OpinionForm, SignForm, matter_line
from nangmai.web.amendments.models import Amendment
from nangmai.web.regulation.authorities import asker, requires


def _may(request: HttpRequest, acts: tuple[str, ...]) -> bool:
    asks = asker(request)
    return any(asks.may(act) for act in acts)


@requires("regulation.read")
def listed(request: HttpRequest) -> HttpResponse:
    """All amendments, the newest first."""
    rows = Amendment.objects.select_related("base", "begun_by", "version")
    may_begin = _may(request, services.WRITERS)
    waiting = queries.waiting() if may_begin else []
    context = {"rows": rows, "may_begin": may_begin, "waiting": waiting}
    return render(request, "amendments/listed.html", context)


@requires(*services.WRITERS)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a draft from the version in force."""
    initial = queries.beginning_with(request.GET.getlist("matter"))
    form = BeginForm(request.POST or None, initial=initial, ended_on=queries.term_ended_on())
    if request.method == "POST" and form.is_valid():
        row = services.begin(by=person(request), **form.cleaned_data)
        messages.success(request, _("The draft says what the version in force says. Now change what has to change."))
        return redirect("amendments:parameters", row.pk)
    return render(request, "amendments/begin.html", {"form": form})


def _page(request: HttpRequest, row: Amendment, form: OpinionForm) -> HttpResponse:
    asks = asker(request)
    context = {
        "amendment": row,
        "judged": queries.judged(row),
        "steps": queries.steps(row, asks),
        "matters": [(matter, matter_line(matter)) for matter in row.matters.all()],
        "opinions": row.opinions.select_related("person"),
        "form": form if queries.is_open(row) and _may(request, services.SPEAKERS) else None,
        "may_write": queries.may_write(row, asks),
        "undoable": queries.undoable(row) if queries.may_write(row, asks) else "",
        "seen": row.changed_at.isoformat(),
        "acknowledged": queries.acknowledged(row),
        "tab": "effect",
    }
    return render(request, "amendments/amendment.html", context, status=400 if form.errors else 200)


@requires("regulation.read")
def amendment(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """What it would do, in sentences; what is wrong with it; both texts side by side; opinions; what comes next."""
    row = get_object_or_404(Amendment.objects.select_related("base", "version", "begun_by"), pk=amendment_id)
    return _page(request, row, OpinionForm())


@requires(*services.SPEAKERS)
@require_POST
def opinion(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """Say what one thinks of it."""
    row = get_object_or_404(Amendment, pk=amendment_id)
    form = OpinionForm(request.POST)
    if not form.is_valid():
        return _page(request, row, form)
    services.comment(amendment=row, by=person(request), text=form.cleaned_data["text"])
    messages.success(request, _("Your opinion stands below the draft."))
    return redirect("amendments:amendment", amendment_id)


@requires(*services.WRITERS)
@require_POST
def step(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """One step, but for the signature."""
    row = get_object_or_404(Amendment, pk=amendment_id)
    row = services.move(amendment=row, by=person(request), event=request.POST.get("event", ""))
    messages.success(request, _("The amendment is now: {state}.").format(state=row.get_state_display()))
    return redirect("amendments:amendment", amendment_id)


@requires(services.SIGN)
@step_up()
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, amendment_id: int) -> HttpResponse:
    """Sign the decision; the version begins when it says."""
    row = get_object_or_404(Amendment.objects.select_related("base"), pk=amendment_id)
    form = SignForm(typed(request))
    if request.method == "POST" and form.is_valid():
        services.sign(
            amendment=row,
            by=person(request),
            factor="step_up",
            is_stepped_up=is_stepped_up(request),
            in_force_from=form.cleaned_data["in_force_from"],
        )
        messages.success(request, _("The decision is signed, and the new version is put in force."))
        return redirect("amendments:amendment", amendment_id)
    context = {"form": form, "amendment": row, "judged": queries.judged(row)}
    return render(request, "amendments/sign.html", context)
