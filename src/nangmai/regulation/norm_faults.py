"""What is wrong with one norm: names that nobody knows, parts out of place, deadlines that cannot be read or kept.

Owns judging a norm within its text. The text as a whole is `validate.py`'s.
"""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.regulation.acts import ACTS
from nangmai.regulation.bindings import CHECKS, GUARDED, GUARDS, TRIGGERS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.durations import Duration, DurationParameterUnknown, DurationUnclear, fill, parse
from nangmai.regulation.faults import Fault, fault, warning
from nangmai.regulation.model import ANYONE, OTHERS, Bound, Norm, ParameterMissing, Regulation
from nangmai.regulation.rights import without_right

#: part of a norm -> the modes it has a meaning in
_MEANT_FOR = {
    "when": ("permit", "forbid"),
    "unless": ("forbid",),
    "then": ("permit",),
    "trigger": ("oblige",),
    "every": ("oblige",),
    "within": ("oblige",),
    "escalate": ("oblige",),
}


def norm_faults(norm: Norm, regulation: Regulation) -> Iterator[Fault]:
    """All that is wrong with a norm."""
    yield from _of_names(norm, regulation)
    yield from _of_parts(norm)
    for bound in norm.bound:
        yield from _of_bound(norm, bound, regulation)
    yield from _of_durations(norm, regulation)
    if norm.mode == "oblige":
        yield from _of_deadline(norm, regulation)
        for role, act in without_right(norm, regulation):
            yield warning(norm.clause, "duty_without_right", norm=norm.id, name=role, act=act)
    if norm.mode == "permit":
        yield from _of_effect(norm, regulation)


def _of_names(norm: Norm, regulation: Regulation) -> Iterator[Fault]:
    if not norm.id.startswith(f"{norm.clause}/"):
        yield fault(norm.clause, "norm_outside_clause", norm=norm.id, name=norm.clause)
    roles = {*regulation.role_by_id, ANYONE, OTHERS}
    escalated = [role for step in norm.escalate for role in step.to]
    unknown = [("act_unknown", act) for act in norm.acts if act not in ACTS]
    unknown += [("condition_unknown", name) for name in (*norm.when, *norm.unless) if name not in CONDITIONS]
    unknown += [("role_unknown", role) for role in norm.who if role not in roles]
    unknown += [("role_unknown", role) for role in escalated if role not in regulation.role_by_id]
    unknown += [("trigger_unknown", norm.trigger)] if norm.trigger and norm.trigger not in TRIGGERS else []
    for code, name in unknown:
        yield fault(norm.clause, code, norm=norm.id, name=name)
    for opened in norm.then:
        if opened not in regulation.norm_by_id or regulation.norm_by_id[opened].mode != "oblige":
            yield fault(norm.clause, "opens_no_duty", norm=norm.id, name=opened)


def _of_parts(norm: Norm) -> Iterator[Fault]:
    for name, modes in _MEANT_FOR.items():
        if getattr(norm, name) and norm.mode not in modes:
            yield fault(norm.clause, "part_misplaced", norm=norm.id, name=name, mode=norm.mode)
    if OTHERS in norm.who and (norm.mode != "forbid" or len(norm.who) > 1):
        yield fault(norm.clause, "others_misplaced", norm=norm.id)


def _of_bound(norm: Norm, bound: Bound, regulation: Regulation) -> Iterator[Fault]:
    if bound.by == "enforced":
        if bound.name not in GUARDS:
            yield fault(norm.clause, "guard_unknown", norm=norm.id, name=bound.name)
        for act in norm.acts:
            if bound.name in GUARDED and act not in GUARDED[bound.name]:
                yield fault(norm.clause, "guard_cannot_refuse", norm=norm.id, name=bound.name, act=act)
    elif bound.by == "evidenced":
        if bound.name not in CHECKS:
            yield fault(norm.clause, "check_unknown", norm=norm.id, name=bound.name)
    elif bound.name not in regulation.role_by_id:
        yield fault(norm.clause, "role_unknown", norm=norm.id, name=bound.name)
    elif regulation.role_by_id[bound.name].is_outside:
        yield fault(norm.clause, "attester_outside", norm=norm.id, name=bound.name)


def _of_durations(norm: Norm, regulation: Regulation) -> Iterator[Fault]:
    texts = [("within", norm.within), ("every", norm.every)]
    texts += [("escalate", step.after) for step in norm.escalate]
    texts += [("attested", bound.every) for bound in norm.bound]
    for name, text in texts:
        if not text:
            continue
        try:
            duration = parse(fill(text, regulation))
        except (DurationUnclear, DurationParameterUnknown):
            yield fault(norm.clause, "duration_unclear", norm=norm.id, name=name, value=text)
        except ParameterMissing:
            continue  # told as a parameter that has to be stated
        else:
            if duration == Duration() and name != "escalate":
                yield fault(norm.clause, "duration_empty", norm=norm.id, name=name)


def _of_deadline(norm: Norm, regulation: Regulation) -> Iterator[Fault]:
    has_deadline = bool(norm.within or norm.every)
    is_opened = bool(norm.trigger or norm.every) or any(norm.id in other.then for other in regulation.norms)
    if not has_deadline and any(bound.name == "duties_on_time" for bound in norm.bound):
        yield fault(norm.clause, "deadline_missing", norm=norm.id)
    elif not has_deadline and is_opened:
        yield warning(norm.clause, "deadline_undefined", norm=norm.id)
    if norm.within and not is_opened:
        yield fault(norm.clause, "deadline_without_start", norm=norm.id)


def _of_effect(norm: Norm, regulation: Regulation) -> Iterator[Fault]:
    """A permit that a forbid always overrides, where that is plain: the same people, and nothing that lifts it."""
    for act in norm.acts:
        for forbid in regulation.naming(act, "forbid"):
            is_wider = ANYONE in forbid.who or set(norm.who) <= set(forbid.who)
            if is_wider and not forbid.unless and set(forbid.when) <= set(norm.when):
                yield fault(norm.clause, "norm_overridden", norm=norm.id, name=forbid.id, act=act)
                break
