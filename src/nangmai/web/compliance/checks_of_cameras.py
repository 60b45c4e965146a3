"""Checks of what recorders report: how far back footage reaches, what records, whether the clocks are right."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from nangmai.base.units import US_PER_S
from nangmai.regulation.model import Norm
from nangmai.web.compliance.findings import Finding, State, worst
from nangmai.web.compliance.survey import Survey
from nangmai.web.sites.models import Camera, Recorder

DAY_US = 86_400 * US_PER_S
#: a recorder deletes by whole segments, a while after they have expired
DELETING_TAKES_DAYS = 0.1
#: what stands still for so long without an order is no passing fault
STANDSTILL_US = DAY_US


def _forecast(recorder: Recorder) -> float | None:
    """For how many days the recorder will hold its cameras."""
    days = [volume["days"] for volume in recorder.volumes if volume.get("days") is not None]
    return min(days, default=None)


def _age_days(camera: Camera, survey: Survey) -> float | None:
    """How far the camera's footage reaches back."""
    oldest_us = camera.main.get("oldest_us")
    return None if oldest_us is None else (survey.now_us - oldest_us) / DAY_US


def _floor_of(camera: Camera, least: int, survey: Survey) -> State:
    age, forecast = _age_days(camera, survey), _forecast(camera.recorder)
    if age is None or camera.recorder.is_silent or (age < least and forecast is None):
        return State.UNKNOWN
    if forecast is None or forecast >= least:
        return State.KEPT
    return State.BROKEN if forecast <= age < least else State.AT_RISK


def retention_floor(survey: Survey, norm: Norm) -> Finding:
    """A camera younger than the floor keeps it when the forecast reaches."""
    least = survey.number("retention_min_days")
    states = [_floor_of(camera, least, survey) for camera in survey.present]
    facts = {"kept": states.count(State.KEPT), "all": len(states), "days": least}
    figure = _("%(kept)d of %(all)d cameras hold %(days)d days, or will by the forecast") % facts
    return Finding(worst(states), figure, reverse("sites:recorders"))


def retention_ceiling(survey: Survey, norm: Norm) -> Finding:
    """Nothing older than the ceiling; what is held for a case is not known here yet."""
    most = survey.number("retention_max_days")
    ages = [_age_days(camera, survey) for camera in survey.present]
    known = [age for age in ages if age is not None]
    over = sum(age > most + DELETING_TAKES_DAYS for age in known)
    if over:
        figure = ngettext(
            "%(over)d camera has footage older than %(days)d days",
            "%(over)d cameras have footage older than %(days)d days",
            over,
        ) % {"over": over, "days": most}
        return Finding(State.BROKEN, figure, reverse("sites:recorders"))
    figure = _("%(known)d of %(all)d cameras are known to hold nothing older than %(days)d days") % {
        "known": len(known),
        "all": len(ages),
        "days": most,
    }
    return Finding(
        State.KEPT if known and len(known) == len(ages) else State.UNKNOWN, figure, reverse("sites:recorders")
    )


def camera_count(survey: Survey, norm: Norm) -> Finding:
    """In service, and recording, against the number the version asks for."""
    wanted, there = survey.number("required_cameras"), len(survey.cameras)
    recording = sum(camera.state == "recording" for camera in survey.cameras)
    absent = there - len(survey.present)
    facts = {"there": there, "wanted": wanted, "recording": recording, "absent": absent}
    figure = _("%(there)d of %(wanted)d cameras in service, %(recording)d of them recording now")
    if absent:
        figure = _(
            "%(there)d of %(wanted)d cameras are named, %(recording)d of them record now, %(absent)d are not there"
        )
    state = State.BROKEN if there < wanted else State.AT_RISK if recording < wanted else State.KEPT
    return Finding(state, figure % facts, reverse("sites:cameras"))


def recorder_count(survey: Survey, norm: Norm) -> Finding:
    """Enrolled and heard of, against the number the version asks for."""
    wanted = survey.number("required_recorders")
    enrolled = [recorder for recorder in survey.recorders if recorder.public_key]
    heard = sum(not recorder.is_silent for recorder in enrolled)
    figure = _("%(heard)d recorders report now, %(enrolled)d are enrolled, %(wanted)d are required") % {
        "heard": heard,
        "enrolled": len(enrolled),
        "wanted": wanted,
    }
    state = State.BROKEN if len(enrolled) < wanted else State.AT_RISK if heard < len(enrolled) else State.KEPT
    return Finding(state, figure, reverse("sites:recorders"))


def completeness(survey: Survey, norm: Norm) -> Finding:
    """By the last 24 hours. Reports say since when a state holds, not how long the gaps before it were."""
    percent = survey.number("completeness_percent")
    allowed_us = DAY_US * (100 - percent) // 100
    whole = missed = 0
    for camera in survey.present:
        since_us = camera.main.get("since_us")
        lasts_us = 0 if since_us is None else survey.now_us - since_us
        if camera.recorder.is_silent:
            continue
        if camera.state == "recording":
            whole += lasts_us >= DAY_US - allowed_us
        else:
            missed += lasts_us > allowed_us
    facts = {"whole": whole, "all": len(survey.present), "missed": missed, "percent": percent}
    proof = reverse("sites:cameras")
    if missed:
        figure = _("%(missed)d of %(all)d cameras have missed more than %(percent)d %% allows in the last 24 hours")
        return Finding(State.BROKEN, figure % facts, proof)
    if survey.present and whole == len(survey.present):
        return Finding(
            State.KEPT, _("All %(all)d cameras have recorded %(percent)d %% of the last 24 hours") % facts, proof
        )
    figure = _("%(whole)d of %(all)d cameras recorded without a break; how long the others did not is not reported")
    return Finding(State.UNKNOWN, figure % facts, proof)


def obstruction(survey: Survey, norm: Norm) -> Finding:
    """Cameras that stand still now, since no maintenance order can be given here yet; past gaps are not reported."""
    heard = [camera for camera in survey.present if not camera.recorder.is_silent]
    still = [camera for camera in heard if camera.state not in ("recording", "waiting_for_key_picture")]
    proof = reverse("sites:cameras")
    if still:
        state = State.BROKEN if any(_is_long(camera, survey) for camera in still) else State.AT_RISK
        figure = ngettext(
            "%(count)d camera does not record, and no order explains it",
            "%(count)d cameras do not record, and no order explains it",
            len(still),
        )
        return Finding(state, figure % {"count": len(still)}, proof)
    if not heard or len(heard) < len(survey.present):
        return Finding(State.UNKNOWN, _("Not every camera is reported of now"), proof)
    return Finding(State.KEPT, _("No camera stands still now"), proof)


def _is_long(camera: Camera, survey: Survey) -> bool:
    since_us = camera.main.get("since_us")
    return camera.state == "off" or since_us is None or survey.now_us - since_us > STANDSTILL_US


def clock_offset(survey: Survey, norm: Norm) -> Finding:
    """Cameras that tell the time, against what the version allows."""
    most = survey.number("clock_offset_seconds")
    known = [us for camera in survey.present if (us := camera.main.get("clock_offset_us")) is not None]
    off = sum(abs(us) > most * US_PER_S for us in known)
    facts = {"off": off, "known": len(known), "all": len(survey.present), "seconds": most}
    figure = _("%(off)d of %(known)d cameras are off by more than %(seconds)d s; %(all)d are in service") % facts
    state = State.BROKEN if off else State.KEPT if known and len(known) == len(survey.present) else State.UNKNOWN
    return Finding(state, figure, reverse("sites:cameras"))
