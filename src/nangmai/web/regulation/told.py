"""What entries tell of versions of the regulation, and of who has acknowledged which."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell


def _published(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {name: facts.get(name) for name in ("number", "in_force_from_us", "in_force_until_us")}
    yield Change(f"version:{entry.version}", "signed", said)
    if "ends" in facts:
        ended = {"in_force_until_us": facts["in_force_from_us"]}
        yield Change(f"version:{facts['ends']}", "signed", ended, ("signed",))


def _acknowledged(entry: Entry) -> Iterator[Change]:
    yield Change(f"acknowledgement:{entry.version}/{entry.actor}", "signed")


TOLD: Mapping[str, Tell] = {
    "regulation.adopted": _published,
    "regulation.published": _published,
    "regulation.acknowledged": _acknowledged,
}
