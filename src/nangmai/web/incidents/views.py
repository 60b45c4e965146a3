"""Pages of incidents: the list, the report, one incident and its steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from nangmai.base.clock import utc_now
from nangmai.web.access import signed_in
from nangmai.web.accounts.step_up import is_stepped_up, step_up, typed
from nangmai.web.accounts.views import person
from nangmai.web.incidents import queries, services
from nangmai.web.incidents.forms import CloseForm, DirectForm, LocateForm, MinuteForm, ReportForm
from nangmai.web.incidents.models import Incident
from nangmai.web.regulation.authorities import asker, requires

ROWS_A_PAGE = 30


def _seen(request: HttpRequest, incident_id: int) -> Incident:
    return queries.one_seen_by(person(request), asker(request), incident_id)


@signed_in
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """The open ones first, then the others; who is named sees all, others their own."""
    rows = queries.seen_by(person(request), asker(request))
    waiting = rows.exclude(state=Incident.State.CLOSED).order_by("severity", "reported_at")
    closed = Paginator(rows.filter(state=Incident.State.CLOSED), ROWS_A_PAGE).get_page(request.GET.get("page"))
    context = {"waiting": waiting, "page": closed, "may_report": asker(request).is_named(services.REPORT)}
    return render(request, "incidents/listed.html", context)


@requires(services.REPORT)
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Report what was seen; ?camera=recorder/id marks the camera it was seen on."""
    first = {"observed_at": timezone.localtime(utc_now()), "severity": Incident.Severity.P2}
    form = ReportForm(request.POST or None, initial=first | _marked(request))
    if request.method == "POST" and form.is_valid():
        row = services.report(by=person(request), **form.cleaned_data)
        messages.success(request, _("Reported. The board sees it now."))
        return redirect("incidents:incident", row.pk)
    return render(request, "incidents/report.html", {"form": form})


def _marked(request: HttpRequest) -> dict[str, Any]:
    recorder, _slash, camera_id = request.GET.get("camera", "").partition("/")
    known = ReportForm().fields["cameras"].queryset  # type: ignore[attr-defined]
    return {"cameras": list(known.filter(recorder__name=recorder[:60], camera_id=camera_id[:60]))}


@signed_in
@require_GET
def incident(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Everything about one, and what the person can do now."""
    row = _seen(request, incident_id)
    context = {
        "incident": row,
        "instructions": row.instructions.select_related("person", "given_by"),
        "possible": queries.possible(row, asker(request)),
    }
    return render(request, "incidents/incident.html", context)


@requires(services.RECEIVE)
@require_POST
def receive(request: HttpRequest, incident_id: int) -> HttpResponse:
    """The board has read it."""
    services.receive(incident=_seen(request, incident_id), by=person(request))
    messages.success(request, _("Received; who reported it sees that."))
    return redirect("incidents:incident", incident_id)


def _step(
    request: HttpRequest,
    incident_id: int,
    form_of: type[forms.Form],
    title: str | Promise,
    act: Callable[..., object],
    **given: Any,
) -> HttpResponse:
    """A form that makes one step and leads back to the incident."""
    row = _seen(request, incident_id)
    form = form_of(typed(request))
    if request.method == "POST" and form.is_valid():
        act(incident=row, by=person(request), **form.cleaned_data, **given)
        messages.success(request, _("Written down."))
        return redirect("incidents:incident", incident_id)
    return render(request, "incidents/step.html", {"form": form, "incident": row, "title": title})


@requires(services.LOCATE)
@require_http_methods(["GET", "POST"])
def locate(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Say where it happened."""
    return _step(request, incident_id, LocateForm, gettext_lazy("Where it happened"), services.locate)


@requires(services.DIRECT)
@step_up()
@require_http_methods(["GET", "POST"])
def direct(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Say what is done."""
    title, proven = gettext_lazy("Direct what is done"), is_stepped_up(request)
    return _step(request, incident_id, DirectForm, title, services.direct, is_stepped_up=proven)


@requires(services.MINUTE)
@require_http_methods(["GET", "POST"])
def minute(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Write the minutes."""
    return _step(request, incident_id, MinuteForm, gettext_lazy("Minutes of the incident"), services.minute)


@requires(services.CLOSE)
@step_up()
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, incident_id: int) -> HttpResponse:
    """Conclude it."""
    title, proven = gettext_lazy("Close the incident"), is_stepped_up(request)
    return _step(request, incident_id, CloseForm, title, services.close, is_stepped_up=proven)


@requires(services.CLOSE)
@step_up()
@require_http_methods(["GET", "POST"])
def dismiss(request: HttpRequest, incident_id: int) -> HttpResponse:
    """There is nothing to deal with."""
    title, proven = gettext_lazy("Nothing to deal with"), is_stepped_up(request)
    return _step(request, incident_id, CloseForm, title, services.dismiss, is_stepped_up=proven)
