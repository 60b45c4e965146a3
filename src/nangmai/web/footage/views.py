"""The wall, the review page, tickets, and the register of who watched what."""

from __future__ import annotations

import json

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from nangmai.web.access import answers_json, signed_in
from nangmai.web.accounts.models import User
from nangmai.web.accounts.views import person
from nangmai.web.footage import elements, policies, queries, services
from nangmai.web.footage.policies import Right
from nangmai.web.ledger.titles import thing_names
from nangmai.web.regulation.authorities import asker, purpose_page, requires
from nangmai.web.regulation.purposes import stated_purpose
from nangmai.web.sites.queries import cameras

ROWS_A_PAGE = 50


@signed_in
def home(request: HttpRequest) -> HttpResponse:
    """Everybody starts where the work is: those who watch at the wall, others at the cameras."""
    return redirect("footage:wall" if policies.has(asker(request), Right.LIVE) else "sites:cameras")


@requires("live.view")
def wall(request: HttpRequest) -> HttpResponse:
    """The live wall: the cameras this person may see now."""
    asks = asker(request)
    shown = policies.visible(asks, cameras(), Right.LIVE)
    config = elements.wall_config(asks, shown, layout=request.GET.get("layout", ""))
    return render(request, "footage/wall.html", {"config": config, "cameras": shown})


@requires("playback.view", "replay.view")
def review(request: HttpRequest) -> HttpResponse:
    """The player; ?camera=recorder/id (up to nine), ?at= and a marked range ?in=&out= choose what it opens."""
    asks = asker(request)
    if not asks.purpose and not asks.may("playback.view") and asks.purposes_for("playback.view"):
        return redirect(purpose_page(request, ["playback.view"]))
    shown = policies.visible(asks, cameras(), Right.PLAYBACK, Right.REPLAY)
    asked = request.GET
    between = (asked.get("in", ""), asked.get("out", ""))
    config = elements.player_config(
        asks, shown, selected=asked.getlist("camera"), at=asked.get("at", ""), between=between
    )
    return render(request, "footage/review.html", {"config": config, "cameras": shown})


@answers_json
@signed_in
@require_POST
def ticket(request: HttpRequest) -> HttpResponse:
    """Issue a ticket; refusals come back as `{error, message, clause}` (docs/design/tickets.md)."""
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise services.TicketRequestInvalid(complaint="JSON") from error
    token, row = services.issue(
        by=person(request),
        session_key=request.session.session_key or "",
        wanted=services.Wanted.from_json(body),
        purpose=stated_purpose(request),
    )
    answer = {"ticket": token, "jti": row.jti, "expires_us": row.expires_us, "from_us": row.from_us, "to_us": row.to_us}
    return JsonResponse(answer)


@requires("views.read")
def register(request: HttpRequest) -> HttpResponse:
    """Who watched what: every use of a ticket that recorders reported."""
    return _uses_page(request, None)


@signed_in
def mine(request: HttpRequest) -> HttpResponse:
    """What one watched oneself."""
    return _uses_page(request, person(request))


def _uses_page(request: HttpRequest, of: User | None) -> HttpResponse:
    page = Paginator(queries.uses(of), ROWS_A_PAGE).get_page(request.GET.get("page"))
    names = {user.username: user.display_name for user in User.objects.all()}
    context = {"page": page, "names": names, "things": thing_names("camera"), "is_own": of is not None}
    return render(request, "footage/uses.html", context)
