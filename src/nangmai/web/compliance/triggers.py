"""Tells duties of what other apps know: a post without anybody, a camera that fails, a report of matters.

Duties lie below those apps, so they are told from here. Looks again and again; telling twice opens once.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from nangmai.base.clock import utc_now
from nangmai.base.units import utc_from_us
from nangmai.web.duties import queries, services
from nangmai.web.duties.models import Duty
from nangmai.web.matters.models import Matter, MatterReport
from nangmai.web.sites.queries import cameras
from nangmai.web.watch import presence
from nangmai.web.watch import queries as watch

#: a camera that is back sooner has not failed: it was started again
FAILED_AFTER = timedelta(minutes=15)


def look(*, now: datetime | None = None) -> None:
    """All of them."""
    now = now or utc_now()
    _unmanned(now)
    _absences(now)
    _failed_cameras(now)
    _reported_matters()
    _reports_made()


def _unmanned(now: datetime) -> None:
    open_posts = {
        f"post:{gap.post.pk}": gap.period for gap in watch.uncovered(now - timedelta(minutes=1), now, now=now)
    }
    for subject, period in open_posts.items():
        if period.end >= now:
            services.opened("watch.unmanned", subject, at=period.begin)
    waiting = Duty.objects.filter(trigger="watch.unmanned").exclude(subject__in=open_posts)
    services.ended(waiting, "shift")


def _absences(now: datetime) -> None:
    """Who did not come, and who says no word: each until somebody holds the shift, or it is over."""
    found: dict[str, dict[str, datetime | None]] = {
        "watch.no_show": {shift.name: shift.missed_at for shift in watch.no_shows(now)},
        "watch.unconfirmed": {shift.name: shift.presences.all()[0].at for shift in presence.unconfirmed()},
    }
    for trigger, shifts in found.items():
        for subject, at in shifts.items():
            services.opened(trigger, subject, at=at)
        services.ended(Duty.objects.filter(trigger=trigger).exclude(subject__in=shifts), "shift")


def _failed_cameras(now: datetime) -> None:
    """A recorder that says nothing proves neither that its cameras failed nor that they are back."""
    for camera in cameras():
        subject, since_us = f"camera:{camera.recorder.name}/{camera.camera_id}", camera.main.get("since_us")
        if camera.recorder.is_silent or since_us is None:
            continue
        since = utc_from_us(since_us)
        if camera.state == "recording":
            services.ended(Duty.objects.filter(trigger="camera.failed", subject=subject), f"recording:{since_us}")
        elif camera.state not in ("off", "absent") and now - since >= FAILED_AFTER:
            services.opened("camera.failed", subject, at=since)


def _reported_matters() -> None:
    told = Duty.objects.filter(trigger="matters.reported")
    known = set(told.values_list("subject", flat=True))
    for report in MatterReport.objects.all():
        if report.name not in known:
            services.opened("matters.reported", report.name, at=report.reported_at)
        if not report.matters.exclude(state=Matter.State.ANSWERED).exists():
            services.ended(told.filter(subject=report.name), "matters answered")


def _reports_made() -> None:
    """The monthly report of matters is done by making it; one made before the duty opened is that of another month."""
    last = MatterReport.objects.order_by("-reported_at").first()
    if last is not None:
        services.ended(queries.open_about("matter.report", opened_at__lte=last.reported_at), last.name)
