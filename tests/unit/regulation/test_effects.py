"""The effect of an amendment is told in sentences of both languages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from nangmai import demonstration
from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.effects import effects, sentences
from nangmai.regulation.form import read
from nangmai.regulation.matrix import Row, acts_that_may_differ, matrix
from nangmai.regulation.model import Bound, Escalation, LegalBasis, Norm, Purpose, Regulation
from unit.regulation.small import ROLES, norm, regulation

REPLAY = norm("Đ7.1/replay", "permit", "replay.view", "guard", when="within_replay")
BARE = replace(REPLAY, when=())
DIRECTED = replace(REPLAY, when=("with_direction",))


def test_nothing_changes_between_a_version_and_itself() -> None:
    assert not effects(regulation(REPLAY), regulation(REPLAY, number="2/QĐ"))


@pytest.mark.parametrize(
    ("old", "new", "change", "vi", "en"),
    [
        ([], [BARE], "gained", "Nhân viên bảo vệ được Xem lại nhanh (Đ7.1)", "Guard gains Instant replay (Đ7.1)"),
        (
            [],
            [DIRECTED],
            "gained",
            "Nhân viên bảo vệ được Xem lại nhanh khi có ý kiến chỉ đạo của Ban giám hiệu (Đ7.1)",
            "Guard gains Instant replay under a direction of the board (Đ7.1)",
        ),
        ([BARE], [], "lost", "Nhân viên bảo vệ mất quyền Xem lại nhanh (Đ7.1)", "Guard loses Instant replay (Đ7.1)"),
        (
            [BARE],
            [DIRECTED],
            "narrowed",
            "Nhân viên bảo vệ chỉ còn được Xem lại nhanh khi có ý kiến chỉ đạo của Ban giám hiệu (Đ7.1)",
            "Guard keeps Instant replay only under a direction of the board (Đ7.1)",
        ),
        (
            [DIRECTED],
            [BARE],
            "widened",
            "Nhân viên bảo vệ được Xem lại nhanh không kèm điều kiện (Đ7.1)",
            "Guard gets Instant replay without conditions (Đ7.1)",
        ),
        (
            [REPLAY],
            [replace(REPLAY, when=("on_shift",))],
            "conditions",
            "Nhân viên bảo vệ được Xem lại nhanh trong ca trực của mình, "
            "trước đây trong thời gian xem lại nhanh (Đ7.1)",
            "Guard gets Instant replay during the own shift, until now within the replay window (Đ7.1)",
        ),
    ],
)
def test_a_right_that_changes_is_told(old: list[Norm], new: list[Norm], change: str, vi: str, en: str) -> None:
    (effect,) = effects(regulation(*old), regulation(*new)).rights
    assert (effect.change, effect.subject, effect.role) == (change, "replay.view", "guard")
    assert effect.sentence == Title(vi, en)


def test_a_right_lost_by_a_forbid_cites_the_clause_that_gave_it() -> None:
    never = norm("Đ2.3/never", "forbid", "replay.view", "guard")
    (effect,) = effects(regulation(REPLAY), regulation(REPLAY, never)).rights
    assert effect.clauses == ("Đ7.1",)


def test_another_wording_of_the_same_right_is_a_norm_and_no_right() -> None:
    split = [replace(REPLAY, id="Đ7.1/x"), replace(REPLAY, id="Đ7.1/y")]
    found = effects(regulation(REPLAY), regulation(*split))
    assert found.rights == ()
    assert [(effect.change, effect.subject) for effect in found.norms] == [
        ("added", "Đ7.1/x"),
        ("added", "Đ7.1/y"),
        ("removed", "Đ7.1/replay"),
    ]


def test_a_role_that_goes_loses_what_it_had() -> None:
    (effect,) = effects(regulation(REPLAY), regulation(REPLAY, roles=[ROLES[0]])).rights
    assert (effect.change, effect.role) == ("lost", "guard")


def test_what_happens_to_several_roles_is_one_sentence() -> None:
    both = replace(BARE, who=("guard", "head"))
    old, new = regulation(both), regulation()
    found = effects(old, new)
    assert {effect.role for effect in found.rights} == {"guard", "head"}
    (sentence,) = sentences(found.rights, old, new)
    assert sentence.en == "Guard, Head of security: loses Instant replay (Đ7.1)"
    assert sentence.vi == "Nhân viên bảo vệ, Tổ trưởng tổ bảo vệ: mất quyền Xem lại nhanh (Đ7.1)"
    (alone,) = sentences(effects(regulation(BARE), new).rights, old, new)
    assert alone.en == "Guard loses Instant replay (Đ7.1)"


def test_a_parameter_is_told_with_its_unit() -> None:
    found = effects(regulation(), regulation(replay_minutes=10, audio=True)).parameters
    assert [effect.sentence for effect in found] == [
        Title("Thời gian xem lại nhanh: 30 phút → 10 phút", "Replay window: 30 minutes → 10 minutes"),
        Title("Ghi âm: không → có", "Sound is recorded: no → yes"),
    ]


def test_a_parameter_that_stands_at_its_default_has_not_changed() -> None:
    assert not effects(regulation(), regulation(hold_days=14))


DUTY = norm(
    "Đ7.1/report",
    "oblige",
    "incident.report",
    "guard",
    trigger="incident.observed",
    within="PT{report_p1_minutes}M",
    escalate=(Escalation("PT15M", ("principal",)),),
)


def test_a_duty_whose_time_a_parameter_sets_changes_with_it() -> None:
    (effect,) = effects(regulation(DUTY), regulation(DUTY, report_p1_minutes=90)).duties
    assert effect.sentence.vi == (
        "Nhiệm vụ thay đổi: Nhân viên bảo vệ: Báo cáo tình huống trong 1 giờ 30 phút, "
        "chậm 15 phút thì chuyển Hiệu trưởng; "
        "trước đây: Nhân viên bảo vệ: Báo cáo tình huống trong 15 phút, chậm 15 phút thì chuyển Hiệu trưởng (Đ7.1)"
    )
    assert effect.sentence.en.startswith("Duty changed: Guard: Report an incident within 1 hour 30 minutes, 15 minutes")


def test_duties_come_and_go() -> None:
    weekly = norm("Đ7.2/weekly", "oblige", "maintenance.lead", "head", every="P7D")
    found = effects(regulation(DUTY), regulation(weekly))
    assert [(effect.change, effect.sentence.en) for effect in found.duties] == [
        ("added", "New duty: Head of security: Lead maintenance, every 7 days (Đ7.2)"),
        (
            "removed",
            "Duty ended: Guard: Report an incident within 15 minutes, 15 minutes late it goes to Principal (Đ7.1)",
        ),
    ]


def test_a_binding_that_changes_is_no_change_of_the_norm() -> None:
    bound = replace(REPLAY, bound=(Bound("enforced", "ticket"),))
    attested = replace(REPLAY, bound=(Bound("attested", "principal", "P3M"),))
    found = effects(regulation(bound), regulation(attested))
    assert found.norms == ()
    (effect,) = found.bindings
    assert effect.sentence == Title(
        "Cách bảo đảm quy tắc Đ7.1/replay: hệ thống chặn "
        "(xem dữ liệu hình ảnh phải có vé truy cập, vé chỉ được cấp theo quy chế) "
        "→ người xác nhận (Hiệu trưởng, mỗi 3 tháng) (Đ7.1)",
        "How norm Đ7.1/replay is kept: enforced (footage needs a ticket, and tickets come from decide()) "
        "→ attested (Principal, every 3 months) (Đ7.1)",
    )


def test_words_that_change_are_told_by_clause() -> None:
    old = regulation(REPLAY, Norm("Đ8.1/x", "Đ8.1", "permit", ("live.view",), ("head",)))
    article = old.articles[0]
    worded = replace(article.clauses[0], text=Title("Lời khác", "Other words"))
    new = replace(old, articles=(replace(article, clauses=(worded,)),))
    assert [(effect.change, effect.subject) for effect in effects(old, new).texts] == [
        ("changed", "Đ7.1"),
        ("removed", "Đ8.1"),
    ]


def frame(old: Regulation, new: Regulation) -> list[tuple[str, str]]:
    return [(effect.change, effect.sentence.en) for effect in effects(old, new).frame]


def test_the_term_is_told_in_days_a_person_reads() -> None:
    old = regulation()
    dated = replace(old, term_ends_on=date(2027, 5, 31))
    assert frame(old, dated) == [("changed", "The term ends: without an end → 31/05/2027")]
    (effect,) = effects(dated, old).frame
    assert effect.sentence.vi == "Thời hạn áp dụng đến: 31/05/2027 → không xác định thời hạn"


def test_legal_bases_that_come_go_or_are_repealed_are_told() -> None:
    basis = LegalBasis("8616", date(2016, 12, 20), "Quận", Title("Tiêu chí", "Criteria"))
    old = replace(regulation(), legal_bases=(basis,))
    repealed = replace(old, legal_bases=(replace(basis, status="repealed"),))
    assert frame(regulation(), old) == [("added", "New legal basis: 8616, 20/12/2016, Quận, Criteria (in force)")]
    assert frame(old, regulation()) == [("removed", "Legal basis gone: 8616, 20/12/2016, Quận, Criteria (in force)")]
    ((change, sentence),) = frame(old, repealed)
    assert change == "changed"
    assert sentence.endswith("(repealed)")


def test_roles_and_purposes_and_headings_that_change_are_told() -> None:
    old = regulation(REPLAY)
    renamed = replace(ROLES[1], title=Title("Bảo vệ", "Watchman"))
    promoted = replace(ROLES[2], is_board=True)
    article = replace(old.articles[0], title=Title("Điều khác", "Another heading"))
    purpose = Purpose("P1", Title("An ninh", "Security"))
    new = replace(old, roles=(ROLES[0], renamed, promoted, ROLES[3]), articles=(article,), purposes=(purpose,))
    assert frame(old, new) == [
        ("added", "New purpose: Security"),
        ("changed", "Role: Guard → Watchman"),
        ("changed", "Head of security: not of the board → of the board"),
        ("changed", "Article: Text → Another heading"),
    ]
    assert ("removed", "Purpose gone: Security") in frame(new, old)


def test_acts_that_rest_on_the_same_are_not_asked_again_and_nothing_is_missed() -> None:
    text = (Path(demonstration.__file__).parent / "regulation.yaml").read_text(encoding="utf-8")
    old = read(text, "the demonstration's regulation")
    article = next(article for article in old.articles if article.id == "Đ7")
    bare = tuple(replace(clause, norms=clause.norms[1:]) for clause in article.clauses)
    articles = tuple(replace(each, clauses=bare) if each is article else each for each in old.articles)
    for new in (replace(old, articles=articles), replace(old, parameters={**old.parameters, "replay_minutes": 0})):
        rows = zip(ACTS, matrix(old), matrix(new), strict=True)
        differing = {act for act, before, after in rows if _answers(before) != _answers(after)}
        asked = set(acts_that_may_differ(old, new))
        assert differing <= asked < set(ACTS)
        assert asked


def _answers(row: Row) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {role: (cell.answer, cell.conditions) for role, cell in row.cells.items()}
