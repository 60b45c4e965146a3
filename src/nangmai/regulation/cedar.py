"""A version's norms as Cedar policies: one policy a norm, its id the norm's id.

Owns the translation, the schema and the question to Cedar (https://docs.cedarpolicy.com). Nothing else asks Cedar, and
nothing here knows what an answer is used for. Every attribute a condition reads is always given, so that no policy can
fail in evaluation; should one fail all the same, the answer is no.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, ClassVar, NamedTuple

import cedarpy

from nangmai.base.errors import Error, Kind
from nangmai.regulation.acts import ACTS, THINGS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.facts import Facts, Holding, Thing
from nangmai.regulation.model import ANYONE, OTHERS, Norm, Regulation
from nangmai.regulation.rights import rights

_MOST_S = 2**53  #: older than anything: Cedar counts in 64 bits


class RegulationNotCompiled(Error):
    """The norm {norm} cannot be made executable: {reason}. Correct its line in the text."""

    kind: ClassVar[Kind] = Kind.INVALID


class Question(NamedTuple):
    """One act of one holding."""

    act: str
    holding: Holding | None  #: None: anyone
    is_acknowledged: bool
    thing: Thing
    facts: Facts


class Judgement(NamedTuple):
    """What Cedar said."""

    is_allowed: bool
    norms: tuple[str, ...]  #: the permits that allowed it, or the forbids that did not; none: no permit fits
    complaint: str = ""  #: the question could not be judged


class Policies:
    """The norms of one version, parsed once."""

    def __init__(self, regulation: Regulation) -> None:
        policies = _parsed(policy_texts(regulation))
        norms = _compiled(regulation)
        # a set for each act: Cedar looks at every policy of a set, and those of other acts cannot fit
        self._norms = {
            act: _policy_set({norm.id: policies[norm.id] for norm in norms if act in norm.acts}) for act in ACTS
        }
        self._conditions = _policy_set(
            _parsed(
                {
                    condition.id: f"permit(principal, action, resource) when {{ {condition.filled(regulation)} }};"
                    for condition in CONDITIONS.values()
                }
            )
        )

    def judge(self, question: Question) -> Judgement:
        """Whether the norms allow it, and which of them determined that."""
        return _ask(self._norms[question.act], question)

    def holding_conditions(self, question: Question) -> frozenset[str]:
        """Every condition that holds, each asked alone."""
        return frozenset(_ask(self._conditions, question).norms)


def policy_texts(regulation: Regulation) -> dict[str, str]:
    """The policies of all rights and forbids, by the id of their norm, in the order of the text."""
    texts: dict[str, str] = {}
    for norm in _compiled(regulation):
        if norm.id in texts:
            raise RegulationNotCompiled(norm=norm.id, reason="another norm has the same id")
        texts[norm.id] = _policy(norm, regulation)
    return texts


def _compiled(regulation: Regulation) -> list[Norm]:
    forbids = [norm for norm in regulation.norms if norm.mode == "forbid"]
    order = {norm.id: number for number, norm in enumerate(regulation.norms)}
    return sorted([*rights(regulation), *forbids], key=lambda norm: order[norm.id])


def schema() -> dict[str, Any]:
    """The Cedar schema (JSON) that every compiled policy fits: what a principal, a thing and a context carry."""
    text, flag = {"type": "String"}, {"type": "Boolean"}
    texts = {"type": "Set", "element": text}
    flags = ("on_shift", "stepped_up", "is_own", "is_involved", "is_issuer", "is_named", "owed")
    context = {"instruments": texts, "age_s": {"type": "Long"}, "purpose": text, **dict.fromkeys(flags, flag)}
    person = {"areas": texts, "acknowledged": flag}
    thing = {"area_path": texts, "purposes": texts, "in_service": flag}
    kinds = {_type_of(kind): {"shape": {"type": "Record", "attributes": thing}} for kind in THINGS}
    return {
        "": {
            "entityTypes": {
                "Role": {},
                "Person": {"memberOfTypes": ["Role"], "shape": {"type": "Record", "attributes": person}},
                **kinds,
            },
            "actions": {
                act.id: {
                    "appliesTo": {
                        "principalTypes": ["Person"],
                        "resourceTypes": [_type_of(act.thing)],
                        "context": {"type": "Record", "attributes": context},
                    }
                }
                for act in ACTS.values()
            },
        }
    }


def _type_of(kind: str) -> str:
    return f"{kind.title()}Thing"


def _policy(norm: Norm, regulation: Regulation) -> str:
    acts = ", ".join(f"Action::{_quoted(act)}" for act in norm.acts)
    lines = [f"{norm.mode}(principal, action in [{acts}], resource)"]
    if norm.mode == "forbid" and OTHERS in norm.who:
        lines.append(f"unless {{ {_named_by_permits(norm, regulation)} }}")
    else:
        lines.append(f"when {{ {_is_one_of(norm.who)} }}")
    lines += [f"when {{ {_condition(norm, name, regulation)} }}" for name in norm.when]
    if norm.unless:
        lifted = " || ".join(f"({_condition(norm, name, regulation)})" for name in norm.unless)
        lines.append(f"unless {{ {lifted} }}")
    return "\n".join(lines) + ";"


def _named_by_permits(norm: Norm, regulation: Regulation) -> str:
    """Whom a permit of the act names, with the papers it asks for; situations change by themselves and do not count."""
    cases = []
    for act in norm.acts:
        for permit in regulation.naming(act, "permit"):
            papers = [name for name in permit.when if name in CONDITIONS and CONDITIONS[name].kind == "instrument"]
            parts = [f"action == Action::{_quoted(act)}", _is_one_of(permit.who)]
            parts += [f"({_condition(permit, name, regulation)})" for name in papers]
            cases.append(f"({' && '.join(parts)})")
    return " || ".join(cases) or "false"


def _is_one_of(who: Iterable[str]) -> str:
    return f"principal in [{', '.join(f'Role::{_quoted(role)}' for role in who)}]"


def _condition(norm: Norm, name: str, regulation: Regulation) -> str:
    if name not in CONDITIONS:
        raise RegulationNotCompiled(norm=norm.id, reason=f"there is no condition {name!r}")
    return CONDITIONS[name].filled(regulation)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _parsed(texts: dict[str, str]) -> dict[str, Any]:
    """Each policy in Cedar's JSON form, under the id it is cited by: parsed from text it would be numbered."""
    policies: dict[str, Any] = {}
    for policy_id, text in texts.items():
        try:
            (policies[policy_id],) = json.loads(cedarpy.policies_to_json_str(text))["staticPolicies"].values()
        except ValueError as error:
            raise RegulationNotCompiled(norm=policy_id, reason=str(error)) from error
    return policies


def _policy_set(policies: dict[str, Any]) -> cedarpy.PolicySet:
    whole = {"staticPolicies": policies, "templates": {}, "templateLinks": []}
    return cedarpy.PolicySet.from_json_str(json.dumps(whole))


def _ask(policies: cedarpy.PolicySet, question: Question) -> Judgement:
    try:
        result = cedarpy.is_authorized(_request(question), policies, _entities(question))
    except ValueError as error:
        return Judgement(False, (), str(error))
    if result.diagnostics.errors:
        return Judgement(False, (), "; ".join(result.diagnostics.errors))
    return Judgement(result.allowed, tuple(result.diagnostics.reasons))


def _request(question: Question) -> dict[str, Any]:
    facts = question.facts
    age_s = _MOST_S if facts.age_s is None else max(-_MOST_S, min(facts.age_s, _MOST_S))
    return {
        "principal": 'Person::"asking"',
        "action": f"Action::{_quoted(question.act)}",
        "resource": f'{_type_of(question.thing.kind)}::"asked"',
        "context": {
            "instruments": sorted(facts.instruments),
            "age_s": age_s,
            "purpose": facts.purpose,
            "on_shift": facts.on_shift,
            "stepped_up": facts.is_stepped_up,
            "is_own": facts.is_own,
            "is_involved": facts.is_involved,
            "is_issuer": facts.is_issuer,
            "is_named": facts.is_named,
            "owed": question.act in facts.owed,
        },
    }


def _entities(question: Question) -> list[dict[str, Any]]:
    """The person and the thing by what they carry: no norm speaks of one of them by its own id."""
    holding, thing = question.holding, question.thing
    roles = [ANYONE] if holding is None else [ANYONE, holding.role]
    return [
        {
            "uid": {"type": "Person", "id": "asking"},
            "attrs": {
                "areas": [] if holding is None else sorted(holding.areas),
                "acknowledged": question.is_acknowledged,
            },
            "parents": [{"type": "Role", "id": role} for role in roles],
        },
        {
            "uid": {"type": _type_of(thing.kind), "id": "asked"},
            "attrs": {
                "area_path": sorted(thing.area_path),
                "purposes": sorted(thing.purposes),
                "in_service": thing.is_in_service,
            },
            "parents": [],
        },
    ]
