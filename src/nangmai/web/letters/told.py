"""What entries tell of letters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell
from nangmai.web.moments import said_us


def _lodged(entry: Entry) -> Iterator[Change]:
    said = {"person": entry.actor, "kind": entry.facts["kind"], "came_us": said_us(entry.facts["came_at"])}
    yield Change(entry.thing, "lodged", said)


def _accepted(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "accepted", sources=("lodged",))


def _answered(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "answered", sources=("lodged", "accepted"))


def _declined(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "declined", sources=("lodged",))


TOLD: Mapping[str, Tell] = {
    "letter.lodged": _lodged,
    "letter.accepted": _accepted,
    "letter.answered": _answered,
    "letter.declined": _declined,
}
