"""`POST /control/exchange`: a recorder's report in, its desired state out (docs/design/planes.md)."""

from __future__ import annotations

import json
from typing import ClassVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_POST

from nangmai.base.clock import wall_us
from nangmai.base.errors import Error, Kind
from nangmai.protocol.messages import VERSION, Desired, MessageInvalid, Report, Retention
from nangmai.web.access import for_recorders
from nangmai.web.footage import keys
from nangmai.web.footage import queries as footage_queries
from nangmai.web.footage import services as footage_services
from nangmai.web.regulation import versions
from nangmai.web.sites import services as sites_services
from nangmai.web.sites.models import Recorder


class ReportMalformed(Error):
    """The recorder's report cannot be read: {complaint}."""

    kind: ClassVar[Kind] = Kind.INVALID


@for_recorders
@require_POST
def exchange(request: HttpRequest) -> HttpResponse:
    """One round of the conversation; every part is idempotent, so a lost answer costs nothing."""
    report = _report(request.body)
    scheme, _blank, token = request.headers.get("Authorization", "").partition(" ")
    recorder = sites_services.proven_recorder(
        token=token if scheme.lower() == "bearer" else "",
        enrolment=request.headers.get("X-Nangmai-Enrolment", ""),
        report=report,
    )
    sites_services.apply_report(recorder=recorder, report=report)
    acknowledged = footage_services.record_uses(recorder=recorder, uses=report.uses)
    return JsonResponse(_desired(recorder, acknowledged).to_json())


def _report(body: bytes) -> Report:
    try:
        return Report.from_json(json.loads(body))
    except MessageInvalid as error:
        raise ReportMalformed(complaint=str(error).rstrip(".")) from error
    except ValueError as error:
        raise ReportMalformed(complaint="it is not JSON") from error


def _desired(recorder: Recorder, acknowledged: int) -> Desired:
    now_us = wall_us()
    return Desired(
        version=VERSION,
        acknowledged_use=acknowledged,
        ticket_keys=keys.public_keys(),
        revoked=footage_queries.revoked(recorder, now_us),
        holds=(),
        retention=retention_in_force(now_us),
        audio=audio_in_force(now_us),
    )


def retention_in_force(now_us: int) -> Retention | None:
    """The floor and the ceiling of the version in force; without one the recorder's file says."""
    version = versions.in_force(now_us)
    if version is None:
        return None
    text = versions.text_of(version)
    return Retention(float(text.parameter("retention_min_days")), float(text.parameter("retention_max_days")))


def audio_in_force(now_us: int) -> bool:
    """Whether the version in force has sound recorded; nothing in force allows nothing."""
    version = versions.in_force(now_us)
    return version is not None and bool(versions.text_of(version).parameter("audio"))
