"""What entries tell of requests to the board and of its directions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell
from nangmai.web.moments import said_us


def _footage(entry: Entry) -> dict[str, Any]:
    facts = entry.facts
    return {name: facts[name] for name in ("from_us", "to_us", "purpose")} | {"cameras": sorted(facts["cameras"])}


def _asked(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "open", _footage(entry) | {"person": entry.actor, "act": entry.facts["act"]})


def _signed(entry: Entry) -> Iterator[Change]:
    said = {"person": entry.facts["person"], "until_us": said_us(entry.facts["until"])}
    yield Change(entry.thing, "signed", _footage(entry) | said)
    if "asked" in entry.facts:
        yield Change(entry.facts["asked"], "given", sources=("open",))


def _refused(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "refused", sources=("open",))


def _unasked(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "withdrawn", sources=("open",))


def _withdrawn(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "withdrawn", sources=("signed",))


TOLD: Mapping[str, Tell] = {
    "direction.asked": _asked,
    "direction.signed": _signed,
    "direction.refused": _refused,
    "direction.unasked": _unasked,
    "direction.withdrawn": _withdrawn,
}
