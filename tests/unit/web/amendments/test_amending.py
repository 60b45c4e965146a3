"""The regulation is amended through its pages: what it would do, what the law says, the signature, what follows."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import Client
from django.utils.html import strip_tags

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.protocol.keys import parse_public_key
from nangmai.protocol.messages import Desired
from nangmai.protocol.tickets import verify_ticket
from nangmai.regulation.facts import Thing
from nangmai.regulation.parameters import PARAMETERS
from nangmai.web.accounts.models import User
from nangmai.web.amendments import drafts, services
from nangmai.web.amendments.draft_forms import NormForm, as_initial
from nangmai.web.amendments.models import AMENDMENT, Amendment
from nangmai.web.amendments.services import draft_of
from nangmai.web.documents.models import Document
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.standing import end_unfounded
from nangmai.web.ledger.models import Entry
from nangmai.web.matters import services as matters
from nangmai.web.matters.models import Matter
from nangmai.web.matters.queries import to_be_amended
from nangmai.web.matters.services import NotToBeAmended
from nangmai.web.regulation import versions
from nangmai.web.regulation.authorities import Asker
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.papers import issuing_decision
from nangmai.web.regulation.services import acknowledge
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role

MINUTE_US = 60 * US_PER_S
LIVE = json.dumps({"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]})


def bases(client: Client, amendment: Amendment, **changes: Any) -> Any:
    """The form of legal bases and dates as a browser sends it, with one row for a further basis."""
    draft = draft_of(amendment)
    count = len(draft.legal_bases)
    form: dict[str, Any] = {"basis-TOTAL_FORMS": count + 1, "basis-INITIAL_FORMS": count}
    for at, basis in enumerate(draft.legal_bases):
        values = {"number": basis.number, "date": basis.date.isoformat(), "issuer": basis.issuer}
        values |= {"status": basis.status, **basis.title._asdict()}
        form |= {f"basis-{at}-{name}": value for name, value in values.items()}
    form |= {f"basis-{count}-status": "in_force"}
    return client.post(f"/amendments/{amendment.pk}/bases", form | changes)


def page(client: Client, amendment: Amendment, tab: str = "") -> str:
    answer = client.get(f"/amendments/{amendment.pk}{tab}")
    assert answer.status_code == 200, answer.content.decode()
    return str(answer.content.decode())


def state(client: Client, amendment: Amendment, **values: Any) -> Any:
    """The form of parameters as a browser sends it, with these changed."""
    amendment.refresh_from_db()
    draft = draft_of(amendment)
    stated = {name: draft.parameter(name) for name in PARAMETERS} | values
    form = {name: value for name, value in stated.items() if value is not False}
    form["seen"] = seen(amendment)
    return client.post(f"/amendments/{amendment.pk}/parameters", form)


def seen(amendment: Amendment) -> str:
    """The state of the draft that a page was made from."""
    amendment.refresh_from_db()
    return amendment.changed_at.isoformat()


def step(client: Client, amendment: Amendment, event: str) -> Any:
    return client.post(f"/amendments/{amendment.pk}/step", {"event": event})


def stepped_up(client: Client) -> Client:
    session = client.session
    session["stepped_up_s"] = time.time()
    session.save()
    return client


def signed(head: User, board: User, amendment: Amendment) -> Version:
    """The way to the signature by the services that pages call."""
    laid_before(head, amendment)
    services.sign(amendment=amendment, by=board, factor="totp", is_stepped_up=True)
    amendment.refresh_from_db()
    assert amendment.version is not None
    return amendment.version


def laid_before(head: User, amendment: Amendment) -> None:
    """Up to where it waits for the signature."""
    for event in ("consult", "submit"):
        services.move(amendment=amendment, by=head, event=event)


def stated(head: User, amendment: Amendment, **values: Any) -> None:
    """Parameters changed as the form changes them."""
    services.change(
        amendment=amendment, by=head, part="parameters", edit=lambda draft: drafts.with_parameters(draft, values)
    )
    amendment.refresh_from_db()


def answered(head: User, board: User, choice: str) -> Matter:
    """A matter of the register, all the way to its answer."""
    matter = matters.file(person=head, text="Hai ca không khớp giờ.")
    matters.collect(matter=matter, by=head, topic="Xem lại ca trước", note="Hai ca không khớp giờ.")
    matters.report(by=head)
    return matters.answer(matter=matter, by=board, choice=choice, reason="Đề nghị có lý.")


def replay_minutes(client: Client, recorder: FakeRecorder) -> float:
    """How far back a replay ticket reaches, as the recorder reads it."""
    at_us = SystemClock().wall_us()
    body: dict[str, Any] = {"right": "replay", "recorder": "nvr-1", "cameras": ["cam-01"]}
    body |= {"from_us": at_us - 60 * MINUTE_US, "to_us": at_us}
    answer = client.post("/footage/ticket", json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.content.decode()
    desired = Desired.from_json(recorder.send(recorder.report(camera("cam-01"))).json())
    keys = {kid: parse_public_key(text, kid) for kid, text in desired.ticket_keys.items()}
    now_us = SystemClock().wall_us()
    ticket = verify_ticket(answer.json()["ticket"], keys, "nvr-1", now_us, desired.revoked)
    assert ticket.from_us is not None
    return round((now_us - ticket.from_us) / MINUTE_US)


def desired(recorder: FakeRecorder) -> Desired:
    return Desired.from_json(recorder.send(recorder.report(camera("cam-01"))).json())


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


def test_the_words_of_a_clause_are_changed_in_both_languages(writer: Client, amendment: Amendment) -> None:
    clause = draft_of(amendment).clauses[0].id
    form = {"vi": "Lời mới của khoản.", "en": "New words of the clause."}
    assert writer.post(f"/amendments/{amendment.pk}/clauses/{clause}", form).status_code == 302
    shown = strip_tags(page(writer, amendment))
    assert "New words of the clause." in shown
    assert f"{clause} is worded differently" in shown


def test_a_norm_is_added_changed_and_removed_by_forms(writer: Client, amendment: Amendment) -> None:
    clause = next(norm.clause for norm in draft_of(amendment).norms if norm.id == "KT.2/propose")
    address = f"/amendments/{amendment.pk}/clauses/{clause}/norm"
    form = {
        "name": "clerk_proposes",
        "mode": "permit",
        "who": ["clerk"],
        "acts": ["amendment.propose"],
        "enforced": "decision",
    }
    answer = writer.post(address, form)
    assert answer.status_code == 302, answer.content.decode()
    assert "Clerk gains Propose an amendment" in page(writer, amendment)
    named = f"/amendments/{amendment.pk}/clauses/{clause}/norms/clerk_proposes"
    assert 'value="clerk" id' in writer.get(named).content.decode()
    assert writer.post(named, form | {"who": ["finance"]}).status_code == 302
    assert "Finance department gains" in page(writer, amendment)
    assert "Finance department loses Propose an amendment" in writer.get(f"{named}/remove").content.decode()
    assert writer.post(f"{named}/remove").status_code == 302
    assert "Finance department gains" not in page(writer, amendment)
    assert writer.post(f"/amendments/{amendment.pk}/undo", {"seen": seen(amendment)}).status_code == 302
    assert "Finance department gains" in page(writer, amendment)


def test_articles_and_clauses_come_and_go_by_forms_and_every_change_is_undone(
    writer: Client, head: User, amendment: Amendment
) -> None:
    address, before = f"/amendments/{amendment.pk}", draft_of(amendment)
    words = {"vi": "Khoản mới.", "en": "A new clause."}
    heads = {"title_vi": "Điều mới", "title_en": "A new article"}
    answer = writer.post(f"{address}/articles", words | heads | {"after": "Đ9"})
    assert answer.status_code == 302, answer.content.decode()
    assert writer.post(f"{address}/articles/Đ7/clauses", words | {"after": "Đ7.1"}).status_code == 302
    assert writer.post(f"{address}/articles/Đ10", heads | {"title_en": "Another heading"}).status_code == 302
    shown = page(writer, amendment)
    for sentence in ("New article: Another heading", "Đ10.1 is new"):
        assert sentence in shown, sentence
    amendment.refresh_from_db()
    draft = draft_of(amendment)
    ids = [article.id for article in draft.articles]
    assert ids.index("Đ10") == ids.index("Đ9") + 1
    seventh = next(article for article in draft.articles if article.id == "Đ7")
    former = [clause.id for clause in next(one for one in before.articles if one.id == "Đ7").clauses]
    (new,) = {clause.id for clause in seventh.clauses} - set(former)
    assert [clause.id for clause in seventh.clauses] == [former[0], new, *former[1:]]
    assert f"Đ7.{len(former) + 1}" == new

    shown = writer.get(f"{address}/articles/Đ7/remove").content.decode()
    assert "Head of security, Guard: loses Live view" in shown
    assert writer.post(f"{address}/articles/Đ7/remove").status_code == 302
    assert writer.post(f"{address}/clauses/Đ10.1/remove").status_code == 302
    amendment.refresh_from_db()
    assert not {"Đ7", "Đ10"} & {article.id for article in draft_of(amendment).articles}
    while amendment.earlier.exists():
        services.undo(amendment=amendment, by=head)
    amendment.refresh_from_db()
    assert draft_of(amendment) == versions.text_of(amendment.base)
    with pytest.raises(services.NothingToUndo):
        services.undo(amendment=amendment, by=head)


def test_a_draft_that_no_longer_hangs_together_is_shown_with_what_is_wrong(
    writer: Client, amendment: Amendment
) -> None:
    opened = next(norm for norm in draft_of(amendment).norms if norm.then).then[0]
    clause, _slash, name = opened.partition("/")
    address = f"/amendments/{amendment.pk}/clauses/{clause}/norms/{name}/remove"
    assert writer.get(address).status_code == 200
    assert writer.post(address).status_code == 302
    assert opened in page(writer, amendment)
    assert step(writer, amendment, "consult").status_code == 400


def test_a_term_that_has_passed_is_asked_for_at_the_beginning(writer: Client, head: User) -> None:
    asked = writer.get("/amendments/begin")
    assert "was meant until 31/05/2023" in asked.content.decode()
    suggested = asked.context["form"].initial["term_ends_on"]
    assert (suggested.day, suggested.month) == (31, 5)
    assert suggested > date.today()
    form = {"title": "Of its own", "reason": "Practice", "term_ends_on": suggested.isoformat()}
    assert writer.post("/amendments/begin", form).status_code == 302
    row = Amendment.objects.get(title="Of its own")
    assert draft_of(row).term_ends_on == suggested
    assert f"The term ends: 31/05/2023 → {suggested:%d/%m/%Y}" in page(writer, row)


def test_every_norm_survives_its_form_unchanged(amendment: Amendment) -> None:
    draft = draft_of(amendment)
    for norm in draft.norms:
        given = {name: value for name, value in as_initial(norm).items() if value}
        form = NormForm(given, draft=draft, clause_id=norm.clause, norm=norm)
        assert form.is_valid(), (norm.id, form.errors)
        kept = form.norm
        assert (kept.id, set(kept.acts), set(kept.who), set(kept.bound)) == (
            norm.id,
            set(norm.acts),
            set(norm.who),
            set(norm.bound),
        )
        assert (kept.within, kept.every, kept.trigger) == (norm.within, norm.every, norm.trigger)


def test_legal_bases_are_kept_changed_and_added_and_a_term_that_has_ended_is_told(
    writer: Client, amendment: Amendment
) -> None:
    draft = draft_of(amendment)
    new = {"number": "1/QĐ", "date": "2026-01-01", "issuer": "Sở", "status": "in_force", "vi": "Mới", "en": "New"}
    added = {f"basis-{len(draft.legal_bases)}-{name}": value for name, value in new.items()}
    changes = added | {"basis-0-status": "repealed", "term_ends_on": "2023-05-31"}
    assert bases(writer, amendment, **changes).status_code == 302
    amendment.refresh_from_db()
    changed = draft_of(amendment)
    assert [basis.number for basis in changed.legal_bases] == [*(one.number for one in draft.legal_bases), "1/QĐ"]
    assert changed.legal_bases[0].status == "repealed"
    assert changed.term_ends_on == date(2023, 5, 31)
    shown = page(writer, amendment)
    assert "The term ends (2023-05-31) before" in shown
    assert "New legal basis: 1/QĐ" in shown
    assert step(writer, amendment, "consult").status_code == 400


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
