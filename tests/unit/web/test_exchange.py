"""Recorders enrol, report and are told what to do."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.protocol.messages import Desired, TicketUse
from nangmai.web.footage.models import Use
from nangmai.web.regulation.models import Version
from nangmai.web.sites.models import Camera, Checkpoint, Recorder
from unit.web.recorders import FakeRecorder, camera
from unit.web.regulations import SHIPPED, put_in_force


def use(number: int, at_us: int = 5) -> TicketUse:
    return TicketUse(number, "jti", "baove", "live", "cam-01", "main", None, None, at_us, 10, "opened", "")


def test_an_enrolled_recorder_is_answered_with_keys_and_its_cameras_appear() -> None:
    recorder = FakeRecorder().enrol()
    answer = recorder.send()
    assert answer.status_code == 200
    desired = Desired.from_json(answer.json())
    assert len(desired.ticket_keys) == 1
    shown = Camera.objects.get()
    assert (shown.name, shown.state, shown.recorder.name) == ("Cổng chính", "recording", "nvr-1")


def test_a_recorder_nobody_expects_is_refused() -> None:
    answer = FakeRecorder().send()
    assert answer.status_code == 401
    assert answer.json()["error"] == "recorder_unknown"
    assert not Recorder.objects.exists()


def test_a_wrong_enrolment_secret_pins_no_key() -> None:
    recorder = FakeRecorder().enrol()
    recorder.secret = "guessed"
    assert recorder.send().status_code == 401
    assert Recorder.objects.get().public_key == ""


def test_the_secret_works_once() -> None:
    recorder = FakeRecorder().enrol()
    assert recorder.send().status_code == 200
    thief = FakeRecorder(secret=recorder.secret)
    answer = thief.send()
    assert answer.status_code == 401
    assert answer.json()["error"] == "recorder_signature_wrong"
    assert recorder.send().status_code == 200


def test_a_report_signed_with_another_key_changes_nothing() -> None:
    recorder = FakeRecorder().enrol()
    recorder.send()
    forged = dataclasses.replace(recorder, key=Ed25519PrivateKey.generate())
    assert forged.send(forged.report(camera(name="Forged"))).status_code == 401
    assert Camera.objects.get().name == "Cổng chính"


def test_a_recorder_cannot_report_for_another() -> None:
    first, second = FakeRecorder("nvr-1").enrol(), FakeRecorder("nvr-2").enrol()
    assert first.send().status_code == 200
    assert second.send().status_code == 200
    report = dataclasses.replace(second.report(camera()), recorder="nvr-1")
    assert second.send(report).status_code == 401


@pytest.mark.parametrize("body", ["", "[]", "{}", "nonsense", '{"version": 1}'])
def test_a_body_that_is_no_report_is_one_clear_error(body: str) -> None:
    from django.test import Client

    answer = Client().post("/control/exchange", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["error"] == "report_malformed"


def test_a_camera_that_leaves_the_file_is_kept_but_marked() -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01"), camera("cam-02")))
    recorder.send(recorder.report(camera("cam-02")))
    assert {row.camera_id: row.is_in_file for row in Camera.objects.all()} == {"cam-01": False, "cam-02": True}
    assert Camera.objects.get(camera_id="cam-01").state == "removed"


def test_uses_are_written_once_and_acknowledged() -> None:
    recorder = FakeRecorder().enrol()
    report = recorder.report(camera(), uses=(use(3), use(4)))
    assert recorder.send(report).json()["acknowledged_use"] == 4
    assert recorder.send(report).json()["acknowledged_use"] == 4
    assert Use.objects.count() == 2
    assert recorder.send().json()["acknowledged_use"] == 0


def test_uses_of_a_rebuilt_index_that_counts_from_one_again_are_not_lost() -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera(), uses=(use(1, at_us=5),)))
    recorder.send(recorder.report(camera(), uses=(use(1, at_us=99),)))
    assert Use.objects.count() == 2


def test_checkpoints_are_kept_once() -> None:
    recorder = FakeRecorder().enrol()
    report = recorder.report(camera(), checkpoints=("checkpoint one",))
    recorder.send(report)
    recorder.send(report)
    assert [row.text for row in Checkpoint.objects.all()] == ["checkpoint one"]


def test_a_silent_recorder_makes_its_cameras_unknown() -> None:
    recorder = FakeRecorder().enrol()
    recorder.send()
    row = Recorder.objects.get()
    assert row.reported_at is not None
    row.reported_at -= type(row.reported_at - row.reported_at)(minutes=5)
    row.save()
    assert Camera.objects.get().state == "unknown"


def test_sound_is_allowed_by_a_text_that_says_so_and_by_nothing_else(tmp_path: Path) -> None:
    recorder = FakeRecorder().enrol()
    assert not Desired.from_json(recorder.send().json()).audio
    Version.objects.all().delete()
    assert not Desired.from_json(recorder.send().json()).audio
    text = tmp_path / "regulation.yaml"
    text.write_text(SHIPPED.read_text(encoding="utf-8").replace("  audio: false", "  audio: true"), encoding="utf-8")
    put_in_force(text)
    assert Desired.from_json(recorder.send().json()).audio
