"""The shipped regulation gives the permissions its school's decree asks for, cell by cell, by deciding."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache

import cedarpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nangmai.regulation.acts import ACTS
from nangmai.regulation.cedar import policy_texts, schema
from nangmai.regulation.decisions import Rulebook
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.matrix import Cell, matrix
from unit.regulation.askings import facts, people, things
from unit.regulation.oracle import allows
from unit.regulation.shipped import shipped
from unit.regulation.small import NOW_US

COLUMNS = (
    "principal", "vice_principal", "head_of_security", "guard", "it_officer", "area_unit", "finance", "supplier",
    "requester", "recorded_person", "anyone",
)  # fmt: skip

#: Y: allowed, O: only under a paper of the board (or its supervision), -: refused. `anyone` is who holds no role, as
#: the technical administrator does.
EXPECTED = """
                     HT PHT TTBV BV CNTT BP TCKT NCC NYC ĐT none
live.view             Y  Y   Y   Y   Y   -   -    O   -   -   -
replay.view           Y  Y   Y   Y   -   -   -    -   -   -   -
playback.view         Y  Y   O   O   O   -   -    -   O   O   -
extraction.order      Y  Y   -   -   -   -   -    -   -   -   -
extraction.execute    -  -   -   -   O   -   -    -   -   -   -
request.decide        Y  Y   -   -   -   -   -    -   -   -   -
incident.report       Y  Y   Y   Y   Y   Y   Y    Y   Y   Y   Y
complaint.lodge       Y  Y   Y   Y   Y   Y   Y    Y   Y   Y   Y
incident.direct       Y  Y   -   -   -   -   -    -   -   -   -
incident.close        Y  Y   -   -   -   -   -    -   -   -   -
camera.approve        Y  Y   -   -   -   -   -    -   -   -   -
camera.propose        -  -   Y   -   -   -   -    -   -   -   -
camera.change         -  -   -   -   O   -   -    O   -   -   -
recording.limit       -  -   -   -   O   -   -    O   -   -   -
site.arrange          Y  Y   -   -   -   -   -    -   -   -   -
site.chart            Y  Y   -   -   Y   -   -    -   -   -   -
footage.delete        -  -   -   -   -   -   -    -   -   -   -
record.delete         -  -   -   -   -   -   -    -   -   -   -
budget.approve        Y  Y   -   -   -   -   -    -   -   -   -
budget.need           -  -   Y   -   Y   Y   -    -   -   -   -
budget.lead           -  -   -   -   -   -   Y    -   -   -   -
budget.quote          -  -   -   -   -   -   -    Y   -   -   -
amendment.sign        Y  -   -   -   -   -   -    -   -   -   -
amendment.propose     -  -   Y   -   -   -   -    -   -   -   -
amendment.suggest     -  -   -   Y   Y   Y   Y    -   Y   Y   -
audio.record          -  -   -   -   -   -   -    -   -   -   -
analytics.enable      -  -   -   -   -   -   -    -   -   -   -
remote.view           -  -   -   -   -   -   -    -   -   -   -
"""
ROWS = {line.split()[0]: line.split()[1:] for line in EXPECTED.strip().splitlines()[1:]}
ANSWERS = {"allow": "Y", "order": "O", "deny": "-"}

CONDITIONS = {
    ("live.view", "guard"): ({"on_shift"}, "Đ7.1"),
    ("live.view", "head_of_security"): (set(), "Đ7.1"),
    ("live.view", "it_officer"): ({"for_quality_check"}, "Đ8.2"),
    ("live.view", "supplier"): ({"with_supervision"}, "Đ8.2"),
    ("live.view", "principal"): (set(), "Đ4.1"),
    ("replay.view", "guard"): ({"on_shift", "within_replay"}, "Đ7.1"),
    ("playback.view", "guard"): ({"with_direction"}, "Đ4.1"),
    ("playback.view", "it_officer"): ({"with_direction"}, "Đ4.1"),
    ("playback.view", "requester"): ({"with_grant"}, "Đ4.2"),
    ("extraction.execute", "it_officer"): ({"with_order", "named_executor", "not_issuer"}, "Đ5.3"),
    ("camera.change", "it_officer"): ({"with_maintenance_order"}, "Đ2.3"),
    ("camera.change", "supplier"): ({"with_maintenance_order", "with_supervision"}, "Đ2.3"),
}


TEXT = shipped()


@cache
def _rulebook() -> Rulebook:
    return Rulebook(TEXT)


@cache
def rows() -> Mapping[str, Mapping[str, Cell]]:
    return {row.act: row.cells for row in matrix(TEXT)}


@pytest.mark.parametrize("act", ROWS)
def test_the_matrix_of_the_decree_comes_out_cell_by_cell(act: str) -> None:
    found = {role: ANSWERS[rows()[act][role].answer] for role in COLUMNS}
    assert found == dict(zip(COLUMNS, ROWS[act], strict=True))


@pytest.mark.parametrize(("act", "role"), CONDITIONS)
def test_a_cell_names_its_conditions_and_its_clause(act: str, role: str) -> None:
    conditions, clause = CONDITIONS[act, role]
    cell = rows()[act][role]
    assert set(cell.conditions) == conditions
    assert clause in cell.clauses


def test_every_refusal_names_a_clause() -> None:
    nameless = [
        (act, role)
        for act, cells in rows().items()
        for role, cell in cells.items()
        if cell.answer == "deny" and not cell.clauses
    ]
    assert nameless == []


def test_the_board_alone_is_not_bound_to_a_shift_or_a_paper_for_playback() -> None:
    free = {role for role, cell in rows()["playback.view"].items() if cell.answer == "allow"}
    assert free == {role.id for role in TEXT.roles if role.is_board}


def _decides(role: str, act: str, facts: Facts, **person: object) -> bool:
    holder = Person("1", (Holding("a-1", role),), acknowledged=TEXT.version, **person)  # type: ignore[arg-type]
    camera = Thing(ACTS[act].thing, "x", purposes=frozenset({"P1"}), case="VV-1")
    return _rulebook().decide(holder, act, camera, facts, NOW_US).is_allowed


def test_a_guard_sees_live_in_the_own_shift_only() -> None:
    assert _decides("guard", "live.view", Facts(on_shift=True))
    assert not _decides("guard", "live.view", Facts(on_shift=False))


def test_footage_of_a_purpose_the_camera_does_not_carry_is_refused_even_to_the_board() -> None:
    assert _decides("principal", "playback.view", Facts(purpose="P1"))
    assert not _decides("principal", "playback.view", Facts(purpose="P2"))


def test_who_orders_does_not_carry_out() -> None:
    ordered = frozenset({"order"})
    assert _decides("it_officer", "extraction.execute", Facts(ordered, is_named=True))
    assert not _decides("it_officer", "extraction.execute", Facts(ordered, is_named=True, is_issuer=True))
    assert not _decides("it_officer", "extraction.execute", Facts(ordered, is_named=False))
    assert not _decides("principal", "extraction.execute", Facts(ordered, is_named=True))


def test_a_recused_principal_sees_nothing_of_the_case_and_decides_nothing_in_it() -> None:
    recused = frozenset({"VV-1"})
    for act in ("playback.view", "complaint.decide", "incident.close", "extraction.order"):
        facts = Facts(purpose="P1", is_stepped_up=True)
        assert _decides("principal", act, facts)
        assert not _decides("principal", act, facts, recused_from=recused)


def test_an_emergency_opens_a_duty_to_ratify() -> None:
    guard = Person("1", (Holding("a-1", "guard"),), TEXT.version)
    camera = Thing("camera", "x")
    emergency = Facts(frozenset({"emergency"}), age_s=50 * 60)
    decision = _rulebook().decide(guard, "replay.view", camera, emergency, NOW_US)
    (duty,) = decision.obligations
    assert (duty.clause, duty.due_us) == ("Đ4.6", NOW_US + 24 * 3600 * 1_000_000)


def test_every_policy_of_the_text_fits_the_schema() -> None:
    result = cedarpy.validate_policies("\n".join(policy_texts(TEXT).values()), json.dumps(schema()))
    assert result.validation_passed, [str(error) for error in result.errors]


_PURPOSES = ["P1", "P2", "quality_check"]
_ROLES = [role.id for role in TEXT.roles]


@settings(max_examples=400, deadline=None)
@given(
    person=people(_ROLES, ["gate", "yard"], [None, TEXT.version, TEXT.version]),
    act=st.sampled_from(sorted(ACTS)),
    thing=things(["camera"], ["gate", "yard"], _PURPOSES),
    stand=facts(["", *_PURPOSES]),
)
def test_the_text_allows_exactly_what_a_plain_reading_of_it_does(
    person: Person, act: str, thing: Thing, stand: Facts
) -> None:
    thing = replace(thing, kind=ACTS[act].thing)
    decision = _rulebook().decide(person, act, thing, stand, NOW_US)
    assert decision.is_allowed == allows(TEXT, person, act, thing, stand)
    assert decision.clauses
