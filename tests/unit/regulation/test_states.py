"""A state table says what is possible, and refuses the rest by name."""

from __future__ import annotations

import pytest

from nangmai.regulation.states import EventUnexpected, Machine, MachineAmbiguous, StateUnknown, Transition

ORDER = Machine(
    "Extraction order",
    "draft",
    [
        Transition("draft", "submit", "requested", act="extraction.request", effects=("hold",)),
        Transition("requested", "sign", "ordered", act="extraction.order", guards=("not_issuer", "stepped_up")),
        Transition("requested", "reject", "rejected", act="extraction.order"),
        Transition("ordered", "expire", "expired"),
        Transition("lost", "find", "ordered"),
    ],
)


def test_an_event_makes_its_step() -> None:
    step = ORDER.next("requested", "sign")
    assert (step.target, step.act, step.guards) == ("ordered", "extraction.order", ("not_issuer", "stepped_up"))


def test_the_steps_that_are_possible_are_listed() -> None:
    assert [step.event for step in ORDER.events("requested")] == ["sign", "reject"]
    assert ORDER.events("expired") == ()
    assert ORDER.ends == {"rejected", "expired"}
    assert ORDER.states == ("draft", "requested", "ordered", "rejected", "expired", "lost")


def test_an_event_that_the_state_does_not_know_is_an_error_that_names_what_is_possible() -> None:
    with pytest.raises(
        EventUnexpected, match=r"'seal' is not possible in the state requested\. Possible now: sign, reject"
    ):
        ORDER.next("requested", "seal")
    with pytest.raises(EventUnexpected, match="nothing, it has ended"):
        ORDER.next("expired", "sign")


def test_an_unknown_state_is_an_error_that_names_those_there_are() -> None:
    for ask in (lambda: ORDER.next("gone", "sign"), lambda: ORDER.events("gone")):
        with pytest.raises(StateUnknown, match="draft, requested, ordered"):
            ask()


def test_what_cannot_be_reached_is_not_among_the_reachable() -> None:
    assert ORDER.reachable() == {"draft", "requested", "ordered", "rejected", "expired"}


def test_a_cycle_is_reached_once() -> None:
    shift = Machine("Shift", "on", [Transition("on", "rest", "off"), Transition("off", "return", "on")])
    assert shift.reachable() == {"on", "off"}
    assert shift.ends == frozenset()


def test_an_event_with_two_targets_is_an_error() -> None:
    with pytest.raises(MachineAmbiguous, match="'go' leads from a to more than one state"):
        Machine("Twice", "a", [Transition("a", "go", "b"), Transition("a", "go", "c")])


def test_the_table_draws_itself() -> None:
    small = Machine("Small", "a", [Transition("a", "go", "b", guards=("x", "y")), Transition("a", "stop", "c")])
    assert small.as_mermaid() == (
        "stateDiagram-v2\n    [*] --> a\n    a --> b: go [x, y]\n    a --> c: stop\n    b --> [*]\n    c --> [*]\n"
    )
