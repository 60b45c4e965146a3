"""Requests to the board and its directions: the list of both, the form to ask, the form to sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.base.clock import utc_now, wall_us
from nangmai.base.units import utc_from_us
from nangmai.regulation.acts import ACTS
from nangmai.web.access import signed_in
from nangmai.web.accounts.step_up import is_stepped_up, step_up
from nangmai.web.accounts.views import person
from nangmai.web.directions import queries, services
from nangmai.web.directions.forms import AskForm, DirectionForm, RefusalForm
from nangmai.web.directions.models import Asked, Direction
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import asker, requires, said
from nangmai.web.regulation.purposes import known_purposes, stated_purpose
from nangmai.web.regulation.queries import purposes_of

ROWS_A_PAGE = 30


def _purposes() -> dict[str, str]:
    version = versions.in_force(wall_us())
    if version is None:
        return {}
    regulation = versions.text_of(version)
    return purposes_of(regulation, known_purposes(regulation))


@signed_in
def listed(request: HttpRequest) -> HttpResponse:
    """What waits, what is in force, what was: the board sees all, others their own."""
    user, is_board = person(request), asker(request).is_named(services.ACT)
    asked = queries.asked_seen_by(user, is_board=is_board)
    rows = Paginator(queries.directions_seen_by(user, is_board=is_board), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "waiting": asked.filter(state=Asked.State.OPEN),
        "answered": asked.exclude(state=Asked.State.OPEN)[:ROWS_A_PAGE],
        "page": rows,
        "is_board": is_board,
        "now": utc_now(),
    }
    return render(request, "directions/listed.html", context)


@signed_in
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the board; a refusal leads here with its act."""
    act = request.GET.get("act", "playback.view")
    act = act if act in ACTS else "playback.view"
    form = AskForm(request.POST or None, purposes=_purposes(), initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        services.ask(
            person=person(request),
            act=act,
            cameras=list(values["cameras"]),
            span=form.span,
            purpose=values["purpose"],
            reason=values["reason"],
        )
        messages.success(request, _("Your request lies before the board. You see the answer on this page."))
        return redirect("directions:listed")
    context = {"form": form, "act": said(ACTS[act].title), "clause": request.GET.get("clause", "")[:80]}
    return render(request, "directions/ask.html", context)


@requires(services.ACT)
@step_up()
@require_http_methods(["GET", "POST"])
def give(request: HttpRequest) -> HttpResponse:
    """Sign a direction, out of a request or of the board's own accord."""
    asked = None
    if request.GET.get("asked"):
        asked = get_object_or_404(Asked, pk=_number(request.GET["asked"]), state=Asked.State.OPEN)
    user = person(request)
    typed = getattr(request, "typed", None)
    form = DirectionForm(request.POST or typed or None, by=user, purposes=_purposes(), initial=_out_of(asked))
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        services.give(
            by=user,
            person=values["person"],
            cameras=list(values["cameras"]),
            span=form.span,
            purpose=values["purpose"],
            text=values["text"],
            until_at=values["until_at"],
            is_stepped_up=is_stepped_up(request),
            asked=asked,
        )
        messages.success(request, _("The direction is signed and counts from now on."))
        return redirect("directions:listed")
    return render(request, "directions/give.html", {"form": form, "asked": asked})


@requires(services.ACT)
@step_up()
@require_http_methods(["GET", "POST"])
def refuse(request: HttpRequest, asked_id: int) -> HttpResponse:
    """Say no, with the reason."""
    asked = get_object_or_404(Asked, pk=asked_id)
    form = RefusalForm(request.POST or getattr(request, "typed", None) or None)
    if request.method == "POST" and form.is_valid():
        services.refuse(
            asked=asked,
            by=person(request),
            answer=form.cleaned_data["answer"],
            is_stepped_up=is_stepped_up(request),
        )
        messages.success(request, _("The request is refused; who asked sees the reason."))
        return redirect("directions:listed")
    return render(request, "directions/refuse.html", {"form": form, "asked": asked})


@signed_in
@require_POST
def withdraw_asked(request: HttpRequest, asked_id: int) -> HttpResponse:
    """Take one's own request back."""
    services.withdraw_asked(asked=get_object_or_404(Asked, pk=asked_id), by=person(request))
    messages.success(request, _("Your request is withdrawn."))
    return redirect("directions:listed")


@requires(services.ACT)
@step_up(back="directions:listed")
@require_POST
def withdraw(request: HttpRequest, direction_id: int) -> HttpResponse:
    """Take a direction back."""
    direction = get_object_or_404(Direction, pk=direction_id)
    services.withdraw(direction=direction, by=person(request), is_stepped_up=is_stepped_up(request))
    messages.success(request, _("The direction is withdrawn; what it opened has been closed."))
    return redirect("directions:listed")


def _initial(request: HttpRequest) -> dict[str, Any]:
    now = utc_now()
    return {"from_at": now - timedelta(hours=1), "to_at": now, "purpose": stated_purpose(request)}


def _out_of(asked: Asked | None) -> dict[str, Any]:
    now = utc_now()
    if asked is None:
        return {"from_at": now - timedelta(hours=1), "to_at": now, "until_at": now + timedelta(hours=24)}
    return {
        "person": asked.person_id,
        "text": asked.reason,
        "cameras": asked.cameras.all(),
        "from_at": utc_from_us(asked.from_us),
        "to_at": utc_from_us(asked.to_us),
        "purpose": asked.purpose,
        "until_at": now + timedelta(hours=24),
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
