"""What a question to the regulation is made of: who asks, about what, and how things stand.

Values only. Gathering them is the web plane's work; what they mean is in `conditions.py` and `cedar.py`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Holding:
    """One role somebody holds by one assignment in force."""

    assignment: str
    role: str
    areas: frozenset[str] = frozenset()  #: empty: everywhere


@dataclass(frozen=True, slots=True)
class Person:
    """Who asks. A person without a holding is judged as `anyone`."""

    id: str
    holdings: tuple[Holding, ...] = ()
    acknowledged: str | None = None  #: `Regulation.version` of the text last acknowledged
    recused_from: frozenset[str] = frozenset()  #: cases


@dataclass(frozen=True, slots=True)
class Thing:
    """What the act is done to: of the kind that the act's line in `acts.py` names."""

    kind: str
    id: str = ""
    area_path: frozenset[str] = frozenset()  #: its area and all areas around it
    purposes: frozenset[str] = frozenset()  #: what a camera carries
    is_in_service: bool = True
    case: str = ""  #: the case whose material it is


@dataclass(frozen=True, slots=True)
class Facts:
    """How things stand at the moment of the act: one field for each thing a condition reads."""

    instruments: frozenset[str] = frozenset()  #: papers in force for this act on this thing: `order`, `grant`, …
    on_shift: bool = False
    age_s: int | None = None  #: how old the oldest picture asked for is; None: not known, older than any window
    purpose: str = ""
    is_stepped_up: bool = False
    is_own: bool = False
    is_involved: bool = False
    is_issuer: bool = False
    is_named: bool = False
    owed: frozenset[str] = frozenset()  #: acts that open duties of this person demand
