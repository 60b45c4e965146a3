"""`nangmai web manage …`: the first account, recorders, the people of the demonstration."""

from __future__ import annotations

import io
import json

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from nangmai.web.accounts.models import User
from nangmai.web.people.models import Assignment
from nangmai.web.sites.models import Recorder
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role


def run(*arguments: str, **options: object) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, **options)
    return out.getvalue()


def test_adduser_prints_a_password_that_works_once() -> None:
    told = json.loads(run("adduser", "hieutruong", "--role", "principal", "--name", "Hiệu trưởng", "--json"))
    assert User.objects.get().must_change_password
    form = {"username": "hieutruong", "password": told["one_time_password"]}
    assert Client().post("/account/sign-in", form).status_code == 302


@pytest.mark.parametrize("username", ["hieu truong", "hiệutrưởng", "x" * 80])
def test_adduser_refuses_a_bad_name_in_one_sentence(username: str) -> None:
    with pytest.raises(CommandError):
        run("adduser", username, "--role", "guard")
    assert not User.objects.exists()


def test_adduser_refuses_a_name_that_is_taken() -> None:
    run("adduser", "baove", "--role", "guard")
    with pytest.raises(CommandError, match=r".+"):
        run("adduser", "BaoVe", "--role", "guard")


def test_enrol_prints_a_secret_that_the_recorder_can_use() -> None:
    printed = run("enrol", "nvr-7")
    secret = printed.partition('enrolment = "')[2].partition('"')[0]
    assert FakeRecorder("nvr-7", secret=secret).send().status_code == 200


def test_enrol_again_forgets_the_old_key() -> None:
    recorder = FakeRecorder().enrol()
    assert recorder.send().status_code == 200
    run("enrol", "nvr-1")
    assert recorder.send().status_code == 401


def test_a_supervisor_that_starts_again_leaves_an_enrolled_recorder_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send()
    monkeypatch.setenv("NANGMAI_ENROLMENT", "another secret")
    run("enrol", "nvr-1", "--keep")
    assert Recorder.objects.get().public_key
    assert recorder.send().status_code == 200


def test_the_demo_has_a_person_of_every_role_somebody_on_watch_and_can_be_run_twice() -> None:
    people = json.loads(run("demonstrate"))
    assert json.loads(run("demonstrate")) == people
    assert set(Assignment.objects.values_list("role", flat=True)) == set(Role)
    assert [person["is_on_watch"] for person in people].count(True) == 1
    in_force = Assignment.objects.filter(revoked_at=None)
    assert set(in_force.values_list("origin", flat=True)) == {"signed"}
    first = people[0]
    form = {"username": first["username"], "password": first["password"]}
    assert Client().post("/account/sign-in", form).status_code == 302


def test_models_and_migrations_are_equal() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_has_no_complaint() -> None:
    call_command("check")
