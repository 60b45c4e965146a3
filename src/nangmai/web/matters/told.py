"""What entries tell of matters and their reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell


def _filed(entry: Entry) -> Iterator[Change]:
    yield Change(
        entry.thing,
        "logged",
        {"person": entry.actor, "act": entry.facts.get("refused_act", ""), "answer": "", "settled": ""},
    )


def _explained(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "logged", sources=("logged",))


def _collected(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "collected", sources=("logged",))


def _reported(entry: Entry) -> Iterator[Change]:
    matters = sorted(entry.facts["matters"])
    yield Change(entry.thing, "made", {"matters": matters, "number": entry.facts["document"]})
    for number in matters:
        yield Change(f"matter:{number}", "reported", sources=("logged", "collected", "reported"))


def _answered(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "answered", {"answer": entry.facts["answer"]}, ("reported",))


def _settled(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "answered", {"settled": entry.facts["text"]}, ("answered",))


TOLD: Mapping[str, Tell] = {
    "matter.filed": _filed,
    "matter.explained": _explained,
    "matter.collected": _collected,
    "matters.reported": _reported,
    "matter.answered": _answered,
    "matter.settled": _settled,
}
