"""A decision is what the norms in force at the moment say, and every refusal says why."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from nangmai.base.units import US_PER_S, us_from_datetime
from nangmai.regulation.acts import ACTS, AFTER_TERM
from nangmai.regulation.cedar import RegulationNotCompiled
from nangmai.regulation.decisions import (
    ActUnknown,
    Decision,
    Denied,
    Obligation,
    Refusal,
    Regulations,
    Rulebook,
    VersionsOverlap,
)
from nangmai.regulation.durations import DurationUnclear
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.model import Bound, Norm, Regulation
from unit.regulation.small import IN_FORCE_FROM, NOW_US, norm, regulation

CAMERA = Thing("camera", "cam-01", area_path=frozenset({"gate", "school"}), purposes=frozenset({"P1"}))
NOTHING = Facts()


def holder(role: str, *areas: str, acknowledged: str | None = "1/QĐ") -> Person:
    return Person("1", (Holding("a-1", role, frozenset(areas)),), acknowledged)


NOBODY = Person("9")


def decided(text: Regulation, person: Person, act: str, facts: Facts = NOTHING, thing: Thing = CAMERA) -> Decision:
    return Rulebook(text).decide(person, act, thing, facts, NOW_US)


def refused(text: Regulation, person: Person, act: str, facts: Facts = NOTHING, thing: Thing = CAMERA) -> Refusal:
    decision = decided(text, person, act, facts, thing)
    assert not decision.is_allowed
    assert decision.refusal is not None
    assert decision.clauses == decision.refusal.clauses
    return decision.refusal


def test_a_permit_allows_and_is_cited_with_the_assignment() -> None:
    text = regulation(norm("Đ7.1/live", "permit", "live.view replay.view", "guard"))
    decision = decided(text, holder("guard"), "live.view")
    assert decision.is_allowed
    assert (decision.clauses, decision.norms) == (("Đ7.1",), ("Đ7.1/live",))
    assert (decision.assignment, decision.role, decision.version) == ("a-1", "guard", "1/QĐ")
    assert decision.require() is decision


def test_what_no_norm_permits_is_refused_and_can_be_filed() -> None:
    text = regulation(norm("Đ9.1/file", "permit", "matter.file", "anyone"))
    refusal = refused(text, holder("principal"), "footage.delete")
    assert refusal == Refusal("not_covered", ("Đ9.1",), (), "file_matter")


def test_an_act_permitted_to_others_cites_the_clause_that_names_them() -> None:
    text = regulation(norm("Đ4.1/approve", "permit", "budget.approve", "principal"))
    refusal = refused(text, holder("guard"), "budget.approve", thing=Thing("money"))
    assert refusal == Refusal("not_named", ("Đ4.1",), (), "file_matter")


def test_a_person_without_a_holding_is_anyone() -> None:
    text = regulation(
        norm("Đ3.1/complain", "permit", "complaint.lodge", "anyone"),
        norm("Đ7.1/live", "permit", "live.view", "guard"),
    )
    allowed = decided(text, NOBODY, "complaint.lodge", thing=Thing("complaint"))
    assert (allowed.is_allowed, allowed.role, allowed.assignment) == (True, "anyone", "")
    assert refused(text, NOBODY, "live.view").code == "not_named"


def test_a_refusal_names_the_nearest_permit_and_what_it_lacks() -> None:
    text = regulation(
        norm("Đ5.1/ordered", "permit", "playback.view", "guard", when="with_order on_shift stepped_up"),
        norm("Đ7.2/directed", "permit", "playback.view", "guard", when="on_shift with_direction"),
    )
    refusal = refused(text, holder("guard"), "playback.view", Facts(on_shift=True))
    assert refusal == Refusal("condition_missing", ("Đ7.2",), ("with_direction",), "ask_board")


@pytest.mark.parametrize(
    ("when", "remedy"),
    [
        ("stepped_up", "step_up"),
        ("with_direction stepped_up", "ask_board"),
        ("for_carried_purpose with_order", "ask_board"),
        ("on_shift with_direction", "none"),
    ],
)
def test_the_remedy_is_that_of_the_hardest_condition(when: str, remedy: str) -> None:
    text = regulation(norm("Đ5.1/x", "permit", "playback.view", "guard", when=when))
    assert refused(text, holder("guard"), "playback.view").remedy == remedy


def test_a_forbid_overrides_a_permit_and_is_cited() -> None:
    text = regulation(
        norm("Đ4.1/all", "permit", "live.view footage.publish", "principal"),
        norm("Đ2.3/never", "forbid", "footage.publish", "anyone", unless="with_consent with_order"),
    )
    refusal = refused(text, holder("principal"), "footage.publish")
    missing = ("with_consent", "with_order")
    expected = Refusal("condition_missing", ("Đ2.3",), missing, "ask_board", is_any_enough=True)
    assert refusal == expected
    for paper in ("consent", "order"):
        assert decided(text, holder("principal"), "footage.publish", Facts(frozenset({paper}))).is_allowed
    assert decided(text, holder("principal"), "live.view").is_allowed


def test_a_forbid_that_nothing_lifts_is_all_that_is_told() -> None:
    text = regulation(
        norm("Đ7.1/x", "permit", "live.view", "guard", when="on_shift"),
        norm("Đ7.2/x", "forbid", "live.view", "anyone", unless="stepped_up"),
        norm("Đ7.3/x", "forbid", "live.view", "guard"),
    )
    assert refused(text, holder("guard"), "live.view") == Refusal("forbidden", ("Đ7.3",))


def test_what_a_permit_and_a_forbid_lack_is_told_together() -> None:
    text = regulation(
        norm("Đ7.1/x", "permit", "live.view", "guard", when="on_shift"),
        norm("Đ7.2/x", "forbid", "live.view", "anyone", unless="stepped_up"),
        norm("Đ7.3/x", "forbid", "live.view", "anyone", unless="for_carried_purpose with_grant"),
    )
    refusal = refused(text, holder("guard"), "live.view")
    assert refusal == Refusal("condition_missing", ("Đ7.1", "Đ7.2", "Đ7.3"), ("on_shift", "stepped_up"), "none")


def test_who_is_not_named_is_not_sent_after_the_condition_of_a_forbid() -> None:
    purpose = norm("Đ1.2/purpose", "forbid", "playback.view audio.record", "anyone", unless="for_carried_purpose")
    text = regulation(*OTHERS.norms, purpose)
    assert refused(text, holder("head"), "playback.view") == Refusal("not_named", ("Đ4.2",), (), "ask_board")
    unpermitted = refused(text, holder("head"), "audio.record")
    assert unpermitted == Refusal("forbidden", ("Đ1.2",), ("for_carried_purpose",), "state_purpose")


def test_a_forbid_holds_only_when_its_conditions_do() -> None:
    text = regulation(
        norm("Đ4.1/decide", "permit", "request.decide", "principal"),
        norm("Đ4.3/own", "forbid", "request.decide", "anyone", when="is_own"),
    )
    request = Thing("request")
    assert decided(text, holder("principal"), "request.decide", thing=request).is_allowed
    assert refused(text, holder("principal"), "request.decide", Facts(is_own=True), request).clauses == ("Đ4.3",)


OTHERS = regulation(
    norm("Đ4.1/board", "permit", "playback.view", "principal"),
    norm("Đ7.2/directed", "permit", "playback.view", "guard", when="with_direction on_shift"),
    norm("Đ4.2/grant", "permit", "playback.view", "supplier", when="with_grant"),
    norm("Đ4.2/ask", "forbid", "playback.view live.view", "others"),
)


def test_others_are_those_whom_no_permit_names() -> None:
    assert decided(OTHERS, holder("principal"), "playback.view").is_allowed
    assert refused(OTHERS, holder("head"), "playback.view") == Refusal("not_named", ("Đ4.2",), (), "ask_board")
    assert refused(OTHERS, NOBODY, "live.view") == Refusal("not_named", ("Đ4.2",), (), "ask_board")


def test_others_are_also_those_without_the_paper_that_a_permit_asks_for() -> None:
    decision = decided(OTHERS, holder("guard"), "playback.view", Facts(on_shift=True))
    assert decision.norms == ("Đ4.2/ask",)
    assert decision.refusal == Refusal("condition_missing", ("Đ7.2", "Đ4.2"), ("with_direction",), "ask_board")
    assert decided(OTHERS, holder("supplier"), "playback.view", Facts(frozenset({"grant"}))).is_allowed


def test_a_situation_that_is_missing_does_not_make_somebody_another() -> None:
    decision = decided(OTHERS, holder("guard"), "playback.view", Facts(frozenset({"direction"})))
    assert decision.norms == ()
    assert decision.refusal == Refusal("condition_missing", ("Đ7.2",), ("on_shift",), "none")


def test_holdings_of_two_areas_do_not_mix() -> None:
    text = regulation(
        norm("Đ7.1/live", "permit", "live.view", "head", when="in_own_area"),
        norm("Đ7.2/replay", "permit", "replay.view", "guard", when="in_own_area"),
    )
    holdings = (Holding("a-1", "head", frozenset({"gate"})), Holding("a-2", "guard", frozenset({"yard"})))
    person = Person("1", holdings, "1/QĐ")
    yard = replace(CAMERA, area_path=frozenset({"yard", "school"}))
    assert decided(text, person, "live.view").assignment == "a-1"
    assert decided(text, person, "replay.view", thing=yard).assignment == "a-2"
    assert refused(text, person, "live.view", thing=yard).missing == ("in_own_area",)
    assert refused(text, person, "replay.view").missing == ("in_own_area",)


def test_a_forbid_of_one_role_leaves_the_other_holding_alone() -> None:
    text = regulation(
        norm("Đ7.1/live", "permit", "live.view", "guard head"),
        norm("Đ7.3/not", "forbid", "live.view", "guard"),
    )
    person = Person("1", (Holding("a-1", "guard"), Holding("a-2", "head")), "1/QĐ")
    assert decided(text, person, "live.view").assignment == "a-2"
    assert not decided(text, replace(person, holdings=person.holdings[:1]), "live.view").is_allowed


def test_the_refusal_of_the_holding_that_came_nearest_is_told() -> None:
    text = regulation(norm("Đ7.1/live", "permit", "live.view", "head", when="on_shift"))
    person = Person("1", (Holding("a-1", "guard"), Holding("a-2", "head")), "1/QĐ")
    decision = decided(text, person, "live.view")
    assert (decision.assignment, decision.role) == ("a-2", "head")
    assert decision.refusal == Refusal("condition_missing", ("Đ7.1",), ("on_shift",), "none")


ACKNOWLEDGE = regulation(
    norm("QĐ3/sign", "oblige", "regulation.acknowledge", "guard", trigger="regulation.in_force", within="P7D"),
    norm("Đ7.1/live", "permit", "live.view incident.report", "guard supplier anyone"),
)


@pytest.mark.parametrize("acknowledged", [None, "0/QĐ"])
def test_no_footage_before_the_version_in_force_is_acknowledged(acknowledged: str | None) -> None:
    person = holder("guard", acknowledged=acknowledged)
    expected = Refusal("unacknowledged", ("QĐ3",), ("acknowledged",), "acknowledge")
    assert refused(ACKNOWLEDGE, person, "live.view") == expected
    assert decided(ACKNOWLEDGE, person, "incident.report", thing=Thing("incident")).is_allowed


def test_people_outside_need_not_acknowledge_unless_they_hold_a_role_inside_too() -> None:
    assert decided(ACKNOWLEDGE, NOBODY, "live.view").is_allowed
    assert decided(ACKNOWLEDGE, holder("supplier", acknowledged=None), "live.view").is_allowed
    both = Person("1", (Holding("a-1", "supplier"), Holding("a-2", "guard")))
    assert refused(ACKNOWLEDGE, both, "live.view").code == "unacknowledged"


def test_a_recused_person_is_kept_from_the_material_of_that_case_alone() -> None:
    text = regulation(
        norm("Đ4.1/all", "permit", "playback.view", "principal", bound=(Bound("enforced", "recusal"),)),
        norm("Đ4.4/decide", "permit", "complaint.decide", "principal", when="not_involved"),
    )
    person = replace(holder("principal"), recused_from=frozenset({"KN-1"}))
    material, other = replace(CAMERA, case="KN-1"), replace(CAMERA, case="KN-2")
    assert refused(text, person, "playback.view", thing=material) == Refusal("recused", ("Đ4.1",), ("not_involved",))
    assert decided(text, person, "playback.view", thing=other).is_allowed
    assert decided(text, person, "playback.view").is_allowed
    case = Thing("complaint", "1", case="KN-1")
    assert refused(text, person, "complaint.decide", thing=case).missing == ("not_involved",)
    assert decided(text, person, "complaint.decide", thing=replace(case, case="KN-2")).is_allowed


def test_a_permit_opens_the_duties_it_names() -> None:
    text = regulation(
        norm("Đ7.4/glass", "permit", "replay.view", "guard", when="with_emergency", then="Đ7.4/ratify"),
        norm("Đ7.4/ratify", "oblige", "request.decide", "principal", within="PT{ratify_hours}H"),
        norm("Đ7.2/directed", "permit", "replay.view", "guard", when="with_direction"),
    )
    emergency = decided(text, holder("guard"), "replay.view", Facts(frozenset({"emergency"})))
    assert emergency.obligations == (Obligation("Đ7.4/ratify", "Đ7.4", NOW_US + 24 * 3600 * US_PER_S),)
    both = decided(text, holder("guard"), "replay.view", Facts(frozenset({"emergency", "direction"})))
    assert both.norms == ("Đ7.4/glass", "Đ7.2/directed")
    assert both.obligations == ()


def test_an_act_on_another_kind_of_thing_is_refused() -> None:
    text = regulation(norm("Đ7.1/live", "permit", "live.view", "anyone"))
    assert refused(text, NOBODY, "live.view", thing=Thing("request")).code == "wrong_kind"


def test_an_unknown_act_is_one_clear_error() -> None:
    with pytest.raises(ActUnknown, match=r"no act 'live\.veiw'\. Did you mean 'live\.view'\?"):
        decided(regulation(), NOBODY, "live.veiw")
    with pytest.raises(ActUnknown):
        Regulations([]).decide(NOBODY, "", CAMERA, NOTHING, NOW_US)


ODD = ('"', "\\", '"] || true || principal in [Role::"', "\x00", "\ud800", "Đ" * 10_000, "")


@pytest.mark.parametrize("odd", ODD)
def test_odd_input_is_refused_without_an_exception(odd: str) -> None:
    text = regulation(norm("Đ7.1/live", "permit", "live.view", "guard", when="in_own_area for_carried_purpose"))
    person = Person(odd, (Holding(odd, odd, frozenset({odd})),), "1/QĐ")
    thing = Thing("camera", odd, frozenset({odd}), frozenset({odd}), case=odd)
    facts = Facts(frozenset({odd}), age_s=10**30, purpose=odd)
    assert not decided(text, person, "live.view", facts, thing).is_allowed
    guard = replace(person, holdings=(Holding(odd, "guard", frozenset({"gate"})),))
    assert not decided(text, guard, "live.view", facts, thing).is_allowed


def test_denied_names_act_and_clause() -> None:
    text = regulation(norm("Đ7.1/live", "permit", "live.view", "guard"))
    with pytest.raises(Denied, match=r"Live view is not allowed \(Đ7\.1\)\."):
        decided(text, NOBODY, "live.view").require()


YEAR_2 = datetime(2024, 1, 1, tzinfo=UTC)
GUARDS_LIVE = norm("Đ7.1/live", "permit", "live.view", "guard", bound=(Bound("enforced", "versions"),))


def _versions(first_until: datetime | None = YEAR_2, second_from: datetime = YEAR_2) -> Regulations:
    first = regulation(GUARDS_LIVE, number="1/QĐ", until=first_until)
    second = regulation(norm("Đ7.1/none", "permit", "live.view", "head"), number="2/QĐ", since=second_from)
    return Regulations([second, first])


def test_an_act_is_judged_by_the_version_in_force_at_its_moment() -> None:
    versions = _versions()
    change_us = us_from_datetime(YEAR_2)
    before = versions.decide(holder("guard"), "live.view", CAMERA, NOTHING, change_us - 1)
    after = versions.decide(holder("guard", acknowledged="2/QĐ"), "live.view", CAMERA, NOTHING, change_us)
    assert (before.is_allowed, before.version) == (True, "1/QĐ")
    assert (after.is_allowed, after.version) == (False, "2/QĐ")


def test_without_a_version_in_force_all_is_refused() -> None:
    versions = _versions(second_from=datetime(2025, 1, 1, tzinfo=UTC))
    for moment, clauses in ((datetime(2022, 12, 31, tzinfo=UTC), ()), (YEAR_2, ("Đ7.1",))):
        assert versions.at(us_from_datetime(moment)) is None
        for act in ACTS.values():
            decision = versions.decide(holder("guard"), act.id, Thing(act.thing), NOTHING, us_from_datetime(moment))
            assert decision.refusal == Refusal("no_version", clauses)
            assert decision.version == ""


@pytest.mark.parametrize("until", [None, datetime(2024, 1, 2, tzinfo=UTC)])
def test_versions_that_overlap_are_an_error(until: datetime | None) -> None:
    with pytest.raises(VersionsOverlap, match="1/QĐ and 2/QĐ would both be in force at 2024-01-01"):
        _versions(first_until=until)


def test_two_versions_that_begin_together_overlap_whatever_their_end() -> None:
    with pytest.raises(VersionsOverlap):
        _versions(second_from=IN_FORCE_FROM)


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (norm("Đ1.1/x", "permit", "live.view", "guard", when="on_mars"), "on_mars"),
        (norm("Đ1.1/x", "forbid", "live.view", "guard", unless="on_mars"), "on_mars"),
        (norm("Đ1.1/x", "permit", "live.view", "guard", then="Đ1.2/y"), "Đ1.2/y"),
        (norm("Đ1.1/x", "oblige", "live.veiw", "guard"), "live.veiw"),
    ],
)
def test_a_norm_that_cannot_be_compiled_is_named(bad: Norm, reason: str) -> None:
    with pytest.raises(RegulationNotCompiled, match=rf"Đ1\.1/x cannot be made executable.*{reason}"):
        Rulebook(regulation(bad))


def test_a_duty_whose_time_cannot_be_read_is_found_when_the_text_is_compiled() -> None:
    with pytest.raises(DurationUnclear):
        Rulebook(regulation(norm("Đ1.1/x", "oblige", "incident.report", "guard", within="15 minutes")))


def test_two_norms_of_one_id_do_not_hide_one_another() -> None:
    twice = norm("Đ1.1/x", "permit", "live.view", "guard")
    with pytest.raises(RegulationNotCompiled, match="same id"):
        Rulebook(regulation(twice, replace(twice, mode="forbid")))


# -- the end of the term ----------------------------------------------------------------------------------------------

ENDS_ON = date(2023, 2, 28)
TERM = norm(
    "QĐ1/renew", "oblige", "amendment.consider", "principal", trigger="term.ending", bound=(Bound("evidenced", "term"),)
)
EVERYTHING = norm("Đ1.1/all", "permit", " ".join(act for act in ACTS if act != "amendment.consider"), "principal")


def ended(act: str, at: datetime, on_term_end: str = "readonly") -> Decision:
    hanoi = datetime(2023, 1, 1, tzinfo=timezone(timedelta(hours=7)))
    text = replace(regulation(TERM, EVERYTHING, since=hanoi, on_term_end=on_term_end), term_ends_on=ENDS_ON)
    person = Person("1", (Holding("a", "principal"),), text.version)
    return Rulebook(text).decide(person, act, Thing(ACTS[act].thing), Facts(owed=frozenset(ACTS)), us_from_datetime(at))


LAST_SECOND = datetime(2023, 2, 28, 16, 59, 59, tzinfo=UTC)  # midnight in Hà Nội
AFTER = LAST_SECOND + timedelta(seconds=1)


@pytest.mark.parametrize("act", ACTS)
def test_when_the_term_has_ended_a_text_that_says_so_leaves_what_the_table_names(act: str) -> None:
    assert ended(act, LAST_SECOND).is_allowed
    assert ended(act, AFTER, "continue_with_warning").is_allowed
    over = ended(act, AFTER)
    assert over.is_allowed == (act in AFTER_TERM)
    if over.refusal is not None:
        assert (over.refusal.code, over.clauses) == ("term_ended", ("QĐ1",))


def test_after_the_term_a_new_text_can_still_be_made_and_nothing_is_looked_up_or_taken_out() -> None:
    assert {"amendment.propose", "amendment.consider", "amendment.sign", "document.sign"} <= AFTER_TERM <= set(ACTS)
    stopped = {"replay.view", "playback.view", "extraction.order", "extraction.execute", "hold.release", "audio.record"}
    assert not stopped & AFTER_TERM
