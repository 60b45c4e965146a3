"""Replaying the ledger: entries folded into the state of every case they tell of (docs/design/ledger.md).

Owns the fold and the comparison with what somebody else says. What an act does to which case is told by tables of the
apps that write the entries (`nangmai.web.told`). Pure: no file, no database, no clock.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from nangmai.custody.ledger import Entry

NEW = ""  #: the state of a case that is not there: before its first entry, after its removal


class Change(NamedTuple):
    """What an entry says of one case."""

    case: str  #: as entries name things: `matter:3`
    target: str  #: its state from now on; `NEW`: it is no more
    details: Mapping[str, Any] = {}  #: what is said of it with that; what was said before and is not said again stays
    sources: tuple[str, ...] | None = (NEW,)  #: the states in which that is possible; None: any


Tell = Callable[[Entry], Iterable[Change]]


@dataclasses.dataclass(frozen=True, slots=True)
class Case:
    """How one case stands."""

    state: str
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    entry: int | None = None  #: the last entry that told of it; None: not from a ledger


class Misstep(NamedTuple):
    """An entry that cannot follow what came before: the act was not possible, or the entry says too little."""

    entry: int
    act: str
    case: str
    found: str  #: the state the case was in
    wanted: tuple[str, ...]  #: those it would have had to be in; empty: the entry does not say what it did


@dataclasses.dataclass(slots=True)
class Replayed:
    """What a ledger comes to."""

    cases: dict[str, Case] = dataclasses.field(default_factory=dict)
    missteps: list[Misstep] = dataclasses.field(default_factory=list)
    entries: int = 0


def replay(entries: Iterable[Entry], told: Mapping[str, Tell], *, is_whole: bool = True) -> Replayed:
    """The state of every case; of a part of the log (`is_whole` false) cases that began earlier are taken as found."""
    found = Replayed()
    for entry in entries:
        found.entries += 1
        tell = told.get(entry.act)
        if entry.outcome == "done" and tell is not None:
            _apply(found, entry, tell, is_whole)
    return found


def _apply(found: Replayed, entry: Entry, tell: Tell, is_whole: bool) -> None:
    try:
        changes = list(tell(entry))
    except (KeyError, TypeError, ValueError, AttributeError):
        found.missteps.append(Misstep(entry.seq, entry.act, entry.thing, "", ()))
        return
    for change in changes:
        before = found.cases.get(change.case)
        state = NEW if before is None else before.state
        is_known = is_whole or before is not None
        if change.sources is not None and is_known and state not in change.sources:
            found.missteps.append(Misstep(entry.seq, entry.act, change.case, state, change.sources))
        if change.target == NEW:
            found.cases.pop(change.case, None)
        else:
            details = dict(before.details if before else {}) | dict(change.details)
            found.cases[change.case] = Case(change.target, details, entry.seq)


class Difference(NamedTuple):
    """One thing that the ledger says otherwise than somebody else."""

    case: str
    what: str  #: `state`, or the detail
    ledger: Any
    other: Any
    entry: int | None  #: the last entry about the case


def differences(replayed: Mapping[str, Case], other: Mapping[str, Case], kinds: Iterable[str]) -> list[Difference]:
    """Where the two do not agree, by case; only cases of `kinds` (what stands before the colon) are held together."""
    wanted = frozenset(kinds)
    names = sorted(name for name in replayed.keys() | other.keys() if name.partition(":")[0] in wanted)
    return [found for name in names for found in _compare(name, replayed.get(name), other.get(name))]


def _compare(name: str, one: Case | None, two: Case | None) -> Iterable[Difference]:
    entry = None if one is None else one.entry
    if one is None or two is None:
        yield Difference(name, "state", one.state if one else NEW, two.state if two else NEW, entry)
        return
    if one.state != two.state:
        yield Difference(name, "state", one.state, two.state, entry)
    for what in sorted(one.details.keys() | two.details.keys()):
        said, known = one.details.get(what), two.details.get(what)
        if said != known:
            yield Difference(name, what, said, known, entry)
