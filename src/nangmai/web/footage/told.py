"""What entries tell of tickets: issued, and taken back before their end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell


def _issued(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {
        "person": entry.actor,
        "right": facts["right"],
        "cameras": facts.get("cameras") or [entry.thing.partition("/")[2]],
        "from_us": facts.get("from_us"),
        "to_us": facts.get("to_us"),
    }
    yield Change(f"ticket:{facts['ticket']}", "issued", said)


def _withdrawn(entry: Entry) -> Iterator[Change]:
    for jti in entry.facts["tickets"]:
        yield Change(f"ticket:{jti}", "withdrawn", sources=("issued",))


TOLD: Mapping[str, Tell] = {"ticket.issued": _issued, "ticket.withdrawn": _withdrawn}
