"""What entries tell of emergencies."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell
from nangmai.web.moments import said_us


def _invoked(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {"person": entry.actor, "from_us": facts["from_us"], "until_us": said_us(facts["until"])}
    yield Change(entry.thing, "invoked", said)


def _ratified(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "ratified", sources=("invoked",))


def _rejected(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "rejected", sources=("invoked",))


TOLD: Mapping[str, Tell] = {
    "emergency.invoked": _invoked,
    "emergency.ratified": _ratified,
    "emergency.rejected": _rejected,
}
