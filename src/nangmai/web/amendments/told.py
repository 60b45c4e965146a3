"""What entries tell of amendments: where each stands, and which text it holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell


def _begun(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "drafting", {"text": entry.after})


def _changed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "drafting", {"text": entry.after}, ("drafting",))


def _commented(entry: Entry) -> Iterator[Change]:
    """An opinion leaves it where it is."""
    yield from ()


def _moved(entry: Entry) -> Iterator[Change]:
    said = {"text": entry.after} if entry.after else {}
    yield Change(entry.thing, entry.facts["to"], said, (entry.facts["from"],))


TOLD: Mapping[str, Tell] = {
    "amendment.begun": _begun,
    "amendment.changed": _changed,
    "amendment.commented": _commented,
    "amendment.moved": _moved,
    "amendment.signed": _moved,
    "amendment.published": _moved,
}
