"""The compiled policies mean what the norms say: by Cedar's own validator, and by an oracle that knows no Cedar."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nangmai.regulation.acts import ACTS
from nangmai.regulation.cedar import Policies, Question, policy_texts, schema
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.decisions import Rulebook
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.model import Norm
from nangmai.regulation.parameters import PARAMETERS
from unit.regulation.askings import facts, people, things
from unit.regulation.oracle import MEANINGS, allows
from unit.regulation.small import NOW_US, ROLES, norm, regulation

GUARD = Holding("a-1", "guard", frozenset({"gate"}))
CAMERA = Thing("camera", "cam-01", frozenset({"gate"}), frozenset({"P1"}))
HELD = Facts(frozenset(), on_shift=True, age_s=60, purpose="P1", is_stepped_up=True, is_own=True, is_named=True)
QUALITY: dict[str, Any] = {"purpose": "quality_check"}

#: condition -> (how it comes to hold, how it comes not to hold), as changes of the question or the version
BOTH_WAYS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    **{
        name: ({"instruments": frozenset({name.removeprefix("with_")})}, {"instruments": frozenset({"other"})})
        for name, condition in CONDITIONS.items()
        if condition.kind == "instrument"
    },
    "on_shift": ({"on_shift": True}, {"on_shift": False}),
    "in_own_area": ({"area_path": frozenset({"gate", "yard"})}, {"area_path": frozenset({"yard"})}),
    "within_replay": ({"age_s": 30 * 60}, {"age_s": 30 * 60 + 1}),
    "within_break_glass": ({"age_s": 5 * 60}, {"age_s": None}),
    "for_quality_check": (QUALITY, {"purpose": "P1"}),
    "for_carried_purpose": ({"purpose": "P1"}, {"purpose": "P2"}),
    "stepped_up": ({"is_stepped_up": True}, {"is_stepped_up": False}),
    "is_own": ({"is_own": True}, {"is_own": False}),
    "not_involved": ({"is_involved": False}, {"is_involved": True}),
    "not_issuer": ({"is_issuer": False}, {"is_issuer": True}),
    "named_executor": ({"is_named": True}, {"is_named": False}),
    "owed": ({"owed": frozenset({"camera.health"})}, {"owed": frozenset({"camera.care"})}),
    "accepted_camera": ({"is_in_service": True}, {"is_in_service": False}),
    "acknowledged": ({"acknowledged": "1/QĐ"}, {"acknowledged": None}),
    "audio_allowed": ({"audio": True}, {"audio": False}),
    "analytics_allowed": ({"analytics": True}, {"analytics": False}),
    "remote_allowed": ({"remote_access": True}, {"remote_access": False}),
}


def _allows(text_norm: Norm, change: dict[str, Any]) -> bool:
    stated = {name: value for name, value in change.items() if name in PARAMETERS}
    text = regulation(text_norm, break_glass_minutes=5, **stated)
    thing, facts, person = CAMERA, HELD, Person("1", (GUARD,), "1/QĐ")
    for name, value in change.items():
        if name in Facts.__slots__:
            facts = replace(facts, **{name: value})
        elif name in Thing.__slots__:
            thing = replace(thing, **{name: value})
        elif name not in stated:
            person = replace(person, **{name: value})
    return Rulebook(text).decide(person, "camera.health", thing, facts, NOW_US).is_allowed


@pytest.mark.parametrize("name", CONDITIONS)
def test_every_condition_decides_both_ways(name: str) -> None:
    permit = norm("Đ1.1/x", "permit", "camera.health", "guard", when=name)
    holds, fails = BOTH_WAYS[name]
    assert _allows(permit, holds)
    assert not _allows(permit, fails)


def test_a_holding_without_areas_is_everywhere() -> None:
    policies = Policies(regulation())
    question = Question(
        "camera.health", replace(GUARD, areas=frozenset()), True, replace(CAMERA, area_path=frozenset()), HELD
    )
    assert "in_own_area" in policies.holding_conditions(question)
    assert "in_own_area" not in policies.holding_conditions(question._replace(holding=GUARD))


def test_the_oracle_knows_every_condition() -> None:
    assert set(MEANINGS) == set(CONDITIONS)


_CONDITION_LISTS = st.lists(st.sampled_from(sorted(CONDITIONS)), max_size=3, unique=True).map(tuple)
_ACTS = ("live.view", "playback.view", "camera.health", "request.decide")
_ROLE_IDS = (*(role.id for role in ROLES), "anyone")


@st.composite
def _norms(draw: st.DrawFn) -> list[Norm]:
    norms = []
    for number in range(draw(st.integers(1, 8))):
        mode = draw(st.sampled_from(["permit", "permit", "forbid"]))
        roles = st.lists(st.sampled_from(_ROLE_IDS), min_size=1, max_size=3, unique=True).map(tuple)
        who = draw(st.one_of(roles, st.just(("others",))) if mode == "forbid" else roles)
        acts = draw(st.lists(st.sampled_from(_ACTS), min_size=1, max_size=3, unique=True).map(tuple))
        unless = draw(_CONDITION_LISTS) if mode == "forbid" else ()
        norms.append(Norm(f"Đ{number}/n", f"Đ{number}", mode, acts, who, draw(_CONDITION_LISTS), unless))
    return norms


_PEOPLE = people([*_ROLE_IDS, "others", "gone"], ["gate", "yard"], [None, "1/QĐ", "1/QĐ", "0/QĐ"])
_FACTS = facts(["", "P1", "quality_check"])
_THINGS = things(["camera", "camera", "camera", "request"], ["gate", "yard"], ["P1", "quality_check"])


@settings(max_examples=150, deadline=None)
@given(norms=_norms(), data=st.data())
def test_a_decision_is_what_a_plain_reading_of_the_norms_gives(norms: list[Norm], data: st.DataObject) -> None:
    text = regulation(*norms, break_glass_minutes=10)
    rulebook = Rulebook(text)
    for _ in range(12):
        person, thing, stand = data.draw(_PEOPLE), data.draw(_THINGS), data.draw(_FACTS)
        act = data.draw(st.sampled_from(_ACTS))
        decision = rulebook.decide(person, act, thing, stand, NOW_US)
        assert decision.is_allowed == allows(text, person, act, thing, stand)
        assert decision.refusal is None or decision.refusal.code != "unreadable"
        assert decision.is_allowed or decision.refusal is not None
        if decision.is_allowed:
            assert all(text.norm_by_id[norm].mode == "permit" for norm in decision.norms)
            assert decision.norms


def test_every_policy_fits_the_schema_by_cedars_own_validator() -> None:
    acts = " ".join({act.thing: act.id for act in ACTS.values()}.values())  # one for each kind of thing
    every = []
    for name in CONDITIONS:
        every.append(norm(f"Đ1/{name}", "permit", acts, "guard head", when=name))
        every.append(norm(f"Đ2/{name}", "forbid", acts, "anyone", when=name, unless=name))
        every.append(norm(f"Đ3/{name}", "forbid", acts, "others", unless=f"stepped_up {name}"))
    texts = policy_texts(regulation(*every, break_glass_minutes=5))
    assert len(texts) == 3 * len(CONDITIONS)
    result = cedarpy.validate_policies("\n".join(texts.values()), json.dumps(schema()))
    assert result.validation_passed, [str(error) for error in result.errors][:3]


def test_the_validator_would_find_a_condition_that_reads_what_is_not_there() -> None:
    wrong = 'permit(principal, action == Action::"live.view", resource) when { context.mood == "good" };'
    assert not cedarpy.validate_policies(wrong, json.dumps(schema())).validation_passed


def test_a_role_cannot_break_out_of_its_policy() -> None:
    roles = ['"] || true || principal in [Role::"', "\\", "guard\nor"]
    for role in roles:
        text = regulation(replace(norm("Đ1.1/x", "permit", "camera.health", "guard"), who=(role,)))
        allowed = Rulebook(text).decide(Person("1"), "camera.health", CAMERA, HELD, NOW_US)
        assert not allowed.is_allowed
