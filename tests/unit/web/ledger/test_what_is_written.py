"""What people and recorders do leaves its entry, without a name or a password in it."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

from django.core.management import call_command
from django.test import Client

from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Disclosure, Entry
from unit.web.conftest import PASSWORD
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role


def written(act: str) -> list[Entry]:
    return list(Entry.objects.filter(act=act).order_by("seq"))


def only(act: str) -> Entry:
    (row,) = written(act)
    return row


def test_signing_in_and_out_are_entries(sign_in: Callable[..., Client]) -> None:
    client = sign_in(Role.GUARD)
    user = User.objects.get(username="guard")
    opened = only("session.opened")
    assert (opened.actor, opened.thing, opened.outcome) == (f"p-{user.pk}", f"account:{user.pk}", "done")
    assert "guard" not in opened.body
    assert {row.field for row in Disclosure.objects.filter(entry=opened)} == {"address", "browser"}
    client.post("/account/sign-out")
    assert only("session.closed").actor == f"p-{user.pk}"


def test_a_wrong_password_is_an_entry_and_what_was_typed_is_not(make_user: Callable[..., User]) -> None:
    user = make_user(Role.GUARD)
    Client().post("/account/sign-in", {"username": "guard", "password": "typed by mistake"})
    Client().post("/account/sign-in", {"username": "my secret in the wrong field", "password": "x"})
    first, second = written("session.opened")
    assert (first.outcome, first.actor) == ("failed", f"p-{user.pk}")
    assert (second.outcome, second.actor, second.thing) == ("failed", "unknown", "account")
    told = "".join([first.body, second.body, *Disclosure.objects.values_list("text", flat=True)])
    assert "typed by mistake" not in told
    assert "my secret" not in told


def test_a_new_password_is_an_entry(sign_in: Callable[..., Client]) -> None:
    form = {"old": PASSWORD, "new": "mười con vịt lội", "again": "mười con vịt lội"}
    assert sign_in().post("/account/password", form).status_code == 302
    assert only("password.changed").outcome == "done"


def test_a_new_account_is_an_entry_and_its_name_can_be_erased() -> None:
    call_command("adduser", "hieutruong", role="principal", name="Nguyễn Thu Hà", stdout=io.StringIO())
    row = only("account.added")
    assert row.actor == "system"
    assert "Nguyễn" not in row.body
    assert Disclosure.objects.get(entry=row, field="name").text == "Nguyễn Thu Hà"


def ask(client: Client, **fields: Any) -> Any:
    body = {"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]} | fields
    return client.post("/footage/ticket", json.dumps(body), content_type="application/json")


def test_a_ticket_is_an_entry_with_its_clause(sign_in: Callable[..., Client]) -> None:
    FakeRecorder().enrol().send()
    answer = ask(sign_in(Role.GUARD))
    row = only("ticket.issued")
    assert (row.thing, row.outcome, row.said.clauses) == ("camera:nvr-1/cam-01", "done", ("Đ7.1",))
    assert row.said.facts == {"right": "live", "purpose": "P1", "ticket": answer.json()["jti"]}
    assert row.said.assignment.startswith("a-")
    assert len(row.said.version) == 64


def test_a_refused_ticket_is_an_entry_with_the_clause_that_refused_it(sign_in: Callable[..., Client]) -> None:
    assert ask(sign_in(Role.FINANCE)).status_code == 403
    row = only("live.view")
    assert (row.thing, row.outcome, row.said.clauses) == ("camera", "refused", ("Đ9.2",))
    assert row.said.facts == {"code": "forbidden", "missing": []}


def test_names_that_no_database_can_hold_are_refused_as_such(sign_in: Callable[..., Client]) -> None:
    assert ask(sign_in(Role.GUARD), recorder="\ud800").status_code == 400


def test_a_recorder_is_expected_and_its_key_pinned_once() -> None:
    recorder = FakeRecorder().enrol()
    recorder.send()
    recorder.send()
    assert only("recorder.expected").thing == "recorder:nvr-1"
    assert only("recorder.pinned").actor == "recorder:nvr-1"


def test_the_checkpoints_of_recorders_go_in_once_and_whole() -> None:
    recorder = FakeRecorder().enrol()
    report = recorder.report(checkpoints=("checkpoint one",))
    recorder.send(report)
    recorder.send(report)
    assert only("checkpoint.received").said.facts == {"note": "checkpoint one"}
