"""No rule of the law pack can be gone below without its breach being told, with the clause."""

from __future__ import annotations

import pytest

from nangmai.regulation import law
from nangmai.regulation.model import Regulation
from nangmai.regulation.shape import FileMalformed
from unit.regulation.shipped import shipped

PACK = law.pack("vn-2026")

Change = tuple[str, str]

#: rule -> (a change of the shipped text that goes below it, the clause it is told with)
BELOW: dict[str, tuple[Change, str]] = {
    "recording_is_notified": (("oblige: [notice.post]", "oblige: [camera.care]"), ""),
    "purpose_is_kept": (("unless: [for_carried_purpose, with_grant]", "unless: [with_grant]"), ""),
    "retention_has_an_end": (("  retention_max_days: 30\n", ""), ""),
    "expired_footage_is_deleted": (("oblige: [footage.dispose]", "oblige: [footage.keep]"), ""),
    "breach_is_notified": (("oblige: [breach.notify]", "oblige: [camera.care]"), ""),
    "subjects_are_answered": (("answer_working_days: 2", "answer_working_days: 3"), "Đ4.2"),
    "requests_are_open": (
        ("permit: [request.lodge]\n            who: [anyone]", "permit: [request.lodge]\n            who: [guard]"),
        "",
    ),
    "no_child_is_published": (("forbid: [footage.publish]", "forbid: [remote.view]"), ""),
    "no_publishing_from_outside": (
        ("who: [principal]\n            when: [with_consent", "who: [anyone]\n            when: [with_consent"),
        "Đ4.4",
    ),
    "no_open_watching": (("when: [with_grant]", "when: [stepped_up]"), "Đ4.2"),
    "complaints_are_open": (
        ("permit: [complaint.lodge]\n            who: [anyone]", "permit: [complaint.lodge]\n            who: [guard]"),
        "",
    ),
    "complaints_are_decided": (("complaint_days: 30", "complaint_days: 31"), "Đ3.2"),
    "complaints_keep_their_evidence": (("complaint_window_days: 90", "complaint_window_days: 89"), "Đ3.2"),
}


def told(regulation: Regulation) -> list[tuple[str, str]]:
    return [(breach.rule.id, breach.clause) for breach in law.breaches(regulation, PACK)]


def test_every_rule_has_a_text_that_goes_below_it() -> None:
    assert set(BELOW) == {rule.id for rule in PACK.rules}


@pytest.mark.parametrize("rule", BELOW)
def test_a_text_below_a_rule_is_told_with_the_rule_alone(rule: str) -> None:
    change, clause = BELOW[rule]
    assert told(shipped(change)) == [(rule, clause)]


@pytest.mark.parametrize("rule", BELOW)
def test_a_breach_names_its_source_in_both_languages(rule: str) -> None:
    (breach,) = law.breaches(shipped(BELOW[rule][0]), PACK)
    for sentence in breach.message:
        assert breach.rule.source in sentence
        assert "{" not in sentence
    assert breach.as_dict()["rule"] == rule


def test_what_is_stricter_than_the_law_is_no_breach() -> None:
    stricter = shipped(
        ("complaint_days: 30", "complaint_days: 5"), ("complaint_window_days: 90", "complaint_window_days: 400")
    )
    assert told(stricter) == []


def test_a_default_counts_where_a_text_states_nothing() -> None:
    assert told(shipped(("  complaint_days: 30\n", ""))) == []


def test_a_rule_nobody_has_compared_with_the_law_says_so() -> None:
    unchecked = {rule.id for rule in PACK.rules if not rule.is_checked}
    assert unchecked == {"breach_is_notified"}
    (breach,) = law.breaches(shipped(BELOW["breach_is_notified"][0]), PACK)
    assert breach.as_dict()["checked"] is False


def test_a_supplier_under_supervision_may_see_live_pictures_and_no_others_from_outside() -> None:
    change = (
        "            who: [supplier]\n            when: [with_supervision]\n            bound: {enforced: ticket}",
        "            who: [supplier]\n            bound: {enforced: ticket}",
    )
    assert told(shipped(change)) == [("no_open_watching", "Đ8.2")]


def test_an_unknown_pack_is_one_clear_error() -> None:
    with pytest.raises(law.LawPackUnknown, match=r"no law pack atlantis. Known are: vn-2026"):
        law.pack("atlantis")


RULE = """\
form: nangmai.law/1
id: test
title: {vi: Thử, en: Test}
rules:
  - {id: one, source: Luật, article: Điều 1, title: {vi: Một, en: One}, checked: true, DEMAND}
"""


@pytest.mark.parametrize(
    ("demand", "breached"),
    [
        ("parameter: {id: audio, equals: false}", False),
        ("parameter: {id: audio, equals: true}", True),
        ("parameter: {id: audio, equals: 0}", True),
        ("parameter: {id: on_term_end, equals: readonly}", True),
        ("parameter: {id: retention_min_days, at_least: 20}", False),
        ("parameter: {id: retention_min_days, at_least: 21}", True),
        ("parameter: {id: retention_max_days, at_most: 29}", True),
        ("parameter: {id: hold_days, stated: true}", False),
        ("must: {mode: permit, acts: [camera.obstruct, live.view]}", False),
        ("must: {mode: permit, acts: [camera.obstruct]}", True),
        ("must: {mode: permit, acts: [live.view], who: [clerk]}", True),
        ("never: {acts: [request.lodge], to: [anyone]}", True),
        ("never: {acts: [request.lodge], to: [outside]}", False),
        ("never: {acts: [budget.quote], to: [outside]}", True),
        ("never: {acts: [live.view], to: [outside], save_when: [with_supervision]}", False),
    ],
)
def test_each_kind_of_rule_is_judged(demand: str, breached: bool) -> None:
    pack = law.read(RULE.replace("DEMAND", demand), "test.yaml")
    assert bool(law.breaches(shipped(), pack)) is breached


@pytest.mark.parametrize(
    "demand",
    [
        "parameter: {id: moon_phase, stated: true}",
        "parameter: {id: audio}",
        "parameter: {id: hold_days, at_least: 1, at_most: 2}",
        "must: {mode: dream, acts: [live.view]}",
        "must: {mode: permit, acts: [camera.dream]}",
        "never: {acts: [live.view], to: [ghosts]}",
        "never: {acts: [live.view], to: [anyone]}, must: {mode: permit, acts: [live.view]}",
        "note: nothing",
    ],
)
def test_a_malformed_rule_is_refused(demand: str) -> None:
    with pytest.raises(FileMalformed, match=r"test\.yaml cannot be read"):
        law.read(RULE.replace("DEMAND", demand), "test.yaml")
