"""Pages of letters: the register, entering one, a step."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from nangmai.base.clock import utc_now
from nangmai.web.access import signed_in
from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.letters import queries, services
from nangmai.web.letters.forms import LodgeForm, StepForm
from nangmai.web.letters.models import WAYS, Kind
from nangmai.web.regulation.authorities import asker, requires

ROWS_A_PAGE = 30
_TITLES = {
    "accept": gettext_lazy("Accept the complaint"),
    "answer": gettext_lazy("Answer"),
    "decline": gettext_lazy("Decline"),
}


@signed_in
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The register, newest first: who is named sees all, others what they entered."""
    asks = asker(request)
    page = Paginator(queries.seen_by(person(request), asks), ROWS_A_PAGE).get_page(request.GET.get("page"))
    rows = [(row, [(event, _TITLES[event]) for event in queries.possible(row, asks)]) for row in page]
    context = {"page": page, "rows": rows, "may_lodge": any(asks.is_named(way.lodge) for way in WAYS.values())}
    return render(request, "letters/listed.html", context)


@requires(*dict.fromkeys(way.lodge for way in WAYS.values()))
@require_http_methods(["GET", "POST"])
def lodge(request: HttpRequest) -> HttpResponse:
    """Enter what came."""
    form = LodgeForm(request.POST or None, initial={"came_at": timezone.localtime(utc_now()), "kind": Kind.COMPLAINT})
    if request.method == "POST" and form.is_valid():
        services.lodge(by=person(request), **form.cleaned_data)
        messages.success(request, _("Entered. Who has to answer it sees it now."))
        return redirect("letters:listed")
    return render(request, "letters/lodge.html", {"form": form})


@signed_in
@step_up()
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest, letter_id: int, event: str) -> HttpResponse:
    """A step, with its words."""
    row = get_object_or_404(queries.seen_by(person(request), asker(request)), pk=letter_id)
    if event not in _TITLES:
        raise Http404
    form = StepForm(typed(request))
    if request.method == "POST" and form.is_valid():
        proven, words = is_stepped_up(request), form.cleaned_data["words"]
        services.take(letter=row, by=person(request), event=event, words=words, is_stepped_up=proven)
        messages.success(request, _("Written down."))
        return redirect("letters:listed")
    return render(request, "letters/step.html", {"form": form, "letter": row, "title": _TITLES[event]})
