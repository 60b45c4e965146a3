"""The matrix of roles and acts, found by deciding: each cell is an answer of the compiled policies.

Norms only suggest which circumstances are worth asking about; none of them is read for the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from nangmai.base.units import us_from_datetime
from nangmai.regulation.acts import ACTS, Act
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.decisions import Decision, Rulebook
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.model import ANYONE, Norm, Regulation
from nangmai.regulation.rights import rights

Answer = Literal["allow", "order", "deny"]

_INSTRUMENTS = frozenset(name for name, condition in CONDITIONS.items() if condition.kind == "instrument")
_SITUATIONS = frozenset(CONDITIONS) - _INSTRUMENTS
#: how things stand when nothing is out of the ordinary
_ORDINARY = frozenset({"acknowledged", "accepted_camera", "not_involved", "not_issuer", "stepped_up"})


@dataclass(frozen=True, slots=True)
class Cell:
    """What one role may do of one act."""

    answer: Answer  #: `order`: only with a paper that somebody has to give
    clauses: tuple[str, ...]
    conditions: tuple[str, ...] = ()  #: of the norm that determined it, the least demanding where there are several


@dataclass(frozen=True, slots=True)
class Row:
    """One act for all roles; `anyone` is a person without a role."""

    act: str
    cells: Mapping[str, Cell]
    is_duty_only: bool = False  #: norms oblige to it, and none permits or forbids it


def matrix(regulation: Regulation, acts: Iterable[str] | None = None) -> list[Row]:
    """All acts, or these, by all roles of a version, and by a person without a role."""
    rulebook = Rulebook(regulation)
    columns = [*(role.id for role in regulation.roles), ANYONE]
    return [
        Row(act.id, {role: _cell(rulebook, act, role) for role in columns}, _is_duty_only(regulation, act))
        for act in (ACTS.values() if acts is None else (ACTS[act] for act in acts))
    ]


def acts_that_may_differ(old: Regulation, new: Regulation) -> list[str]:
    """The acts about which the two could answer differently: what an answer rests on is not the same in both."""
    before, after = _bases(old), _bases(new)
    return [act for act in ACTS if before(act) != after(act)]


def _bases(regulation: Regulation) -> Callable[[str], tuple[object, ...]]:
    """For an act, all that an answer can depend on: the roles, the rights and forbids, the parameters they read."""
    roles = tuple((role.id, role.is_outside) for role in regulation.roles)
    deciding = [*rights(regulation), *(norm for norm in regulation.norms if norm.mode == "forbid")]

    def basis(act: str) -> tuple[object, ...]:
        norms = [(norm.id, norm.mode, norm.who, norm.when, norm.unless) for norm in deciding if act in norm.acts]
        names = {name for norm in norms for name in (*norm[3], *norm[4]) if name in CONDITIONS}
        read = sorted({parameter for name in names for parameter in CONDITIONS[name].parameters})
        return roles, norms, [(name, regulation.parameter(name)) for name in read]

    return basis


def _is_duty_only(regulation: Regulation, act: Act) -> bool:
    return {norm.mode for norm in regulation.norms if act.id in norm.acts} == {"oblige"}


def _cell(rulebook: Rulebook, act: Act, role: str) -> Cell:
    permits = [norm for norm in rulebook.permits(act.id) if {role, ANYONE}.intersection(norm.who)]
    answers: tuple[tuple[Answer, Iterator[frozenset[str]]], ...] = (
        ("allow", _circumstances(permits, _SITUATIONS)),
        ("order", _circumstances(permits, frozenset(CONDITIONS))),
    )
    if not permits:
        return _without_permit(rulebook, act, role)
    lifting: tuple[str, ...] = ()
    for answer, scenes in answers:
        for scene in scenes:
            decision = _decision(rulebook, act, role, scene)
            if decision.is_allowed:
                return Cell(answer, decision.clauses, _conditions(rulebook, decision.norms, lifting))
            if answer == "allow" and decision.refusal:
                lifting = tuple(name for name in decision.refusal.missing if name in _INSTRUMENTS)
    return Cell("deny", _decision(rulebook, act, role, _ORDINARY).clauses)


def _without_permit(rulebook: Rulebook, act: Act, role: str) -> Cell:
    """Asked all the same, with everything in favour: a cell is never filled in without a decision."""
    favoured = _decision(rulebook, act, role, frozenset(CONDITIONS))
    if favoured.is_allowed:
        return Cell("order", favoured.clauses)
    return Cell("deny", _decision(rulebook, act, role, _ORDINARY).clauses)


def _circumstances(permits: Iterable[Norm], available: frozenset[str]) -> Iterator[frozenset[str]]:
    """All at once, then what each permit asks for and no more: a forbid may rest on what another permit needs."""
    yield available
    for permit in permits:
        if available.issuperset(permit.when):
            yield _ORDINARY.union(permit.when)


def _decision(rulebook: Rulebook, act: Act, role: str, holding: frozenset[str]) -> Decision:
    """The answer where exactly these conditions hold, as far as they can be told apart."""
    purpose = "quality_check" if "for_quality_check" in holding else "purpose"
    is_recent = not holding.isdisjoint({"within_replay", "within_break_glass"})
    thing = Thing(
        act.thing,
        area_path=frozenset({"own"} if "in_own_area" in holding else {"other"}),
        purposes=frozenset({purpose} if "for_carried_purpose" in holding else ()),
        is_in_service="accepted_camera" in holding,
    )
    facts = Facts(
        instruments=frozenset(name.removeprefix("with_") for name in holding & _INSTRUMENTS),
        on_shift="on_shift" in holding,
        age_s=1 if is_recent else None,
        purpose=purpose,
        is_stepped_up="stepped_up" in holding,
        is_own="is_own" in holding,
        is_involved="not_involved" not in holding,
        is_issuer="not_issuer" not in holding,
        is_named="named_executor" in holding,
        owed=frozenset({act.id} if "owed" in holding else ()),
    )
    holdings = () if role == ANYONE else (Holding("matrix", role, frozenset({"own"})),)
    person = Person("matrix", holdings, acknowledged=rulebook.version)
    return rulebook.decide(person, act.id, thing, facts, us_from_datetime(rulebook.regulation.in_force_from))


def _conditions(rulebook: Rulebook, norms: tuple[str, ...], lifting: tuple[str, ...]) -> tuple[str, ...]:
    """Those of the least demanding permit, and where that names no paper and one was needed, what lifts the forbid."""
    stated = min((rulebook.rights[norm].when for norm in norms), key=len)
    return stated if not lifting or _INSTRUMENTS.intersection(stated) else (*stated, *lifting)
