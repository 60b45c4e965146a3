"""The ledger alone is enough to know how every case stands, and a database that says otherwise is found."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from nangmai.cli.verify import command
from nangmai.custody.ledger_replay import NEW
from nangmai.regulation.acts import ACTS
from nangmai.web.accounts.models import User
from nangmai.web.amendments.models import AMENDMENT
from nangmai.web.ledger import services
from nangmai.web.ledger.comparing import compare
from nangmai.web.ledger.services import append
from nangmai.web.ledger.titles import act_titles
from nangmai.web.matters import services as matters
from nangmai.web.matters.models import MATTER, Matter
from nangmai.web.people import services as people
from nangmai.web.people.models import Assignment
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.services import adopt
from nangmai.web.told import QUIET, TOLD
from nangmai.web.watch import told as watch
from nangmai.web.watch.models import ROSTER, SHIFT, Shift
from unit.web.regulations import SHIPPED
from unit.web.roles import Role
from unit.web.watch.rosters import make_roster

NOT_REVOKED = {"revoked_at": None, "revoked_by": None, "revoked_reason": ""}


@pytest.fixture(autouse=True)
def _adopted() -> None:
    """As an installation begins: the first version is in the ledger too."""
    Version.objects.all().delete()
    adopt(text=SHIPPED.read_text(encoding="utf-8"), where=SHIPPED.name)


@pytest.fixture
def busy(make_user: Callable[..., User]) -> User:
    """People, a matter on its way, a week that is published and a shift that was handed over."""
    roster = make_roster(make_user).fill().move("check", "approve", "publish")
    matters.file(person=roster.day_guard, text="Cổng phụ không có camera")
    matter = matters.file(person=roster.day_guard, text="Chuông báo không kêu")
    matters.collect(matter=matter, by=roster.head, topic="Chuông", note="Hỏng từ tháng trước")
    other = make_user(Role.FINANCE)
    given = people.assign(person=other, role=Role.CLERK, by=roster.principal, is_stepped_up=True)
    people.revoke(assignment=given, by=roster.principal, is_stepped_up=True, reason="Nhầm người")
    now = timezone.now()
    held = roster.principal.assignments.get()
    people.delegate(
        assignment=held, taker=other, by=roster.principal, is_stepped_up=True, form="KT",
        span=people.Span(now, now + timedelta(days=1)), acts=["people.see"],
    )  # fmt: skip
    people.recuse(person=other, case="VV-1", reason="Người nhà", by=other, is_stepped_up=False)
    return roster.principal


def test_every_act_that_is_written_is_told_of_or_changes_no_case() -> None:
    written = act_titles().keys() - ACTS.keys()
    assert written - QUIET - TOLD.keys() == set(), "say in the app's told.py what it does to which case"
    assert not QUIET & TOLD.keys()


def test_what_is_told_of_a_roster_is_what_its_table_allows() -> None:
    states = {state: NEW if state == ROSTER.initial else state for state in ROSTER.states}
    for target, sources in watch.STEPS.items():
        allowed = {states[step.source] for step in ROSTER.transitions if step.target == target}
        assert set(sources) == allowed, target
    assert SHIFT.reachable() == {"planned", "on_watch", "closed"}
    assert MATTER.reachable() == {"logged", "collected", "reported", "answered"}
    assert "published" in AMENDMENT.ends


def test_the_ledger_alone_rebuilds_what_the_database_says(busy: User) -> None:
    found = compare()
    assert (found.missteps, found.differences) == ([], [])
    assert found.agrees
    assert found.cases > 30


@pytest.mark.parametrize(
    ("tamper", "what"),
    [
        (lambda: Matter.objects.filter(state="collected").update(state="reported"), "state"),
        (lambda: Assignment.objects.filter(role="finance").update(role="principal"), "role"),
        (lambda: Shift.objects.filter(pk=Shift.objects.earliest("pk").pk).delete(), "state"),
        (lambda: Assignment.objects.filter(role="clerk").update(**NOT_REVOKED), "state"),
        (lambda: Version.objects.update(in_force_until_us=2**60), "in_force_until_us"),
    ],
)  # fmt: skip
def test_a_row_that_was_changed_behind_the_ledger_is_named(busy: User, tamper: Callable[[], Any], what: str) -> None:
    tamper()
    (difference,) = compare().differences
    assert difference.what == what
    assert difference.ledger != difference.other
    assert difference.entry is not None


def test_an_act_that_was_not_possible_is_named(busy: User) -> None:
    entry = append(act="matter.answered", actor="p-1", thing="matter:77", facts={"answer": "amend"})
    found = compare()
    assert [(one.entry, one.case) for one in found.missteps] == [(entry.seq, "matter:77")]
    assert not found.agrees


def test_the_page_says_so_to_who_may_read_the_ledger(busy: User, sign_in: Callable[..., Client]) -> None:
    client = Client()
    client.cookies["nangmai_language"] = "en"
    client.force_login(busy)
    assert "The database says" not in client.get("/ledger/comparison").content.decode()
    assert "The database says what the ledger says" in client.post("/ledger/comparison").content.decode()
    Assignment.objects.filter(role="finance").update(role="principal")
    page = client.post("/ledger/comparison").content.decode()
    assert "do not agree" in page
    assert '<td data-label="The database says">principal</td>' in page
    assert sign_in(Role.GUARD).post("/ledger/comparison").status_code == 403


def test_the_command_ends_with_1_where_they_differ(busy: User) -> None:
    said = StringIO()
    call_command("compareledger", "--json", stdout=said)
    assert json.loads(said.getvalue())["agrees"] is True
    Assignment.objects.filter(role="finance").update(role="principal")
    said = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("compareledger", stdout=said)
    assert ended.value.code == 1
    assert "the ledger says 'finance', the database 'principal'" in said.getvalue()


def test_an_export_is_enough_to_rebuild_the_states_without_a_database(busy: User, tmp_path: Path) -> None:
    services.export(tmp_path / "out.zip")
    answer = CliRunner().invoke(command, ["states", str(tmp_path / "out.zip"), "--json"])
    assert answer.exit_code == 0, answer.output
    told = json.loads(answer.output)
    assert told["missteps"] == []
    matter = Matter.objects.get(state="collected")
    assert told["cases"][matter.name]["state"] == "collected"
    assert told["cases"][f"version:{Version.objects.get().sha256}"]["state"] == "signed"
    plain = CliRunner().invoke(command, ["states", str(tmp_path / "out.zip")])
    assert "matter           collected           1" in plain.output
