"""What gives a right: the permits of a text, and duties whose acts it leaves without one. Whoever must, may.

A duty is a right only where that cannot widen anything: never to an act that shows, moves or destroys pictures, never
to one that some permit names (its conditions are how the act is done, also by those who have to), to nobody but whom
the duty names or is passed on to, and only while it is open, unless it holds all the time.
"""

from __future__ import annotations

from dataclasses import replace

from nangmai.regulation.acts import ACTS
from nangmai.regulation.model import ANYONE, OTHERS, Norm, Regulation

OWED = "owed"


def rights(regulation: Regulation) -> tuple[Norm, ...]:
    """The permits and, as permits of the same id, those duties that are one; in the order of the text."""
    permitted = {act for norm in regulation.norms if norm.mode == "permit" for act in norm.acts}
    opened = {duty for norm in regulation.norms for duty in norm.then}
    found = (
        norm if norm.mode == "permit" else _right(norm, permitted, holds_always=norm.id not in opened)
        for norm in regulation.norms
        if norm.mode != "forbid"
    )
    return tuple(norm for norm in found if norm is not None)


def without_right(norm: Norm, regulation: Regulation) -> tuple[tuple[str, str], ...]:
    """What a duty demands of a role that the text gives it no right to: (role, act)."""
    permits = [other for other in regulation.norms if other.mode == "permit"]
    granted = {(role, act) for other in permits for role in other.who for act in other.acts}
    named = {act for other in permits for act in other.acts}
    return tuple(
        (role, act)
        for act in norm.acts
        if act in ACTS and (act in named or ACTS[act].is_footage)
        for role in norm.who
        if not granted & {(role, act), (ANYONE, act)}
    )


def _right(norm: Norm, permitted: set[str], *, holds_always: bool) -> Norm | None:
    acts = tuple(act for act in norm.acts if act in ACTS and act not in permitted and not ACTS[act].is_footage)
    if not acts or OTHERS in norm.who:
        return None
    is_standing = holds_always and not norm.trigger and not norm.every
    who = dict.fromkeys([*norm.who, *(role for step in norm.escalate for role in step.to)])
    return replace(norm, mode="permit", acts=acts, who=tuple(who), when=() if is_standing else (OWED,))
