"""The page of swaps: ask a colleague, answer, approve. Services ask whether the person may."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error
from nangmai.web.accounts.models import User
from nangmai.web.accounts.views import person
from nangmai.web.errors import translated
from nangmai.web.regulation.authorities import asker, requires
from nangmai.web.watch import queries, swaps
from nangmai.web.watch.forms import SwapForm
from nangmai.web.watch.models import Swap
from nangmai.web.watch.views import EXPECTED

#: event -> what is done, and what the page says afterwards
ANSWERS: dict[str, tuple[Callable[[User, Swap, str], object], Promise]] = {
    "agree": (
        lambda by, swap, reason: swaps.agree(by=by, swap=swap),
        gettext_lazy("You have agreed. The roster changes when the swap is approved."),
    ),
    "decline": (
        lambda by, swap, reason: swaps.decline(by=by, swap=swap),
        gettext_lazy("Declined. The roster stays as it is."),
    ),
    "withdraw": (
        lambda by, swap, reason: swaps.withdraw(by=by, swap=swap),
        gettext_lazy("Withdrawn. The roster stays as it is."),
    ),
    "approve": (
        lambda by, swap, reason: swaps.approve(by=by, swap=swap),
        gettext_lazy("Approved. The roster names the other one from now on."),
    ),
    "refuse": (
        lambda by, swap, reason: swaps.refuse(by=by, swap=swap, reason=reason),
        gettext_lazy("Not approved. The roster stays as it is."),
    ),
}


@requires("shift.take", swaps.AMEND)
def swaps_page(request: HttpRequest) -> HttpResponse:
    """What waits for me, what waits for approval, what I asked, and the form to ask."""
    return _page(request, None)


def _page(request: HttpRequest, form: SwapForm | None) -> HttpResponse:
    user, now = person(request), utc_now()
    related = ("shift__post", "in_return__post", "asked_by", "taker", "decided_by")
    rows = Swap.objects.select_related(*related)
    is_open = Q(state__in=(Swap.State.ASKED, Swap.State.AGREED))
    may_amend = asker(request).may(swaps.AMEND)
    if form is None and asker(request).may("shift.take") and queries.coming(user, now).exists():
        form = SwapForm(user, now)
    seen = rows if may_amend else rows.filter(Q(asked_by=user) | Q(taker=user))
    context = {
        "for_me": rows.filter(taker=user, state=Swap.State.ASKED),
        "to_approve": rows.filter(state=Swap.State.AGREED).exclude(Q(asked_by=user) | Q(taker=user))
        if may_amend
        else [],
        "mine": rows.filter(is_open, Q(asked_by=user) | Q(taker=user, state=Swap.State.AGREED)),
        "past": seen.exclude(is_open)[:20],
        "form": form,
    }
    return render(request, "watch/swaps.html", context, status=400 if form is not None and form.errors else 200)


@requires("shift.take")
@require_POST
def ask_swap(request: HttpRequest) -> HttpResponse:
    """Ask a colleague to take a shift."""
    user = person(request)
    form = SwapForm(user, utc_now(), request.POST)
    if form.is_valid():
        try:
            swaps.ask(by=user, **form.cleaned_data)
        except Error as error:
            if error.kind not in EXPECTED:
                raise
            form.add_error(None, translated(error))
        else:
            messages.success(request, _("Asked. Your colleague answers first, then the swap is approved."))
            return redirect("watch:swaps")
    return _page(request, form)


@requires("shift.take", swaps.AMEND)
@require_POST
def answer_swap(request: HttpRequest, swap: int) -> HttpResponse:
    """Agree, decline, withdraw, approve or refuse."""
    row = get_object_or_404(Swap, pk=swap)
    event = request.POST.get("event", "")
    if event not in ANSWERS:
        raise Http404
    act, done = ANSWERS[event]
    try:
        act(person(request), row, request.POST.get("reason", ""))
    except Error as error:
        if error.kind not in EXPECTED:
            raise
        messages.warning(request, translated(error))
    else:
        messages.success(request, str(done))
    return redirect("watch:swaps")
