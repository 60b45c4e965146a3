"""Checks: what they say of real rows, and that each name of the regulation has one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from nangmai.regulation import bindings
from nangmai.web.accounts.models import User
from nangmai.web.compliance import guards, services, triggers
from nangmai.web.compliance.checks import CHECKS
from nangmai.web.compliance.findings import State
from nangmai.web.compliance.models import LedgerCheck
from nangmai.web.compliance.survey import Survey
from nangmai.web.duties.models import Duty
from nangmai.web.duties.services import opened
from nangmai.web.ledger.models import LedgerHead
from nangmai.web.ledger.services import append, checkpoint
from nangmai.web.matters.models import Matter
from nangmai.web.people.models import Assignment
from nangmai.web.regulation.models import Acknowledgement, Version
from nangmai.web.sites.models import ABSENT, Checkpoint, Recorder
from unit.web.compliance.surveys import camera, found, recorder, school, us_ago
from unit.web.regulations import SHIPPED
from unit.web.roles import Role


def test_every_check_that_a_norm_can_name_is_there() -> None:
    assert CHECKS.keys() == bindings.CHECKS.keys()


def test_every_guard_has_its_place_in_the_program() -> None:
    assert guards.GUARDS.keys() == bindings.GUARDS.keys()
    assert [name for name in guards.GUARDS if not guards.is_built(name)] == []
    assert {guards.finding(name).state for name in bindings.GUARDS} == {State.KEPT}


def test_a_guard_that_nobody_knows_is_not_taken_for_kept() -> None:
    assert guards.finding("of_tomorrow").state == State.UNKNOWN


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_every_check_answers_where_there_is_nothing_at_all(name: str) -> None:
    finding = found(name)
    assert finding.figure
    if name not in ("term", "legal_bases", "unauthorised_views", "matters_open", "duties_on_time"):
        assert finding.state != State.KEPT


@pytest.mark.parametrize(
    ("oldest_days", "forecast", "state"),
    [
        (22, 25.0, State.KEPT),
        (3, 25.0, State.KEPT),  # young, and the forecast reaches
        (22, None, State.KEPT),
        (3, None, State.UNKNOWN),
        (3, 12.0, State.AT_RISK),
        (13, 12.0, State.BROKEN),  # it has as much as it can hold
        (22, 12.0, State.AT_RISK),
    ],
)
def test_a_camera_keeps_the_floor_by_its_footage_or_by_the_forecast(
    oldest_days: float, forecast: float | None, state: State
) -> None:
    camera(recorder(days=forecast), oldest_days=oldest_days)
    assert found("retention_floor").state == state


def test_a_silent_recorder_proves_nothing_of_retention() -> None:
    camera(recorder(reported_at=timezone.now() - timedelta(hours=1)))
    assert found("retention_floor").state == State.UNKNOWN


@pytest.mark.parametrize(("oldest_days", "state"), [(30.05, State.KEPT), (31, State.BROKEN)])
def test_the_ceiling_leaves_a_recorder_time_to_delete(oldest_days: float, state: State) -> None:
    camera(recorder(), oldest_days=oldest_days)
    assert found("retention_ceiling").state == state


def test_cameras_are_counted_against_the_number_of_the_text() -> None:
    school(77)
    assert found("camera_count").state == State.BROKEN
    camera(Recorder.objects.get(name="nvr-1"), 99, state="no_signal")
    assert found("camera_count").state == State.AT_RISK


def test_recorders_are_counted_against_the_number_of_the_text() -> None:
    school(1)
    assert found("recorder_count").state == State.KEPT
    Recorder.objects.filter(name="nvr-1").update(reported_at=timezone.now() - timedelta(hours=1))
    assert found("recorder_count").state == State.AT_RISK
    Recorder.objects.filter(name="nvr-2").update(public_key="")
    assert found("recorder_count").state == State.BROKEN


def test_completeness_is_judged_only_as_far_as_reports_tell() -> None:
    nvr = recorder()
    camera(nvr, 1)
    assert found("completeness").state == State.KEPT
    camera(nvr, 2, since_days=0.5)
    assert found("completeness").state == State.UNKNOWN
    camera(nvr, 3, state="no_signal", since_us=us_ago(hours=1))
    assert found("completeness").state == State.BROKEN


def test_of_a_camera_that_is_only_named_nothing_is_expected_but_that_the_count_tells_it() -> None:
    school(77)
    nvr = Recorder.objects.get(name="nvr-1")
    ghost = camera(nvr, 99, state="off", since_us=us_ago(days=3), oldest_us=None, clock_offset_us=None, code=ABSENT)
    assert ghost.state == "absent"
    assert found("camera_count").state == State.AT_RISK
    assert "1" in found("camera_count").figure
    names = ("obstruction", "completeness", "retention_floor", "retention_ceiling", "clock_offset")
    assert {name: found(name).state for name in names} == dict.fromkeys(names, State.KEPT)
    triggers.look()
    assert not Duty.objects.filter(trigger="camera.failed").exists()


def test_a_camera_that_stands_still_without_an_order_is_told() -> None:
    nvr = recorder()
    assert found("obstruction").state == State.UNKNOWN
    camera(nvr, 1)
    assert found("obstruction").state == State.KEPT
    camera(nvr, 2, state="no_signal", since_us=us_ago(minutes=5))
    assert found("obstruction").state == State.AT_RISK
    camera(nvr, 3, state="off", since_us=us_ago(minutes=5))
    assert found("obstruction").state == State.BROKEN


@pytest.mark.parametrize(
    ("offset_us", "state"),
    [
        (-1_900_000, State.KEPT),
        (-2_100_000, State.BROKEN),
        (None, State.UNKNOWN),
    ],
)
def test_a_clock_may_be_off_by_what_the_text_allows(offset_us: int | None, state: State) -> None:
    camera(recorder(), clock_offset_us=offset_us)
    assert found("clock_offset").state == state


def test_who_has_not_signed_in_time_is_late(make_user: Callable[..., User]) -> None:
    user = make_user(Role.GUARD)
    assert found("acknowledgements").state == State.KEPT
    Acknowledgement.objects.filter(person=user).delete()
    assert found("acknowledgements").state == State.AT_RISK
    Assignment.objects.update(from_at=timezone.now() - timedelta(days=8))
    assert found("acknowledgements").state == State.AT_RISK  # the text was taken over today
    Version.objects.update(signed_at=timezone.now() - timedelta(days=8))
    assert found("acknowledgements").state == State.BROKEN


def test_assignments_of_the_command_line_lack_a_signature(make_user: Callable[..., User]) -> None:
    principal, guard = make_user(Role.PRINCIPAL), make_user(Role.GUARD)
    assert found("assignments_signed").state == State.AT_RISK
    Assignment.objects.filter(person=principal).delete()
    Assignment.objects.filter(person=guard).update(origin="signed", signed_by=principal)
    assert found("assignments_signed").state == State.KEPT


def _with_text(old: str, new: str) -> Survey:
    """The version in force with a word changed, as if it had been signed so."""
    text = SHIPPED.read_text(encoding="utf-8")
    assert old in text
    Version.objects.update(text=text.replace(old, new), sha256="f" * 64)
    return Survey()


@pytest.mark.parametrize(
    ("ends_on", "state"), [("2023-05-31", State.AT_RISK), ("2099-05-31", State.KEPT)], ids=["over", "far away"]
)
def test_a_term_that_is_over_goes_on_with_a_warning(ends_on: str, state: State) -> None:
    _with_text("ends_on: 2023-05-31", f"ends_on: {ends_on}")
    assert found("term").state == state


def test_a_term_that_is_over_is_broken_where_the_text_ends_with_it() -> None:
    _with_text("on_term_end: continue_with_warning", "on_term_end: readonly")
    assert found("term").state == State.BROKEN


@pytest.mark.parametrize(("status", "state"), [("amended", State.AT_RISK), ("repealed", State.BROKEN)])
def test_a_legal_basis_that_is_gone_is_told(status: str, state: State) -> None:
    assert found("legal_bases").state == State.KEPT
    _with_text("  - number: KH 30\n", f"  - number: KH 30\n    status: {status}\n")
    assert found("legal_bases").state == state


def test_the_text_is_looked_for_in_the_ledger() -> None:
    assert found("published_text").state == State.BROKEN
    sha256 = Version.objects.get().sha256
    append(act="regulation.published", actor="p-1", thing="regulation:1", version=sha256)
    finding = found("published_text")
    assert (finding.state, finding.proof) == (State.KEPT, "/public/regulation")


def test_the_ledger_is_read_again_once_a_day() -> None:
    append(act="session.opened", actor="p-1", thing="account:1")
    checkpoint()
    row = services.verify_ledger_when_due()
    assert row is not None
    assert row.fault == ""
    assert found("ledger_whole").state == State.KEPT
    assert services.verify_ledger_when_due() is None
    LedgerCheck.objects.update(at=timezone.now() - timedelta(days=3))
    assert found("ledger_whole").state == State.AT_RISK
    append(act="session.closed", actor="p-1", thing="account:1")
    assert services.verify_ledger_when_due() is not None


def test_a_ledger_whose_head_is_another_one_does_not_hold() -> None:
    append(act="session.opened", actor="p-1", thing="account:1")
    head = LedgerHead.objects.get()
    LedgerHead.objects.update(hashes=bytes(len(head.hashes)))
    assert services._first_fault(head.size, bytes(len(head.hashes)), {}) == "head"
    assert services._first_fault(head.size + 1, bytes(head.hashes), {}) == f"entry {head.size}"
    assert services._first_fault(head.size, bytes(head.hashes), {1: "00"}) == "checkpoint 1"


def test_a_ledger_that_does_not_hold_breaks_its_clause() -> None:
    LedgerCheck.objects.create(at=timezone.now(), entries=5, fault="entry 3")
    finding = found("ledger_whole")
    assert finding.state == State.BROKEN
    assert "entry 3" in finding.figure


@pytest.mark.parametrize(("hours", "state"), [(1, State.KEPT), (5, State.AT_RISK), (30, State.BROKEN)])
def test_checkpoints_of_recorders_come_every_hour(hours: int, state: State) -> None:
    row = Checkpoint.objects.create(recorder=recorder(), sha256="a" * 64, text="note")
    Checkpoint.objects.filter(pk=row.pk).update(received_at=timezone.now() - timedelta(hours=hours))
    assert found("checkpoints").state == state


@pytest.mark.parametrize(("days", "state"), [(5, State.KEPT), (33, State.AT_RISK), (45, State.BROKEN)])
def test_a_matter_is_reported_within_its_month_and_the_days_after_it(days: int, state: State) -> None:
    matter = Matter.objects.create(text="Camera quay ra đường", filed_at=timezone.now() - timedelta(days=days))
    assert found("matters_open").state == state
    Matter.objects.filter(pk=matter.pk).update(state=Matter.State.REPORTED)
    assert found("matters_open").state == State.KEPT


def test_a_late_duty_breaks_its_own_norm_and_no_other() -> None:
    survey = Survey()
    repair, service = (survey.regulation.norm_by_id[name] for name in ("Đ8.2/repair", "Đ7.2/service"))
    (duty,) = opened("camera.failed", "camera:nvr-1/cam-01")
    assert CHECKS["duties_on_time"](Survey(), repair).state == State.KEPT
    type(duty).objects.update(due_at=timezone.now() + timedelta(hours=2))
    assert CHECKS["duties_on_time"](Survey(), repair).state == State.AT_RISK
    type(duty).objects.update(due_at=timezone.now() - timedelta(hours=2))
    assert CHECKS["duties_on_time"](Survey(), repair).state == State.BROKEN
    assert CHECKS["duties_on_time"](Survey(), service).state == State.KEPT
    unheard = replace(repair, trigger="visitor.arrived")
    assert CHECKS["duties_on_time"](Survey(), unheard).state == State.UNKNOWN
