"""What entries tell of papers and of the head they carry."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell


def _issued(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "issued", {name: entry.facts[name] for name in ("kind", "number", "pdf")})


def _signed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "issued", {"pdf": entry.facts["pdf"]}, ("issued",))


def _annulled(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "annulled", sources=("issued",))


def _letterhead(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "set", {"content": entry.after}, None)


TOLD: Mapping[str, Tell] = {
    "document.issued": _issued,
    "document.signed": _signed,
    "document.annulled": _annulled,
    "letterhead.set": _letterhead,
}
