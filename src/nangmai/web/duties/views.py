"""What I owe, what is late, and for the board everything."""

from __future__ import annotations

from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nangmai.base.clock import utc_now, wall_us
from nangmai.regulation.acts import ACTS
from nangmai.web.access import signed_in
from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.duties import queries, services, ways
from nangmai.web.duties.forms import DoneForm
from nangmai.web.duties.models import Duty
from nangmai.web.ledger.titles import thing_names
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import asker, said
from nangmai.web.regulation.queries import role_name

SEE_ALL = "compliance.see"
ROWS_A_PAGE = 50


class Row(NamedTuple):
    """A duty in words."""

    duty: Duty
    acts: str
    who: str
    about: str
    passed_on: str
    is_late: bool
    page: str  #: where it is done; empty: it is reported


def _rows(duties: list[Duty]) -> list[Row]:
    now, names = utc_now(), thing_names()
    version = versions.in_force(wall_us())
    regulation = None if version is None else versions.text_of(version)

    def titles(roles: list[str]) -> str:
        return ", ".join(role_name(regulation, role) if regulation else role for role in roles)

    def acts(norm: str) -> str:
        known = regulation.norm_by_id.get(norm) if regulation else None
        return ", ".join(said(ACTS[act].title) for act in known.acts) if known else norm

    return [
        Row(
            duty,
            acts(duty.norm),
            str(duty.person) if duty.person else titles(duty.roles),
            names.get(duty.subject, ""),
            titles(duty.escalated),
            duty.done_at is None and duty.due_at is not None and duty.due_at < now,
            ways.page_of(duty, queries.acts_of(duty)) if duty.done_at is None else "",
        )
        for duty in duties
    ]


@signed_in
def listed(request: HttpRequest) -> HttpResponse:
    """Mine first; the board sees what is late and everything that is open, and what was done last."""
    user, sees_all = person(request), asker(request).is_named(SEE_ALL)
    mine = queries.owed_by(user, utc_now())
    context: dict[str, object] = {"mine": _rows(mine), "sees_all": sees_all}
    if sees_all:
        theirs = [duty for duty in queries.open_duties() if duty not in mine]
        page = Paginator(theirs, ROWS_A_PAGE).get_page(request.GET.get("page"))
        done = Duty.objects.exclude(done_at=None).select_related("person", "done_by").order_by("-done_at")
        context |= {"page": page, "theirs": _rows(list(page)), "done": _rows(list(done[:20]))}
    return render(request, "duties/listed.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def done(request: HttpRequest, duty_id: int) -> HttpResponseBase:
    """Report a duty done, with what shows it; with a second proof where the act asks for one."""
    duty = get_object_or_404(Duty.objects.select_related("person"), pk=duty_id)
    asks = asker(request)
    needs_proof = any(
        not asks.may(act, is_stepped_up=False) and asks.may(act, is_stepped_up=True) for act in queries.acts_of(duty)
    )
    return (step_up()(_done) if needs_proof else _done)(request, duty)


def _done(request: HttpRequest, duty: Duty) -> HttpResponse:
    user = person(request)
    if not queries.is_owed_by(duty, user, utc_now()):
        raise services.NotYourDuty(clause=duty.clause)
    if page := ways.page_of(duty, queries.acts_of(duty)):
        return redirect(page)
    form = DoneForm(typed(request))
    if request.method == "POST" and form.is_valid():
        proven = is_stepped_up(request)
        services.report_done(duty=duty, by=user, evidence=form.cleaned_data["evidence"], is_stepped_up=proven)
        messages.success(request, _("The duty is reported done."))
        return redirect("duties:listed")
    return render(request, "duties/done.html", {"row": _rows([duty])[0], "form": form})
