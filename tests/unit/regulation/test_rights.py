"""Whoever must, may: duties are rights where that widens nothing, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nangmai.regulation.acts import ACTS
from nangmai.regulation.decisions import Rulebook
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.model import Escalation, Norm
from nangmai.regulation.rights import rights, without_right
from nangmai.regulation.validate import faults
from unit.regulation.shipped import shipped
from unit.regulation.small import NOW_US, norm, regulation

LOCATE = norm("Đ4.3/campus", "oblige", "incident.locate", "head", trigger="incident.reported", within="P1D")
OPEN = Facts(owed=frozenset({"incident.locate"}))
NOTHING = Facts()


def allowed(role: str, act: str, facts: Facts, *norms: Norm) -> bool:
    text = regulation(*norms)
    person = Person("1", (Holding("a", role),), text.version)
    return Rulebook(text).decide(person, act, Thing(ACTS[act].thing), facts, NOW_US).is_allowed


def test_an_open_duty_is_a_right_of_those_it_names_and_of_nobody_else() -> None:
    assert allowed("head", "incident.locate", OPEN, LOCATE)
    assert not allowed("head", "incident.locate", NOTHING, LOCATE)
    assert not allowed("guard", "incident.locate", OPEN, LOCATE)


def test_a_duty_that_was_passed_on_is_a_right_of_whom_it_went_to() -> None:
    passed = replace(LOCATE, escalate=(Escalation("PT1H", ("principal",)),))
    assert allowed("principal", "incident.locate", OPEN, passed)


def test_a_duty_that_holds_all_the_time_is_always_a_right() -> None:
    assert allowed("guard", "camera.care", NOTHING, norm("Đ6.1/care", "oblige", "camera.care", "guard"))


def test_a_duty_opens_no_way_round_the_conditions_of_a_permit() -> None:
    permit = norm("Đ3.2/decide", "permit", "complaint.decide", "principal", when="stepped_up not_involved")
    duty = norm("Đ3.2/decided", "oblige", "complaint.decide", "principal head", trigger="complaint.accepted")
    owing = Facts(owed=frozenset({"complaint.decide"}))
    assert not allowed("principal", "complaint.decide", owing, permit, duty)
    assert not allowed("head", "complaint.decide", owing, permit, duty)
    assert without_right(duty, regulation(permit, duty)) == (("head", "complaint.decide"),)


@pytest.mark.parametrize("act", [act.id for act in ACTS.values() if act.is_footage])
def test_no_duty_opens_footage(act: str) -> None:
    duty = norm("Đ7.1/watch", "oblige", act, "guard")
    owing = Facts(owed=frozenset({act}))
    assert not allowed("guard", act, owing, duty)
    assert [found.code for found in faults(regulation(duty)) if found.code == "duty_without_right"]


def test_a_forbid_stops_who_owes_it() -> None:
    forbid = norm("Đ4.5/recused", "forbid", "incident.locate", "anyone", unless="not_involved")
    assert not allowed("head", "incident.locate", replace(OPEN, is_involved=True), LOCATE, forbid)
    assert allowed("head", "incident.locate", OPEN, LOCATE, forbid)


def test_every_duty_of_the_shipped_text_can_be_done_by_everybody_it_names() -> None:
    text = shipped()
    granted = {(role, act) for right in rights(text) for role in right.who for act in right.acts}
    for duty in (one for one in text.norms if one.mode == "oblige"):
        assert without_right(duty, text) == ()
        for role in duty.who:
            for act in duty.acts:
                assert granted & {(role, act), ("anyone", act)}, (duty.id, role, act)
