"""From a refusal to the answer: what each step asks, keeps and writes down."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from nangmai.regulation.acts import ACTS
from nangmai.regulation.facts import Thing
from nangmai.regulation.states import EventUnexpected
from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Disclosure, Entry
from nangmai.web.matters import queries, services
from nangmai.web.matters.models import LONGEST_CLAUSES, MATTER, Matter, MatterReport
from nangmai.web.regulation.authorities import Asker, Refused
from unit.web.roles import Role
from unit.web.test_access import REGULATION


def entries(act: str) -> list[Entry]:
    return list(Entry.objects.filter(act=act, outcome="done").order_by("seq"))


def collected(matter: Matter, head: User, **more: str) -> Matter:
    return services.collect(matter=matter, by=head, topic="Xem lại ca trước", note="Hai ca không khớp giờ.", **more)


def test_every_act_of_the_table_is_known_and_every_state_is_reached() -> None:
    assert {step.act for step in MATTER.transitions} <= ACTS.keys()
    assert MATTER.reachable() == set(Matter.State.values) == set(MATTER.states)
    assert MATTER.ends == {"answered"}


@given(st.lists(st.sampled_from(["explain", "collect", "report", "amend", "no_change"]), max_size=12))
def test_no_way_to_an_answer_passes_by_a_report(events: list[str]) -> None:
    state, reported = MATTER.initial, False
    for event in events:
        if event not in {step.event for step in MATTER.events(state)}:
            continue
        state, reported = MATTER.next(state, event).target, reported or event == "report"
    assert reported or state != "answered"


def test_every_role_files_and_the_entry_names_the_clause(make_user: Callable[..., User]) -> None:
    for role in Role:
        services.file(person=make_user(role), act="playback.view", clause="Đ4.2")
    rows = Matter.objects.all()
    assert {row.person.username for row in rows if row.person} == {str(role) for role in Role}
    assert {(row.state, row.clause) for row in rows} == {("logged", "Đ4.2")}
    written = entries("matter.filed")
    assert len(written) == len(Role)
    assert all("KT.1" in entry.clauses.split() for entry in written)


def test_a_refusal_is_kept_with_its_entry_and_filed_once(guard: User) -> None:
    with pytest.raises(Refused):
        Asker(guard).require("amendment.sign", Thing("regulation", "7"))
    refusal = Entry.objects.get(act="amendment.sign", outcome="refused")
    first = services.file(person=guard, act="amendment.sign", clause="QĐ.1")
    assert (first.refusal_seq, first.thing) == (refusal.seq, "regulation:7")
    assert services.file(person=guard, act="amendment.sign", clause="QĐ.1") == first
    assert services.file(person=guard, act="amendment.sign", text="Thêm một điều.") != first
    assert len(entries("matter.filed")) == 2


def test_clauses_the_regulation_does_not_have_are_not_kept(guard: User) -> None:
    row = services.file(person=guard, act="playback.view", clause="Đ4.2, <b>, Đ99.9,Đ4.2")
    assert row.clause == "Đ4.2"
    everything = ",".join(clause.id for clause in REGULATION.clauses)
    long = services.file(person=guard, act="playback.view", clause=everything, text="Mọi điều khoản.").clause
    assert 100 < len(long) <= LONGEST_CLAUSES


def test_words_are_needed_where_nothing_was_refused(guard: User) -> None:
    with pytest.raises(services.NothingSaid):
        services.file(person=guard, text="  ")
    with pytest.raises(services.ActUnknown):
        services.file(person=guard, act="sky.paint", text="Sơn trời.")
    with transaction.atomic(), pytest.raises(IntegrityError):
        Matter.objects.create(person=guard, filed_at=datetime.datetime.now(datetime.UTC))


def test_words_stand_in_the_ledger_behind_a_commitment_only(guard: User) -> None:
    services.file(person=guard, text="Phụ huynh Nguyễn Văn A xin xem hình")
    (entry,) = entries("matter.filed")
    assert "Nguyễn Văn A" not in entry.body
    assert "Nguyễn Văn A" in Disclosure.objects.get(entry=entry, field="text").text


def test_the_system_files_without_a_person() -> None:
    row = services.file(person=None, act="playback.view", text="Chưa được phê chuẩn trong 24 giờ.")
    assert row.person is None
    assert entries("matter.filed")[0].actor == "system"


def test_who_filed_with_one_press_explains_once_and_nobody_else_does(guard: User, head: User) -> None:
    row = services.file(person=guard, act="playback.view")
    with pytest.raises(services.NotYours):
        services.explain(matter=row, by=head, text="Không phải tôi.")
    assert services.explain(matter=row, by=guard, text="Cần giao hình cho công an.").text
    with pytest.raises(services.AlreadyExplained):
        services.explain(matter=row, by=guard, text="Nói khác đi.")
    collected(row, head)
    with pytest.raises(EventUnexpected):
        services.explain(matter=row, by=guard, text="Muộn rồi.")


def test_only_whom_the_text_names_collects_reports_and_answers(guard: User, head: User, principal: User) -> None:
    row = services.file(person=guard, text="Cổng phụ không có camera.")
    for person in (guard, principal):
        with pytest.raises(Refused):
            collected(row, person)
        with pytest.raises(Refused):
            services.report(by=person)
    for person in (guard, head):
        with pytest.raises(Refused):
            services.answer(matter=row, by=person, choice="amend", reason="Đúng.")
    with pytest.raises(Refused):
        services.file(person=principal, text="Việc", suggestion="Sửa")
    row.refresh_from_db()
    assert row.state == "logged"


def test_a_report_takes_every_open_matter_and_no_answered_one(guard: User, head: User, principal: User) -> None:
    first = services.file(person=guard, text="Cổng phụ không có camera.", suggestion="Thêm camera cổng phụ.")
    second = services.file(person=guard, act="playback.view", clause="Đ4.2")
    collected(first, head, proposal="Bổ sung camera cổng phụ vào hồ sơ.")
    made = services.report(by=head, remarks="Đề nghị xem xét sớm.")
    assert set(made.matters.all()) == {first, second}
    assert set(Matter.objects.values_list("state", flat=True)) == {"reported"}
    services.answer(matter=first, by=principal, choice="no_change", reason="Đã có trong hồ sơ.")
    third = services.file(person=guard, text="Bàn giao ca bằng lời.")
    again = services.report(by=head)
    assert set(again.matters.all()) == {second, third}
    (line, fresh) = again.document.data["paper"]["rows"]
    assert "Đã báo cáo ngày" in line["outcome"]
    assert fresh["outcome"] == "Mới ghi sổ, chưa tổng hợp"
    assert not hasattr(services, "drop")


def test_the_paper_is_numbered_and_waits_for_the_reporters_signature(guard: User, head: User) -> None:
    collected(services.file(person=guard, act="playback.view", clause="Đ4.2", text="Công an hỏi."), head)
    services.file(person=guard, text="Việc khác.", suggestion="Nói rõ trong quy chế.")
    made = services.report(by=head, remarks="Đề nghị xem xét sớm.")
    paper = made.document.data["paper"]
    assert made.document.number_text == "01/BC-MNNM"
    assert paper["addressee"] == "Hiệu trưởng"
    assert [row["matter"] for row in paper["rows"]] == [
        f"Bị từ chối: {ACTS['playback.view'].title.vi} (Đ4.2). Công an hỏi.",
        "Việc khác.",
    ]
    assert paper["proposals"] == ["Nói rõ trong quy chế.", "Đề nghị xem xét sớm."]
    field = made.document.fields.get()
    assert (field.user, field.capacity, field.signed_at) == (head, ["TỔ TRƯỞNG TỔ BẢO VỆ"], None)
    (entry,) = entries("matters.reported")
    assert entry.thing == made.name


def test_a_report_pressed_twice_is_issued_once(guard: User, head: User) -> None:
    services.file(person=guard, text="Cổng phụ không có camera.")
    first = services.report(by=head, after=0)
    with pytest.raises(services.ReportedMeanwhile):
        services.report(by=head, after=0)
    assert services.report(by=head, after=first.pk).document.number_text == "02/BC-MNNM"


def test_a_report_of_a_quiet_month_says_so(head: User) -> None:
    made = services.report(by=head)
    assert (made.matters.count(), made.begins) == (0, made.ends)
    assert "ghi nhận 00 vấn đề" in made.document.data["paper"]["introduction"][0]


def test_nothing_is_reported_when_the_paper_cannot_be_made(guard: User, head: User) -> None:
    from nangmai.web.documents.models import Letterhead
    from nangmai.web.documents.queries import LetterheadMissing

    services.file(person=guard, text="Cổng phụ không có camera.")
    Letterhead.objects.all().delete()
    with pytest.raises(LetterheadMissing):
        services.report(by=head)
    assert Matter.objects.get().state == "logged"
    assert not MatterReport.objects.exists()


def test_an_answer_needs_a_report_and_a_reason_and_is_given_once(guard: User, head: User, principal: User) -> None:
    row = services.file(person=guard, text="Cổng phụ không có camera.")
    with pytest.raises(EventUnexpected):
        services.answer(matter=row, by=principal, choice="amend", reason="Đúng.")
    services.report(by=head)
    with pytest.raises(services.ReasonMissing):
        services.answer(matter=row, by=principal, choice="amend", reason=" ")
    answered = services.answer(matter=row, by=principal, choice="amend", reason="Đúng, phải sửa.")
    assert (answered.state, answered.answer, answered.answered_by) == ("answered", "amend", principal)
    assert list(queries.to_be_amended()) == [answered]
    with pytest.raises(EventUnexpected):
        services.answer(matter=row, by=principal, choice="no_change", reason="Thôi.")
    (entry,) = entries("matter.answered")
    assert "KT.2" in entry.clauses.split()
