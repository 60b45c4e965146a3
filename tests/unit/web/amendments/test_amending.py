"""The regulation is amended through its pages: what it would do, what the law says, the signature, what follows."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

import pytest
from django.test import Client

from nangmai.regulation.facts import Thing
from nangmai.regulation.parameters import PARAMETERS
from nangmai.web.accounts.models import User
from nangmai.web.amendments import services
from nangmai.web.amendments.models import AMENDMENT, Amendment
from nangmai.web.amendments.services import draft_of
from nangmai.web.documents.models import Document
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.standing import end_unfounded
from nangmai.web.ledger.models import Entry
from nangmai.web.matters.queries import to_be_amended
from nangmai.web.matters.services import NotToBeAmended
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.papers import issuing_decision
from nangmai.web.regulation.services import acknowledge
from unit.web.amendments.steps import (
    LIVE,
    MINUTE_US,
    answered,
    desired,
    laid_before,
    page,
    replay_minutes,
    signed,
    state,
    stated,
    step,
    stepped_up,
)
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role


def test_longer_retention_and_a_shorter_replay_window_go_through_the_pages(
    writer: Client,
    principal: Client,
    amendment: Amendment,
    sign_in: Callable[..., Client],
    later: Callable[[], None],
) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01")))
    guard = sign_in(Role.GUARD)
    user = User.objects.get(username=Role.GUARD)
    assert replay_minutes(guard, recorder) == 30
    retention = desired(recorder).retention
    assert retention is not None
    assert (retention.min_days, retention.max_days) == (20, 30)
    old = amendment.base

    assert state(writer, amendment, retention_min_days=30, replay_minutes=10).status_code == 302
    shown = page(writer, amendment)
    assert "Footage is kept at least: 20 days → 30 days" in shown
    assert "Replay window: 30 minutes → 10 minutes" in shown
    writer.cookies["nangmai_language"] = "vi"
    assert "Lưu trữ ít nhất: 20 ngày → 30 ngày" in page(writer, amendment)

    assert step(writer, amendment, "consult").status_code == 302
    assert step(writer, amendment, "submit").status_code == 302
    answer = stepped_up(principal).post(f"/amendments/{amendment.pk}/sign", {"in_force_from": ""})
    assert answer.status_code == 302, answer.content.decode()
    amendment.refresh_from_db()
    new = amendment.version
    assert new is not None
    begins_us = new.in_force_from_us
    old.refresh_from_db()
    assert old.in_force_until_us == begins_us
    assert versions.in_force(begins_us - 1) == old
    assert versions.in_force(begins_us) == new

    later()
    acknowledge(person=user)
    assert Asker(user, purpose="P1", at_us=begins_us - 1).replay_us() == 30 * MINUTE_US
    assert Asker(user, purpose="P1").replay_us() == 10 * MINUTE_US
    assert replay_minutes(guard, recorder) == 10
    retention = desired(recorder).retention
    assert retention is not None
    assert (retention.min_days, retention.max_days) == (30, 30)


def test_what_was_let_is_asked_again_when_the_version_begins(
    head: User, board: User, amendment: Amendment, sign_in: Callable[..., Client], later: Callable[[], None]
) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01")))
    guard = sign_in(Role.GUARD)
    user = User.objects.get(username=Role.GUARD)
    replay_minutes(guard, recorder)
    (ticket,) = IssuedTicket.objects.all()
    stated(head, amendment, replay_minutes=10)
    signed(head, board, amendment)
    assert end_unfounded() == 0
    assert ticket.jti not in desired(recorder).revoked

    later()
    assert end_unfounded() == 1
    assert ticket.jti in desired(recorder).revoked
    answer = guard.post("/footage/ticket", LIVE, content_type="application/json")
    assert (answer.status_code, answer.json()["error"]) == (403, "text_not_acknowledged")
    acknowledge(person=user)
    assert guard.post("/footage/ticket", LIVE, content_type="application/json").status_code == 200
    assert end_unfounded() == 0


def test_an_act_is_judged_by_the_version_of_its_moment(
    head: User, board: User, amendment: Amendment, make_user: Callable[..., User], later: Callable[[], None]
) -> None:
    guard = make_user(Role.GUARD)
    stated(head, amendment, replay_minutes=10)
    new = signed(head, board, amendment)
    later()
    acknowledge(person=guard)
    camera_of_all = Thing("camera", purposes=frozenset({"P1", "P2", "P3"}))

    def may(at_us: int) -> bool:
        asks = Asker(guard, purpose="P1", at_us=at_us)
        span = (at_us - 20 * MINUTE_US, at_us - 19 * MINUTE_US)
        return asks.may("replay.view", camera_of_all, span=span)

    assert may(new.in_force_from_us - 1)
    assert not may(new.in_force_from_us)


def test_the_decision_is_printed_numbered_signed_and_attached(
    principal: Client, head: User, board: User, amendment: Amendment
) -> None:
    stated(head, amendment, retention_min_days=30)
    new = signed(head, board, amendment)
    paper = Document.objects.get(token=amendment.decision)
    assert (paper.kind, paper.number_text) == ("regulation_decision", new.number)
    assert paper.fields.get().signed_at is not None
    content = json.dumps(paper.data, ensure_ascii=False)
    assert "30 ngày" in content
    assert amendment.base.number in content
    assert new.document == f"document:{paper.token}"
    assert Document.objects.get(token=amendment.comparison).kind == "regulation_comparison"
    shown = page(principal, amendment)
    assert f"/documents/{paper.token}" in shown
    assert "0 of 2 people have acknowledged it" in shown


def test_a_decision_says_when_the_regulation_begins_if_not_with_the_signature(amendment: Amendment) -> None:
    begins = datetime(2027, 1, 4, 7, 30, tzinfo=timezone(timedelta(hours=7)))
    paper = issuing_decision(draft_of(amendment), authority="", issuer="", begins=begins, replaces="139")["paper"]
    assert paper["decides"][-2:] == [
        "Quy chế ban hành kèm theo Quyết định này có hiệu lực kể từ 07 giờ 30 phút ngày 04 tháng 01 năm 2027.",
        "Quyết định này thay thế Quyết định số 139.",
    ]
    clauses = [clause for article in paper["regulation"]["articles"] for clause in article["clauses"]]
    assert any("99\u00a0% thời gian" in clause for clause in clauses)


def test_a_draft_below_the_law_is_shown_the_rule_and_goes_nowhere(
    writer: Client, principal: Client, amendment: Amendment
) -> None:
    state(writer, amendment, complaint_window_days=20)
    shown = page(writer, amendment)
    assert "complaints_keep_their_evidence" in shown
    assert 'value="consult"' not in shown
    answer = step(writer, amendment, "consult")
    assert answer.status_code == 400
    assert "90" in answer.content.decode()
    amendment.refresh_from_db()
    assert amendment.state == "drafting"
    Amendment.objects.update(state="law_check")
    assert stepped_up(principal).post(f"/amendments/{amendment.pk}/sign", {}).status_code == 400
    assert Version.objects.count() == 1
    assert not Document.objects.exists()


def test_only_the_principal_signs_and_only_after_a_second_proof(
    writer: Client, principal: Client, head: User, amendment: Amendment
) -> None:
    stated(head, amendment, replay_minutes=10)
    laid_before(head, amendment)
    assert stepped_up(writer).post(f"/amendments/{amendment.pk}/sign", {}).status_code == 403
    answer = principal.post(f"/amendments/{amendment.pk}/sign", {})
    assert answer["Location"].startswith("/account/step-up")
    assert Version.objects.count() == 1


def test_nobody_without_the_right_changes_a_draft(sign_in: Callable[..., Client], amendment: Amendment) -> None:
    guard = sign_in(Role.GUARD)
    assert state(guard, amendment, replay_minutes=10).status_code == 403
    assert step(guard, amendment, "consult").status_code == 403
    assert guard.get("/amendments/begin").status_code == 403
    assert 'name="event"' not in page(guard, amendment)


def test_a_draft_that_changes_nothing_cannot_be_moved_on(head: User, amendment: Amendment) -> None:
    Version.objects.filter(pk=amendment.base_id).update(text=amendment.text, sha256="0" * 64)
    with pytest.raises(services.ChangesNothing):
        services.move(amendment=amendment, by=head, event="consult")


def test_what_two_people_change_at_once_is_not_lost(writer: Client, amendment: Amendment) -> None:
    seen = (amendment.changed_at - timedelta(seconds=1)).isoformat()
    draft = draft_of(amendment)
    form = {name: draft.parameter(name) for name in PARAMETERS if draft.parameter(name) is not False}
    answer = writer.post(f"/amendments/{amendment.pk}/parameters", form | {"replay_minutes": 5, "seen": seen})
    assert answer.status_code == 409
    amendment.refresh_from_db()
    assert draft_of(amendment).parameter("replay_minutes") == 30


def test_a_draft_is_changed_only_while_it_is_drafted(head: User, amendment: Amendment) -> None:
    stated(head, amendment, replay_minutes=10)
    services.move(amendment=amendment, by=head, event="consult")
    with pytest.raises(services.NotDrafting):
        stated(head, amendment, replay_minutes=5)


def test_a_draft_whose_base_has_been_replaced_is_not_signed(head: User, board: User, amendment: Amendment) -> None:
    stated(head, amendment, replay_minutes=10)
    other = Amendment.objects.get(pk=amendment.pk)
    other.pk, other.title = None, "Another"
    other.save()
    laid_before(head, other)
    signed(head, board, amendment)
    with pytest.raises(services.BaseNotInForce):
        services.sign(amendment=other, by=board, factor="totp", is_stepped_up=True)


def test_everybody_named_says_what_they_think_until_it_is_signed(
    sign_in: Callable[..., Client], writer: Client, amendment: Amendment
) -> None:
    guard = sign_in(Role.GUARD)
    address = f"/amendments/{amendment.pk}/opinion"
    assert guard.post(address, {"text": "Ten minutes are too short at night."}).status_code == 302
    assert "Ten minutes are too short at night." in page(writer, amendment)
    assert guard.post(address, {"text": ""}).status_code == 400
    Amendment.objects.filter(pk=amendment.pk).update(state="signed")
    assert guard.post(address, {"text": "Too late"}).status_code == 409


def test_matters_of_the_register_lead_to_a_draft_and_the_signature_settles_them(
    writer: Client, head: User, board: User, amendment: Amendment
) -> None:
    matter = answered(head, board, "amend")
    assert writer.get(f"/amendments/begin?matter={matter.pk}").context["form"].initial["title"] == "Xem lại ca trước"
    assert "Xem lại ca trước" in writer.get("/amendments/").content.decode()
    address = f"/amendments/{amendment.pk}/matters"
    assert writer.post(address, {"matters": [matter.pk]}).status_code == 302
    assert "Xem lại ca trước" in page(writer, amendment)
    assert f"/amendments/{amendment.pk}" in writer.get(f"/matters/{matter.pk}").content.decode()
    stated(head, amendment, replay_minutes=10)
    version = signed(head, board, amendment)
    matter.refresh_from_db()
    assert matter.settled_in == version
    assert not to_be_amended().exists()
    entry = Entry.objects.get(act="matter.settled")
    assert (entry.thing, entry.outcome, entry.clauses.split()) == (f"matter:{matter.pk}", "done", ["QĐ.1"])
    with pytest.raises(NotToBeAmended):
        services.begin(by=head, title="Again", reason="Again", matters=[matter])


def test_a_matter_with_another_answer_is_in_no_draft(
    writer: Client, head: User, board: User, amendment: Amendment
) -> None:
    matter = answered(head, board, "no_change")
    with pytest.raises(NotToBeAmended):
        services.answer(amendment=amendment, by=head, matters=[matter])
    assert writer.post(f"/amendments/{amendment.pk}/matters", {"matters": [matter.pk]}).status_code == 200
    assert not amendment.matters.exists()
    assert writer.post("/amendments/begin", {"title": "Of its own", "reason": "Practice"}).status_code == 302


def test_the_ledger_tells_the_way_of_an_amendment(head: User, board: User, amendment: Amendment) -> None:
    stated(head, amendment, replay_minutes=10)
    services.move(amendment=amendment, by=head, event="consult")
    services.move(amendment=amendment, by=head, event="revise")
    signed(head, board, amendment)
    entries = Entry.objects.filter(thing=f"amendment:{amendment.pk}", outcome="done").order_by("seq")
    place = AMENDMENT.initial
    for entry in entries:
        facts = json.loads(entry.body)["facts"]
        if "event" in facts:
            place = AMENDMENT.next(place, facts["event"]).target
    assert place == amendment.state == "published"
    assert entries.first().act == "amendment.begun"  # type: ignore[union-attr]


def test_the_table_and_the_model_know_the_same_states() -> None:
    assert AMENDMENT.reachable() == set(Amendment.State.values)
    assert AMENDMENT.ends == {"published", "withdrawn"}
