"""State tables as data: what a case goes through, by which acts, and what follows.

Owns the form and its questions. The tables stand beside the apps that obey them. Whether an act is possible now is the
table's matter; who may do it never is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import ClassVar

from nangmai.base.errors import Error, Kind


class EventUnexpected(Error):
    """{machine}: {event!r} is not possible in the state {state}. Possible now: {possible}."""

    kind: ClassVar[Kind] = Kind.CONFLICT


class StateUnknown(Error):
    """{machine} has no state {state!r}. It has: {states}."""

    kind: ClassVar[Kind] = Kind.INVALID


class MachineAmbiguous(Error):
    """{machine}: {event!r} leads from {state} to more than one state. Give each its own event."""

    kind: ClassVar[Kind] = Kind.INVALID


@dataclass(frozen=True, slots=True)
class Transition:
    """One step."""

    source: str
    event: str
    target: str
    act: str = ""  #: what a person does; empty: the clock or the system
    guards: tuple[str, ...] = ()  #: what has to be so, by name
    effects: tuple[str, ...] = ()  #: what follows, by name: papers, holds, duties


class Machine:
    """A table of transitions with a beginning."""

    def __init__(self, name: str, initial: str, transitions: Iterable[Transition]) -> None:
        self.name = name
        self.initial = initial
        self.transitions = tuple(transitions)
        self._steps: dict[str, dict[str, Transition]] = {initial: {}}
        for step in self.transitions:
            events = self._steps.setdefault(step.source, {})
            if step.event in events:
                raise MachineAmbiguous(machine=name, event=step.event, state=step.source)
            events[step.event] = step
            self._steps.setdefault(step.target, {})

    @property
    def states(self) -> tuple[str, ...]:
        """All states, in the order they are first named."""
        return tuple(self._steps)

    @property
    def ends(self) -> frozenset[str]:
        """The states that nothing leads out of."""
        return frozenset(state for state, events in self._steps.items() if not events)

    def next(self, state: str, event: str) -> Transition:
        """The step an event makes."""
        events = self._events(state)
        if event not in events:
            raise EventUnexpected(
                machine=self.name, event=event, state=state, possible=", ".join(events) or "nothing, it has ended"
            )
        return events[event]

    def events(self, state: str) -> tuple[Transition, ...]:
        """The steps that are possible in a state."""
        return tuple(self._events(state).values())

    def reachable(self) -> frozenset[str]:
        """Every state that some sequence of events leads to."""
        found, waiting = {self.initial}, [self.initial]
        while waiting:
            for step in self._steps[waiting.pop()].values():
                if step.target not in found:
                    found.add(step.target)
                    waiting.append(step.target)
        return frozenset(found)

    def as_mermaid(self) -> str:
        """The table as a diagram (Mermaid, stateDiagram-v2)."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for step in self.transitions:
            guards = f" [{', '.join(step.guards)}]" if step.guards else ""
            lines.append(f"    {step.source} --> {step.target}: {step.event}{guards}")
        lines += [f"    {state} --> [*]" for state in self._steps if state in self.ends]
        return "\n".join(lines) + "\n"

    def _events(self, state: str) -> dict[str, Transition]:
        if state not in self._steps:
            raise StateUnknown(machine=self.name, state=state, states=", ".join(self._steps))
        return self._steps[state]
