"""A school of cameras that report, without the endpoint: rows as a report leaves them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from nangmai.base.units import us_from_datetime
from nangmai.regulation.model import Norm
from nangmai.web.compliance.checks import CHECKS
from nangmai.web.compliance.findings import Finding
from nangmai.web.compliance.survey import Survey
from nangmai.web.sites.models import Camera, Recorder


def us_ago(**length: float) -> int:
    """A moment so long ago, in microseconds."""
    return us_from_datetime(timezone.now() - timedelta(**length))


def recorder(name: str = "nvr-1", days: float | None = 25.0, **fields: Any) -> Recorder:
    """One that has just reported, with a forecast."""
    told: dict[str, Any] = {
        "public_key": f"key of {name}",
        "enrolled_at": timezone.now() - timedelta(days=40),
        "reported_at": timezone.now(),
        "volumes": [{"path": "/v", "state": "ok", "size_bytes": 9, "free_bytes": 5, "days": days, "message": ""}],
    }
    return Recorder.objects.create(name=name, **(told | fields))


def camera(of: Recorder, number: int = 1, *, oldest_days: float = 22, since_days: float = 22, **main: Any) -> Camera:
    """One that has recorded for a while."""
    stream = {
        "state": "recording",
        "since_us": us_ago(days=since_days),
        "oldest_us": us_ago(days=oldest_days),
        "newest_us": us_ago(),
        "clock_offset_us": 0,
    }
    return Camera.objects.create(
        recorder=of,
        camera_id=f"cam-{number:02}",
        name=f"Camera {number}",
        position=number,
        streams={"main": stream | main},
    )


def school(cameras: int = 78) -> None:
    """As many as the shipped text asks for, over three recorders, all in order."""
    recorders = [recorder(f"nvr-{number}") for number in (1, 2, 3)]
    for number in range(cameras):
        camera(recorders[number % 3], number)


def norm_of(check: str, survey: Survey) -> Norm:
    """The first norm that names the check."""
    return next(norm for norm in survey.regulation.norms if any(bound.name == check for bound in norm.bound))


def found(check: str) -> Finding:
    """What the check says now."""
    survey = Survey()
    return CHECKS[check](survey, norm_of(check, survey))
