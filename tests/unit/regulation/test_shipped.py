"""The demonstration school's text has no fault, binds every norm, and fulfils every requirement of its writers."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from nangmai.regulation import form, law
from nangmai.regulation.model import Regulation
from nangmai.regulation.parameters import PARAMETERS
from nangmai.regulation.shape import read_shaped
from nangmai.regulation.validate import coverage, faults
from unit.regulation.shipped import TEXT, shipped

ROOT = Path(__file__).parents[3]
SCHEMA = json.loads((ROOT / "docs" / "reference" / "regulation.schema.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def regulation() -> Regulation:
    return shipped()


def test_it_has_no_fault_and_no_warning(regulation: Regulation) -> None:
    assert [(fault.clause, fault.message.en) for fault in faults(regulation)] == []


def test_every_norm_is_bound(regulation: Regulation) -> None:
    assert coverage(regulation).unbound == ()
    assert coverage(regulation).percent == 100


def test_it_keeps_to_the_law(regulation: Regulation) -> None:
    assert [breach.message.en for breach in law.breaches(regulation, law.pack("vn-2026"))] == []


def test_every_requirement_is_fulfilled_by_a_norm(regulation: Regulation) -> None:
    fulfilled = {requirement for norm in regulation.norms for requirement in norm.fulfils}
    assert fulfilled == {f"R{number:02}" for number in range(1, 59)}


def test_every_norm_fulfils_something(regulation: Regulation) -> None:
    assert [norm.id for norm in regulation.norms if not norm.fulfils] == []


def test_every_clause_says_something_that_is_also_a_norm(regulation: Regulation) -> None:
    assert [clause.id for clause in regulation.clauses if not clause.norms] == []


def test_it_has_the_decision_nine_articles_and_a_closing_clause(regulation: Regulation) -> None:
    assert [article.id for article in regulation.articles] == ["QĐ", *(f"Đ{number}" for number in range(1, 10)), "KT"]


def test_both_languages_name_the_same_parameters(regulation: Regulation) -> None:
    def named(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert [clause.id for clause in regulation.clauses if named(clause.text.vi) != named(clause.text.en)] == []


def test_a_deadline_that_is_a_parameter_is_named_in_the_clause(regulation: Regulation) -> None:
    for clause in regulation.clauses:
        for norm in clause.norms:
            assert all(f"{{{name}}}" in clause.text.vi for name in re.findall(r"\{(\w+)\}", norm.within)), norm.id


def test_every_number_a_version_states_stands_in_its_text(regulation: Regulation) -> None:
    named = {name for clause in regulation.clauses for name in re.findall(r"\{(\w+)\}", clause.text.vi)}
    numbers = {name for name in regulation.parameters if PARAMETERS[name].type == "integer"}
    assert numbers == named


def test_it_states_every_choice_there_is(regulation: Regulation) -> None:
    assert set(regulation.parameters) == set(PARAMETERS)


def test_nothing_is_said_to_be_enforced_by_a_duty(regulation: Regulation) -> None:
    """What people have to do on time is evidenced or attested: a guard can refuse an act, not make somebody do it."""
    hopeful = [
        norm.id
        for norm in regulation.norms
        if norm.mode == "oblige" and norm.within and any(bound.by == "enforced" for bound in norm.bound)
    ]
    assert hopeful == []


def test_it_survives_being_written(regulation: Regulation) -> None:
    again = form.read(form.write(regulation), "again")
    assert again == regulation
    assert again.content_hash == regulation.content_hash


# --- the published schema ----------------------------------------------------------------------------------------


def complaints(schema: dict[str, Any], value: Any, path: str = "") -> list[str]:
    """What the schema has against a value: the keywords the published schema uses, and no others."""
    known = {"$schema", "$id", "title", "description", "type", "enum", "pattern", "properties", "required", "items"}
    known |= {"additionalProperties", "minItems", "oneOf", "anyOf", "dependentRequired"}
    assert set(schema) <= known, path
    if "anyOf" in schema:
        return [] if any(not complaints(option, value, path) for option in schema["anyOf"]) else [f"{path}: anyOf"]
    types = {"string": str, "integer": int, "boolean": bool, "array": list, "object": dict, "null": type(None)}
    names = schema.get("type", [])
    allowed = [types[name] for name in ([names] if isinstance(names, str) else names)]
    if allowed and type(value) not in allowed:
        return [f"{path}: type"]
    found = [f"{path}: enum"] if "enum" in schema and value not in schema["enum"] else []
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{path}: pattern")
    if isinstance(value, list):
        found += [f"{path}: minItems"] if len(value) < schema.get("minItems", 0) else []
        found += [text for n, item in enumerate(value) for text in complaints(schema["items"], item, f"{path}[{n}]")]
    if isinstance(value, dict):
        found += _table_complaints(schema, value, path)
    return found


def _table_complaints(schema: dict[str, Any], value: dict[str, Any], path: str) -> list[str]:
    found = [f"{path}: required {name}" for name in schema.get("required", []) if name not in value]
    for name, others in schema.get("dependentRequired", {}).items():
        found += [f"{path}: dependentRequired {name}" for other in others if name in value and other not in value]
    if "oneOf" in schema and sum(all(n in value for n in option["required"]) for option in schema["oneOf"]) != 1:
        found.append(f"{path}: oneOf")
    for name, item in value.items():
        if name in schema.get("properties", {}):
            found += complaints(schema["properties"][name], item, f"{path}.{name}")
        elif schema["additionalProperties"] is False:
            found.append(f"{path}: additionalProperties {name}")
        else:
            found += complaints(schema["additionalProperties"], item, f"{path}.{name}")
    return found


def test_the_published_schema_accepts_the_text(regulation: Regulation) -> None:
    assert complaints(SCHEMA, read_shaped(TEXT, form.REGULATION, "regulation.yaml")) == []
    assert complaints(SCHEMA, json.loads(json.dumps(form.plain_form(regulation)))) == []


@pytest.mark.parametrize(
    ("change", "keyword"),
    [
        ({"lore": 1}, "additionalProperties"),
        ({"number": 7}, "type"),
        ({"form": "nangmai.regulation/2"}, "enum"),
        ({"signed_on": "yesterday"}, "pattern"),
        ({"articles": []}, "minItems"),
        ({"in_force": {}}, "required"),
        ({"term": {"until": "2023"}}, "anyOf"),
    ],
)
def test_the_published_schema_refuses_what_reading_refuses(
    regulation: Regulation, change: dict[str, Any], keyword: str
) -> None:
    value = json.loads(json.dumps(form.plain_form(regulation))) | change
    assert any(keyword in complaint for complaint in complaints(SCHEMA, value))
