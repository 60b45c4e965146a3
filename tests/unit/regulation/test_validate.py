"""Each fault is found where it is, alone, and told in both languages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from nangmai.regulation.acts import ACTS, Title
from nangmai.regulation.bindings import GUARDED, GUARDS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.faults import MESSAGES, Fault
from nangmai.regulation.model import Bound, Clause, Escalation, LegalBasis, Norm, Purpose, Regulation, RoleDefinition
from nangmai.regulation.parameters import PARAMETERS
from nangmai.regulation.validate import coverage, faults
from unit.regulation.small import IN_FORCE_FROM, ROLES, norm, regulation

NAME = Title("Tên", "Name")
DECISION = (Bound("enforced", "decision"),)
ON_TIME = (Bound("evidenced", "duties_on_time"),)
DISPOSE = norm("Đ1.9/dispose", "oblige", "footage.dispose", "principal", bound=(Bound("enforced", "retention"),))


def text(*norms: Norm, **changes: Any) -> Regulation:
    """A text without a fault, with these norms more and these parts changed."""
    parameters = changes.pop("stated", {})
    roles = changes.pop("roles", ROLES)
    whole = {
        "legal_bases": (LegalBasis("1/QĐ", date(2020, 1, 2), "Trường", NAME),),
        "purposes": (Purpose("P1", NAME),),
        "term_ends_on": date(2023, 5, 31),
        **changes,
    }
    return replace(regulation(*norms, DISPOSE, roles=roles, **parameters), **whole)


def permit(who: str = "guard", acts: str = "camera.health", **more: Any) -> Norm:
    return norm("Đ1.1/x", "permit", acts, who, **{"bound": DECISION, **more})


def forbid(who: str = "guard", acts: str = "camera.health", **more: Any) -> Norm:
    return norm("Đ1.2/y", "forbid", acts, who, **{"bound": DECISION, **more})


def oblige(**more: Any) -> Norm:
    return norm("Đ1.1/x", "oblige", "incident.report", "guard", **{"bound": ON_TIME, **more})


def clause_says(vi: str) -> Regulation:
    """The text with one clause that says this and has one permit."""
    whole = text(permit())
    article = whole.articles[0]
    clause = Clause("Đ1.1", Title(vi, "Text"), article.clauses[0].norms)
    return replace(whole, articles=(replace(article, clauses=(clause, *article.clauses[1:])),))


def article_is(name: str) -> Regulation:
    whole = text(permit())
    return replace(whole, articles=(replace(whole.articles[0], id=name),))


Case = tuple[Callable[[], Regulation], str]

#: code -> (a text with this one fault, the clause it is found in)
CASES: dict[str, Case] = {
    "act_unknown": (lambda: text(permit(acts="camera.dream")), "Đ1.1"),
    "condition_unknown": (lambda: text(permit(when="on_holiday")), "Đ1.1"),
    "role_unknown": (lambda: text(permit("wizard")), "Đ1.1"),
    "trigger_unknown": (lambda: text(oblige(trigger="sun.rises", within="P1D")), "Đ1.1"),
    "guard_unknown": (lambda: text(permit(bound=(Bound("enforced", "hope"),))), "Đ1.1"),
    "check_unknown": (lambda: text(permit(bound=(Bound("evidenced", "hope"),))), "Đ1.1"),
    "guard_cannot_refuse": (lambda: text(permit(bound=(Bound("enforced", "ticket"),))), "Đ1.1"),
    "attester_outside": (lambda: text(permit(bound=(Bound("attested", "supplier", "P1M"),))), "Đ1.1"),
    "duty_without_right": (
        lambda: text(norm("Đ1.1/x", "oblige", "live.view", "guard", bound=DECISION)),
        "Đ1.1",
    ),
    "id_repeated": (lambda: text(permit(), permit()), "Đ1.1"),
    "role_reserved": (lambda: text(permit(), roles=(*ROLES, RoleDefinition("others", NAME))), ""),
    "clause_outside_article": (
        lambda: text(norm("Đ2.1/x", "permit", "camera.health", "guard", bound=DECISION)),
        "Đ2.1",
    ),
    "norm_outside_clause": (lambda: text(replace(permit(), id="Đ2.1/x")), "Đ1.1"),
    "others_misplaced": (lambda: text(permit("others")), "Đ1.1"),
    "part_misplaced": (lambda: text(replace(permit(), unless=("on_shift",))), "Đ1.1"),
    "deadline_missing": (lambda: text(oblige(trigger="incident.reported")), "Đ1.1"),
    "deadline_without_start": (lambda: text(oblige(within="P1D")), "Đ1.1"),
    "opens_no_duty": (lambda: text(permit(then="Đ1.1/x")), "Đ1.1"),
    "norm_overridden": (lambda: text(permit(), forbid("anyone")), "Đ1.1"),
    "parameter_unknown": (lambda: text(stated={"moon_phase": 3}), ""),
    "parameter_unstated": (lambda: text(parameters={"retention_min_days": 20}), ""),
    "parameter_mistyped": (lambda: text(stated={"audio": 0}), ""),
    "parameter_out_of_bounds": (lambda: text(stated={"completeness_percent": 101}), ""),
    "parameter_not_a_choice": (lambda: text(stated={"on_term_end": "panic"}), ""),
    "placeholder_unknown": (lambda: clause_says("Trong {moon_phase} phút."), "Đ1.1"),
    "retention_inverted": (lambda: text(stated={"retention_min_days": 31}), ""),
    "duration_unclear": (lambda: text(oblige(trigger="incident.reported", within="15 minutes")), "Đ1.1"),
    "duration_empty": (lambda: text(oblige(trigger="incident.reported", within="PT0M")), "Đ1.1"),
    "interval_empty": (lambda: text(in_force_until=IN_FORCE_FROM), ""),
    "in_force_before_signature": (lambda: text(signed_on=date(2023, 1, 2)), ""),
    "term_before_start": (lambda: text(term_ends_on=date(2022, 12, 31)), ""),
    "law_unknown": (lambda: text(law="atlantis"), ""),
    "board_missing": (lambda: text(roles=(RoleDefinition("principal", NAME), *ROLES[1:])), ""),
    "text_empty": (lambda: clause_says("  "), "Đ1.1"),
    "legal_basis_repealed": (
        lambda: text(legal_bases=(LegalBasis("1/QĐ", date(2020, 1, 2), "Trường", NAME, "repealed"),)),
        "",
    ),
    "legal_basis_missing": (lambda: text(legal_bases=()), ""),
    "purpose_missing": (lambda: text(purposes=()), ""),
    "maximum_missing": (lambda: text(articles=regulation(permit()).articles), ""),
    "expiry_missing": (lambda: text(term_ends_on=None), ""),
    "deadline_undefined": (
        lambda: text(oblige(trigger="incident.reported", bound=(Bound("attested", "head", "P1M"),))),
        "Đ1.1",
    ),
    "word_undefined": (lambda: clause_says("Báo cáo kịp thời."), "Đ1.1"),
}
WARNINGS = {
    "duty_without_right",
    *("legal_basis_repealed", "legal_basis_missing", "purpose_missing", "maximum_missing", "expiry_missing"),
    *("deadline_undefined", "word_undefined"),
}


def codes(whole: Regulation) -> list[str]:
    return [fault.code for fault in faults(whole)]


def test_the_text_the_cases_start_from_has_no_fault() -> None:
    assert codes(text(permit())) == []


def test_every_code_has_a_case() -> None:
    assert set(CASES) == set(MESSAGES)


@pytest.mark.parametrize("code", CASES)
def test_a_fault_is_found_alone_and_where_it_is(code: str) -> None:
    make, clause = CASES[code]
    found = faults(make())
    assert [(fault.code, fault.clause) for fault in found] == [(code, clause)]
    assert found[0].severity == ("warning" if code in WARNINGS else "fault")


@pytest.mark.parametrize("code", CASES)
def test_a_fault_is_told_in_both_languages_with_its_facts(code: str) -> None:
    fault = faults(CASES[code][0]())[0]
    for language in ("vi", "en"):
        sentence = getattr(fault.message, language)
        assert "{" not in sentence
        assert all(fact in sentence for name, fact in fault.facts.items() if name not in ("language", "mode"))
    assert fault.message.vi != fault.message.en
    assert fault.as_dict()["message"]["vi"] == fault.message.vi


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: text(forbid("others guard")), ["others_misplaced"]),
        (lambda: text(oblige(within="P1D", every="P1M", when="on_shift")), ["part_misplaced"]),
        (lambda: text(replace(permit(), then=("Đ9/none",))), ["opens_no_duty"]),
        (lambda: text(permit(bound=(Bound("attested", "wizard", "P1M"),))), ["role_unknown"]),
        (lambda: text(permit(bound=(Bound("attested", "head", "monthly"),))), ["duration_unclear"]),
        (lambda: text(permit(bound=(Bound("attested", "head", "PT{audio}M"),))), ["duration_unclear"]),
        (lambda: text(oblige(every="P1M", escalate=(Escalation("later", ("head",)),))), ["duration_unclear"]),
        (lambda: text(oblige(every="P1M", escalate=(Escalation("P1D", ("wizard",)),))), ["role_unknown"]),
        (lambda: text(oblige(every="P1M", escalate=(Escalation("P1D", ("anyone",)),))), ["role_unknown"]),
        (lambda: text(forbid(unless="with_luck")), ["condition_unknown"]),
        (lambda: text(roles=(*ROLES, ROLES[1])), ["id_repeated"]),
        (lambda: text(title=Title("", "Regulation")), ["text_empty"]),
        (lambda: text(number=" "), ["text_empty"]),
        (lambda: text(stated={"replay_minutes": True}), ["parameter_mistyped"]),
        (lambda: text(stated={"retention_min_days": 0}), ["parameter_out_of_bounds"]),
        (lambda: text(parameters={}), ["parameter_unstated", "parameter_unstated"]),
        (
            lambda: text(
                oblige(trigger="incident.reported", within="P{retention_min_days}D"),
                parameters={"retention_max_days": 30},
            ),
            ["parameter_unstated"],
        ),
        (lambda: article_is("Đ3"), ["clause_outside_article", "clause_outside_article"]),
    ],
)
def test_the_same_fault_is_found_elsewhere_too(make: Callable[[], Regulation], expected: list[str]) -> None:
    assert codes(make()) == expected


@pytest.mark.parametrize(
    "make",
    [
        lambda: text(permit(), forbid("others")),
        lambda: text(permit(), forbid("anyone", unless="with_order")),
        lambda: text(permit(), forbid("anyone", when="on_shift")),
        lambda: text(permit("guard head"), forbid("guard")),
        lambda: text(permit(), forbid("anyone", acts="camera.change")),
        lambda: clause_says("Trong {replay_minutes} phút."),
        lambda: text(oblige(every="P1M", escalate=(Escalation("PT0S", ("head",)),))),
        lambda: text(
            permit(then="Đ1.2/d"), norm("Đ1.2/d", "oblige", "emergency.ratify", "head", within="P1D", bound=ON_TIME)
        ),
        lambda: text(in_force_until=IN_FORCE_FROM + timedelta(days=1), term_ends_on=None),
        lambda: text(norm("Đ1.1/x", "oblige", "watch.keep", "guard", bound=(Bound("evidenced", "watch_coverage"),))),
    ],
)
def test_what_makes_sense_is_no_fault(make: Callable[[], Regulation]) -> None:
    assert codes(make()) == []


def test_a_forbid_under_the_same_condition_overrides_a_permit() -> None:
    whole = text(permit(when="on_shift within_replay"), forbid(when="on_shift"))
    assert codes(whole) == ["norm_overridden"]


def test_all_faults_of_a_text_are_told_together() -> None:
    whole = text(permit("wizard", "camera.dream", when="on_holiday"), stated={"audio": 0}, law="atlantis")
    assert set(codes(whole)) == {
        *("act_unknown", "condition_unknown", "role_unknown", "parameter_mistyped", "law_unknown"),
    }


def test_a_vague_word_is_no_defect_where_a_norm_of_the_clause_states_the_deadline() -> None:
    whole = clause_says("Báo cáo kịp thời.")
    article = whole.articles[0]
    clause = replace(article.clauses[0], norms=(oblige(trigger="incident.reported", within="PT15M"),))
    assert codes(replace(whole, articles=(replace(article, clauses=(clause, article.clauses[1])),))) == []


def test_coverage_counts_the_norms_that_something_binds() -> None:
    whole = text(permit(bound=()), norm("Đ1.2/y", "permit", "camera.health", "head", bound=DECISION))
    found = coverage(whole)
    assert (found.norms, found.bound, found.percent, found.unbound) == (3, 2, 66, ("Đ1.1/x",))
    assert coverage(text(permit())).percent == 100
    assert coverage(regulation()).percent == 0


def test_one_unbound_norm_of_many_is_never_rounded_up_to_all() -> None:
    many = [norm(f"Đ1.1/n{number}", "permit", "camera.health", "guard", bound=DECISION) for number in range(300)]
    assert coverage(regulation(*many, norm("Đ1.2/y", "permit", "camera.health", "head"))).percent == 99


def test_guards_are_said_to_refuse_only_acts_that_exist() -> None:
    assert set(GUARDED) <= set(GUARDS)
    assert {act for acts in GUARDED.values() for act in acts} <= set(ACTS)


def test_conditions_read_only_parameters_that_exist() -> None:
    assert {name for condition in CONDITIONS.values() for name in condition.parameters} <= set(PARAMETERS)


def test_a_fault_reads_as_data() -> None:
    fault = Fault("Đ1.1", "parameter_unknown", {"name": "x"})
    assert fault.as_dict() == {
        "clause": "Đ1.1",
        "code": "parameter_unknown",
        "severity": "fault",
        "facts": {"name": "x"},
        "message": {"vi": "Thông số x không có trong hệ thống.", "en": "There is no parameter x."},
    }


def test_a_moment_is_compared_as_a_date_of_its_own_zone() -> None:
    since = datetime.fromisoformat("2022-12-31T01:00:00+07:00")  # still the 30th in UTC
    assert codes(text(in_force_from=since, signed_on=date(2022, 12, 31))) == []
