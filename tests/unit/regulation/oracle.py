"""What the norms of a version allow, worked out in plain Python from their words, without Cedar."""

from __future__ import annotations

from collections.abc import Callable

from nangmai.regulation.acts import ACTS
from nangmai.regulation.facts import Facts, Holding, Person, Thing
from nangmai.regulation.model import Norm, Regulation

Asked = tuple[Holding | None, bool, Thing, Facts, Regulation]


def _paper(name: str) -> Callable[[Asked], bool]:
    return lambda asked: name in asked[3].instruments


def _no_older_than(parameter: str) -> Callable[[Asked], bool]:
    def holds(asked: Asked) -> bool:
        age_s = asked[3].age_s
        minutes = asked[4].parameter(parameter)
        assert isinstance(minutes, int)
        return age_s is not None and age_s <= minutes * 60

    return holds


def _in_own_area(asked: Asked) -> bool:
    areas = asked[0].areas if asked[0] else frozenset()
    return not areas or bool(areas & asked[2].area_path)


MEANINGS: dict[str, Callable[[Asked], bool]] = {
    **{
        f"with_{name}": _paper(name)
        for name in (
            "direction order grant consent maintenance_order supervision second_person emergency".split()  # noqa: SIM905
        )
    },
    "on_shift": lambda asked: asked[3].on_shift,
    "in_own_area": _in_own_area,
    "within_replay": _no_older_than("replay_minutes"),
    "within_break_glass": _no_older_than("break_glass_minutes"),
    "for_quality_check": lambda asked: asked[3].purpose == "quality_check",
    "for_carried_purpose": lambda asked: asked[3].purpose in asked[2].purposes,
    "stepped_up": lambda asked: asked[3].is_stepped_up,
    "is_own": lambda asked: asked[3].is_own,
    "not_involved": lambda asked: not asked[3].is_involved,
    "not_issuer": lambda asked: not asked[3].is_issuer,
    "named_executor": lambda asked: asked[3].is_named,
    "owed": lambda asked: bool(asked[3].owed),  # those who ask owe everything or nothing
    "accepted_camera": lambda asked: asked[2].is_in_service,
    "acknowledged": lambda asked: asked[1],
    "audio_allowed": lambda asked: asked[4].parameter("audio") is True,
    "analytics_allowed": lambda asked: asked[4].parameter("analytics") is True,
    "remote_allowed": lambda asked: asked[4].parameter("remote_access") is True,
}


def allows(regulation: Regulation, person: Person, act: str, thing: Thing, facts: Facts) -> bool:
    """Whether the version allows it."""
    outside = {role.id for role in regulation.roles if role.is_outside}
    is_acknowledged = person.acknowledged == regulation.version
    is_inside = any(holding.role not in outside for holding in person.holdings)
    is_recused = bool(thing.case) and thing.case in person.recused_from
    if thing.kind != ACTS[act].thing:
        return False
    if ACTS[act].is_footage and ((is_inside and not is_acknowledged) or is_recused):
        return False
    if is_recused:
        facts = Facts(**{name: getattr(facts, name) for name in Facts.__slots__} | {"is_involved": True})
    return any(
        _one_allows(act, (holding, is_acknowledged, thing, facts, regulation)) for holding in person.holdings or (None,)
    )


def _one_allows(act: str, asked: Asked) -> bool:
    norms = [norm for norm in asked[4].norms if act in norm.acts]
    permits = [norm for norm in norms if norm.mode == "permit"]
    if permits:
        if not any(_names(norm, asked) and all(MEANINGS[name](asked) for name in norm.when) for norm in permits):
            return False
    elif ACTS[act].is_footage or not any(_is_owed(norm, asked) for norm in norms if norm.mode == "oblige"):
        return False
    return not any(_forbids(norm, permits, asked) for norm in norms if norm.mode == "forbid")


def _is_owed(norm: Norm, asked: Asked) -> bool:
    """A duty that holds all the time, or is open, of whom it names or went to."""
    is_opened = norm.trigger or norm.every or any(norm.id in other.then for other in asked[4].norms)
    heirs = {role for step in norm.escalate for role in step.to}
    is_theirs = _names(norm, asked) or (asked[0] is not None and asked[0].role in heirs)
    return is_theirs and (not is_opened or bool(asked[3].owed))


def _forbids(norm: Norm, permits: list[Norm], asked: Asked) -> bool:
    if not all(MEANINGS[name](asked) for name in norm.when) or any(MEANINGS[name](asked) for name in norm.unless):
        return False
    if "others" not in norm.who:
        return _names(norm, asked)
    for permit in permits:
        papers = [name for name in permit.when if name.startswith("with_")]
        if _names(permit, asked) and all(MEANINGS[name](asked) for name in papers):
            return False
    return True


def _names(norm: Norm, asked: Asked) -> bool:
    return "anyone" in norm.who or (asked[0] is not None and asked[0].role in norm.who)
