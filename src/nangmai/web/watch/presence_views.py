"""One press of a key: I am there. Asked on the wall and on the shift's page; and the minutes that go on paper."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from nangmai.base.clock import utc_now
from nangmai.web.accounts.views import person
from nangmai.web.authority import requires_act
from nangmai.web.documents import files
from nangmai.web.documents.models import Document
from nangmai.web.watch import minutes, presence, queries
from nangmai.web.watch.models import Handover


@requires_act("shift.take")
@require_POST
def confirm_presence(request: HttpRequest) -> HttpResponse:
    """Say that one is there; a script is told when to ask again."""
    user = person(request)
    presence.confirm(by=user)
    if request.headers.get("X-Partial"):
        own = queries.own_watch(user)
        due = presence.asked(own) if own else None
        wait = (due.due_at - utc_now()).total_seconds() if due else None
        return JsonResponse({"again_s": wait})
    messages.success(request, _("Thank you. It is noted that you are there."))
    return redirect("watch:shift")


@requires_act(minutes.WRITE)
@require_POST
def print_minutes(request: HttpRequest, handover: int) -> HttpResponse:
    """Issue the minutes where nobody has, then show the paper."""
    row = get_object_or_404(Handover, pk=handover)
    minutes.print_minutes(by=person(request), handover=row)
    return redirect("watch:minutes", row.pk)


@requires_act(minutes.WRITE)
@require_GET
def minutes_paper(request: HttpRequest, handover: int) -> HttpResponse:
    """The paper itself, as often as somebody prints it."""
    row = get_object_or_404(Handover.objects.exclude(minutes=""), pk=handover)
    document = get_object_or_404(Document, token=row.minutes)
    answer = HttpResponse(files.load(document.pdf_sha256), content_type="application/pdf")
    answer.headers["Content-Disposition"] = "inline"
    return answer
