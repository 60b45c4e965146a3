"""An incident from the report to its conclusion: who may, which deadlines run, what the ledger keeps."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.base.units import us_from_datetime
from nangmai.regulation.states import EventUnexpected
from nangmai.web.accounts.models import User
from nangmai.web.compliance.checks import CHECKS
from nangmai.web.compliance.findings import State
from nangmai.web.compliance.survey import Survey
from nangmai.web.duties import services as duties
from nangmai.web.duties.models import Duty
from nangmai.web.incidents import services
from nangmai.web.incidents.handover import open_items
from nangmai.web.incidents.models import INCIDENT, Incident
from nangmai.web.incidents.signals import hold_released, hold_wanted
from nangmai.web.ledger.models import Entry
from nangmai.web.people.models import Recusal
from nangmai.web.regulation.authorities import Refused
from nangmai.web.sites.models import Camera
from nangmai.web.watch.items import in_words
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role


@pytest.fixture
def gate() -> Camera:
    FakeRecorder().enrol().send()
    return Camera.objects.get()


@pytest.fixture
def people(make_user: Callable[..., User]) -> dict[str, User]:
    return {str(role): make_user(role) for role in (Role.PRINCIPAL, Role.HEAD_OF_SECURITY, Role.GUARD)}


def ago(**length: float) -> datetime:
    return timezone.now() - timedelta(**length)


def reported(by: User, *cameras: Camera, **other: Any) -> Incident:
    given: dict[str, Any] = {
        "severity": "P1",
        "observed_at": ago(minutes=5),
        "cameras": list(cameras),
        "place": "Cổng chính",
        "what": "Có người trèo qua cổng",
    }
    return services.report(by=by, **given | other)


def open_norms(incident: Incident) -> set[str]:
    return set(Duty.objects.filter(subject=incident.name, done_at=None).values_list("norm", flat=True))


def judged(norm: str) -> State:
    survey = Survey()
    return CHECKS["duties_on_time"](survey, survey.regulation.norm_by_id[norm]).state


def test_every_state_can_be_reached_and_the_only_end_is_closed() -> None:
    assert INCIDENT.reachable() == set(Incident.State.values) == set(INCIDENT.states)
    assert INCIDENT.ends == {"closed"}


def test_an_incident_runs_from_the_report_to_its_conclusion(people: dict[str, User], gate: Camera) -> None:
    guard, head, principal = (people[role] for role in ("guard", "head_of_security", "principal"))
    row = reported(guard, gate)
    assert open_norms(row) == {"Đ4.1/received", "Đ4.3/campus"}
    services.receive(incident=row, by=principal)
    services.locate(incident=row, by=head, is_on_premises=True, place="Cổng chính, phía trong")
    assert open_norms(row) == set()
    services.direct(incident=row, by=principal, text="Khóa cổng, báo công an phường", is_stepped_up=True)
    assert open_norms(row) == {"Đ4.3/minuted", "Đ8.1/support"}
    services.minute(incident=row, by=head, text="Lúc 21 giờ …", is_about_somebody=True)
    assert open_norms(row) == {"Đ3.3/tell", "Đ8.1/support"}
    with pytest.raises(services.PersonNotTold):
        services.close(incident=row, by=principal, conclusion="Nhắc nhở", is_stepped_up=True)
    tell = Duty.objects.get(norm="Đ3.3/tell")
    duties.report_done(duty=tell, by=principal, evidence="Đã giao thông báo tận tay")
    services.close(incident=row, by=principal, conclusion="Nhắc nhở", is_stepped_up=True)
    row.refresh_from_db()
    assert row.state == Incident.State.CLOSED
    acts = list(Entry.objects.filter(thing=row.name, act__startswith="incident.").order_by("seq"))
    assert [entry.act.removeprefix("incident.") for entry in acts] == [
        "reported", "received", "located", "directed", "minuted", "closed",
    ]  # fmt: skip
    assert all(entry.said.clauses and entry.said.assignment for entry in acts)
    assert not any("trèo" in entry.body or "công an" in entry.body for entry in acts)


@pytest.mark.parametrize(
    ("severity", "minutes", "is_late"), [("P1", 14, False), ("P1", 16, True), ("P2", 59, False), ("P2", 61, True)]
)
def test_the_deadline_of_a_report_runs_from_what_was_seen(
    people: dict[str, User], severity: str, minutes: int, is_late: bool
) -> None:
    row = reported(people["guard"], severity=severity, observed_at=ago(minutes=minutes))
    duty = Duty.objects.get(trigger=f"incident.observed_{severity.lower()}")
    assert duty.done_at is not None
    entry = Entry.objects.get(act="duty.done", thing=duty.name)
    assert (entry.said.facts["about"], entry.said.facts["late"]) == (row.name, is_late)


def test_a_report_nobody_receives_is_passed_on_and_breaks_its_clause(people: dict[str, User]) -> None:
    assert judged("Đ4.1/received") == State.KEPT
    row = reported(people["guard"])
    Duty.objects.filter(norm="Đ4.1/received").update(due_at=ago(minutes=31))
    duties.escalate_overdue()
    assert Duty.objects.get(norm="Đ4.1/received").escalated == ["principal", "vice_principal"]
    assert judged("Đ4.1/received") == State.BROKEN
    services.receive(incident=row, by=people["principal"])
    assert judged("Đ4.1/received") == State.KEPT


def test_security_reports_and_does_not_decide(people: dict[str, User]) -> None:
    row = reported(people["guard"])
    for role in ("guard", "head_of_security"):
        with pytest.raises(Refused) as refused:
            services.direct(incident=row, by=people[role], text="Bắt lại", is_stepped_up=True)
        assert "Đ7.1" in refused.value.clause
        with pytest.raises(Refused):
            services.receive(incident=row, by=people[role])
    with pytest.raises(Refused):
        services.direct(incident=row, by=people["principal"], text="Bắt lại", is_stepped_up=False)


def test_who_keeps_out_of_the_case_decides_nothing_in_it(people: dict[str, User]) -> None:
    row, principal = reported(people["guard"]), people["principal"]
    Recusal.objects.create(
        case=row.name,
        person=principal,
        reason="Người nhà",
        from_at=ago(days=1),
        declared_by=principal,
        declared_at=ago(days=1),
    )
    with pytest.raises(Refused):
        services.dismiss(incident=row, by=principal, conclusion="Không có gì", is_stepped_up=True)


def test_steps_out_of_order_are_refused(people: dict[str, User]) -> None:
    row = reported(people["guard"])
    with pytest.raises(EventUnexpected):
        services.minute(incident=row, by=people["head_of_security"], text="…", is_about_somebody=False)
    services.receive(incident=row, by=people["principal"])
    with pytest.raises(EventUnexpected):
        services.receive(incident=row, by=people["principal"])
    services.dismiss(incident=row, by=people["principal"], conclusion="Nhân viên quên chìa khóa", is_stepped_up=True)
    with pytest.raises(EventUnexpected):
        services.direct(incident=row, by=people["principal"], text="…", is_stepped_up=True)


def test_what_cannot_be_is_said_in_a_sentence(people: dict[str, User]) -> None:
    with pytest.raises(services.SeenLater):
        reported(people["guard"], observed_at=ago(minutes=-5))
    with pytest.raises(services.WordsMissing):
        reported(people["guard"], what="  ")
    assert not Incident.objects.exists()


def test_footage_around_it_is_asked_to_be_held_until_it_is_closed(people: dict[str, User], gate: Camera) -> None:
    wanted: list[dict[str, Any]] = []
    released: list[Incident] = []

    def want(**said: Any) -> None:
        wanted.append(said)

    def release(**said: Any) -> None:
        released.append(said["incident"])

    hold_wanted.connect(want)
    hold_released.connect(release)
    try:
        row = reported(people["guard"], gate)
        services.receive(incident=row, by=people["principal"])
        services.dismiss(incident=row, by=people["principal"], conclusion="Nhầm", is_stepped_up=True)
    finally:
        hold_wanted.disconnect(want)
        hold_released.disconnect(release)
    (said,) = wanted
    assert said["cameras"] == [gate]
    assert said["from_us"] < us_from_datetime(row.observed_at) < said["to_us"]
    assert released == [row]


def test_a_breach_of_personal_data_opens_its_notification(people: dict[str, User]) -> None:
    row = reported(people["guard"], touches_data=True)
    duty = Duty.objects.get(trigger="data.breached")
    assert duty.due_at == row.observed_at + timedelta(hours=72)


def test_the_next_shift_is_told_what_is_open(people: dict[str, User]) -> None:
    row = reported(people["guard"])
    (item,) = open_items()
    assert (item.key, item.facts["severity"]) == (row.name, "P1")
    assert "Cổng chính" in in_words(item.as_json())


def test_the_pages_lead_from_the_report_to_the_end(sign_in: Callable[..., Client], gate: Camera) -> None:
    guard, principal, finance = sign_in(Role.GUARD), sign_in(Role.PRINCIPAL), sign_in(Role.FINANCE)
    page = guard.get("/incidents/report?camera=nvr-1/cam-01").content.decode()
    assert page.count("checked") == 2  # the severity and the camera
    form = {"severity": "P2", "what": "Kính phòng học vỡ", "observed_at": "", "cameras": [gate.pk]}
    assert guard.post("/incidents/report", form).status_code == 200
    form["observed_at"] = timezone.localtime(ago(minutes=3)).strftime("%Y-%m-%dT%H:%M")
    answer = guard.post("/incidents/report", form)
    address = answer.headers["Location"]
    assert "Kính phòng học vỡ" in principal.get("/incidents/").content.decode()
    assert finance.get(address).status_code == 404
    assert "Kính" not in finance.get("/incidents/").content.decode()
    assert f'action="{address}/receive"' in principal.get(address).content.decode()
    assert f'action="{address}/receive"' not in guard.get(address).content.decode()
    assert guard.post(f"{address}/receive").status_code == 403
    assert principal.post(f"{address}/receive").status_code == 302
    assert principal.get(f"{address}/direct").headers["Location"].startswith("/account/step-up")
    session = principal.session
    session["stepped_up_s"] = time.time()
    session.save()
    assert principal.post(f"{address}/direct", {"text": "Thay kính trong ngày"}).status_code == 302
    assert "Thay kính trong ngày" in guard.get(address).content.decode()
    assert Incident.objects.get().state == Incident.State.DIRECTED
