"""Duties: opened once by an event or the calendar, closed with evidence, passed on when late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from nangmai.regulation.bindings import TRIGGERS
from nangmai.web.accounts.models import User
from nangmai.web.compliance import triggers
from nangmai.web.documents.services import set_letterhead
from nangmai.web.duties import calendar, queries, services
from nangmai.web.duties.models import Duty
from nangmai.web.ledger.models import Entry
from nangmai.web.matters.services import report
from nangmai.web.people.models import Assignment
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.models import Acknowledgement, Version
from nangmai.web.regulation.services import acknowledge
from nangmai.web.sites.models import Camera
from nangmai.web.watch.models import Post
from unit.web.compliance.surveys import camera, recorder, us_ago
from unit.web.regulations import SHIPPED
from unit.web.roles import Role

REPAIR = "Đ8.2/repair"


def letterhead() -> None:
    set_letterhead(
        by=None,
        in_force_from=date(2020, 1, 1),
        institution="Trường Mầm non Nắng Mai",
        abbreviation="MNNM",
        place="Long Biên",
        public_address="https://camera.example.vn/",
    )


def _late(duty: Duty, **length: float) -> Duty:
    Duty.objects.filter(pk=duty.pk).update(due_at=timezone.now() - timedelta(**length))
    duty.refresh_from_db()
    return duty


def test_the_events_that_are_told_of_are_events_of_the_text() -> None:
    assert TRIGGERS.keys() >= queries.TOLD


def test_an_event_opens_its_duty_once_with_the_deadline_of_the_text() -> None:
    at = timezone.now()
    (duty,) = services.opened("camera.failed", "camera:nvr-1/cam-01", at=at)
    assert duty.norm == REPAIR
    assert duty.due_at == at + timedelta(hours=72)
    assert duty.roles == ["it_officer"]
    assert services.opened("camera.failed", "camera:nvr-1/cam-01") == []
    assert len(services.opened("camera.failed", "camera:nvr-1/cam-02")) == 1
    told = Entry.objects.filter(act="duty.opened")
    assert {entry.thing for entry in told} == {"camera:nvr-1/cam-01", "camera:nvr-1/cam-02"}


def test_the_same_duty_cannot_be_open_twice_nor_done_without_evidence() -> None:
    (duty,) = services.opened("camera.failed", "camera:nvr-1/cam-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.create(
            norm=duty.norm, clause="", version="", subject=duty.subject, roles=[], opened_at=timezone.now()
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        Duty.objects.filter(pk=duty.pk).update(done_at=timezone.now())


def test_only_who_owes_a_duty_reports_it_done(make_user: Callable[..., User]) -> None:
    (duty,) = services.opened("camera.failed", "camera:nvr-1/cam-01")
    with pytest.raises(services.NotYourDuty):
        services.report_done(duty=duty, by=make_user(Role.GUARD), evidence="x")
    officer = make_user(Role.IT_OFFICER)
    with pytest.raises(services.EvidenceMissing):
        services.report_done(duty=duty, by=officer, evidence=" ")
    done = services.report_done(duty=duty, by=officer, evidence="Đã thay nguồn")
    assert done.done_by == officer
    with pytest.raises(services.AlreadyDone):
        services.report_done(duty=duty, by=officer, evidence="Đã thay nguồn")
    entry = Entry.objects.filter(act="duty.done").get()
    assert entry.said.facts["late"] is False
    assert "nguồn" not in entry.body


def test_a_late_duty_is_passed_on_step_by_step(make_user: Callable[..., User]) -> None:
    head = make_user(Role.HEAD_OF_SECURITY)
    (duty,) = services.opened("camera.failed", "camera:nvr-1/cam-01")
    assert services.escalate_overdue() == 0
    _late(duty, hours=2)
    assert services.escalate_overdue() == 0
    assert not queries.is_owed_by(duty, head, timezone.now())
    _late(duty, hours=25)
    assert services.escalate_overdue() == 1
    assert services.escalate_overdue() == 0
    duty.refresh_from_db()
    assert duty.escalated == ["head_of_security"]
    assert queries.is_owed_by(duty, head, timezone.now())
    assert Entry.objects.filter(act="duty.escalated").count() == 1


def test_a_new_version_is_acknowledged_by_each_person_the_text_names(make_user: Callable[..., User]) -> None:
    guard = make_user(Role.GUARD)
    calendar.look()
    assert not Duty.objects.filter(person=guard).exists()
    Acknowledgement.objects.filter(person=guard).delete()
    calendar.look()
    calendar.look()
    duty = Duty.objects.get(person=guard)
    assert duty.due_at is not None
    since = Assignment.objects.get(person=guard).from_at
    assert duty.due_at == max(since, Version.objects.get().signed_at) + timedelta(days=7)
    acknowledge(person=guard)
    calendar.look()
    duty.refresh_from_db()
    assert duty.evidence.startswith("acknowledgement:")


def test_a_repealed_basis_and_the_end_of_the_term_each_open_one_duty() -> None:
    text = SHIPPED.read_text(encoding="utf-8")
    text = text.replace("  - number: KH 30\n", "  - number: KH 30\n    status: repealed\n")
    Version.objects.update(text=text, sha256="f" * 64)
    calendar.look()
    calendar.look()
    assert Duty.objects.filter(trigger="legal_basis.repealed").get().subject == "legal_basis:KH 30"
    assert Duty.objects.filter(trigger="term.ending").count() == 1


def test_what_comes_again_opens_when_its_period_has_passed() -> None:
    calendar.look()
    assert not Duty.objects.filter(trigger="").exists()
    calendar.look(now=timezone.now() + timedelta(days=32))
    calendar.look(now=timezone.now() + timedelta(days=33))
    opened = Duty.objects.filter(trigger="")
    assert {duty.norm for duty in opened} == {"KT.1/report", "KT.3/report", "KT.3/views"}
    assert len(opened) == 3


def test_a_post_without_anybody_opens_a_duty_until_somebody_comes() -> None:
    post = Post.objects.create(name="Phòng trực")
    triggers.look()
    duty = Duty.objects.get(trigger="watch.unmanned")
    assert duty.due_at == duty.opened_at + timedelta(minutes=10)
    Post.objects.filter(pk=post.pk).update(is_continuous=False)
    triggers.look()
    duty.refresh_from_db()
    assert duty.done_at is not None


def test_a_camera_that_stays_away_is_to_be_repaired_until_it_records_again() -> None:
    nvr = recorder()
    failed = camera(nvr, 1, state="no_signal", since_us=us_ago(minutes=20))
    camera(nvr, 2, state="no_signal", since_us=us_ago(minutes=5))
    triggers.look()
    duty = Duty.objects.get(trigger="camera.failed")
    assert duty.subject == "camera:nvr-1/cam-01"
    Camera.objects.filter(pk=failed.pk).update(streams={"main": failed.main | {"state": "recording"}})
    triggers.look()
    duty.refresh_from_db()
    assert duty.evidence.startswith("recording:")


def test_the_page_shows_mine_and_to_the_board_everything(sign_in: Callable[..., Client]) -> None:
    services.opened("camera.failed", "camera:nvr-1/cam-01")
    officer, guard, principal = sign_in(Role.IT_OFFICER), sign_in(Role.GUARD), sign_in(Role.PRINCIPAL)
    duty = Duty.objects.get()
    link = f'href="/duties/{duty.pk}/done"'
    assert link in officer.get("/duties/").content.decode()
    assert "Đ8.2" not in guard.get("/duties/").content.decode()
    page = principal.get("/duties/").content.decode()
    assert "Đ8.2" in page
    assert link not in page
    assert guard.get(f"/duties/{duty.pk}/done").status_code == 403
    assert officer.post(f"/duties/{duty.pk}/done", {"evidence": ""}).status_code == 200
    assert officer.post(f"/duties/{duty.pk}/done", {"evidence": "Đã thay nguồn"}).status_code == 302
    assert "Đã thay nguồn" in principal.get("/duties/").content.decode()


def test_an_open_duty_lets_those_it_names_do_what_it_demands(make_user: Callable[..., User]) -> None:
    clerk, guard = make_user(Role.CLERK), make_user(Role.GUARD)
    assert not Asker(clerk).may("compliance.report")
    calendar.look(now=timezone.now() + timedelta(days=32))
    assert Asker(clerk).may("compliance.report")
    assert not Asker(guard).may("compliance.report")
    duty = Duty.objects.get(norm="KT.3/report")
    services.report_done(duty=duty, by=clerk, evidence="Báo cáo số 12")
    assert not Asker(clerk).may("compliance.report")
    entry = Entry.objects.filter(act="duty.done").get()
    assert entry.said.assignment
    assert entry.said.clauses == ("KT.3",)


def test_a_duty_that_is_done_in_the_system_is_closed_by_doing_it_and_not_by_saying_so(
    make_user: Callable[..., User], sign_in: Callable[..., Client]
) -> None:
    client = sign_in(Role.HEAD_OF_SECURITY)
    head = User.objects.get(username=str(Role.HEAD_OF_SECURITY))
    calendar.look(now=timezone.now() + timedelta(days=32))
    duty = Duty.objects.get(norm="KT.1/report")
    assert client.get(f"/duties/{duty.pk}/done").headers["Location"] == "/matters/report"
    with pytest.raises(services.DoneElsewhere):
        services.report_done(duty=duty, by=head, evidence="Đã báo cáo")
    Duty.objects.filter(pk=duty.pk).update(opened_at=timezone.now() - timedelta(minutes=1))
    triggers.look()
    assert duty in queries.open_duties()
    letterhead()
    made = report(by=head)
    triggers.look()
    duty.refresh_from_db()
    assert duty.evidence == made.name


def test_the_end_of_a_term_waits_for_a_version_that_comes_after_it() -> None:
    calendar.look()
    assert Duty.objects.filter(trigger="term.ending", done_at=None).count() == 1
    Version.objects.update(sha256="e" * 64, text=Version.objects.get().text.replace("2023-05-31", "2099-05-31"))
    calendar.look()
    assert Duty.objects.get(trigger="term.ending").evidence == f"regulation:{'e' * 64}"
