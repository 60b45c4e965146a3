"""What entries tell of incidents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import Change, Tell
from nangmai.web.moments import said_us


def _reported(entry: Entry) -> Iterator[Change]:
    facts = entry.facts
    said = {
        "person": entry.actor,
        "severity": facts["severity"],
        "cameras": sorted(facts["cameras"]),
        "observed_us": said_us(facts["observed_at"]),
        "is_located": False,
    }
    yield Change(entry.thing, "reported", said)


def _received(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "received", sources=("reported",))


def _directed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "directed", sources=("reported", "received", "directed", "minuted"))


def _minuted(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "minuted", sources=("directed",))


def _closed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "closed", sources=("minuted",))


def _dismissed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "closed", sources=("received",))


def _located(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, entry.facts["state"], {"is_located": True}, sources=(entry.facts["state"],))


TOLD: Mapping[str, Tell] = {
    "incident.reported": _reported,
    "incident.received": _received,
    "incident.located": _located,
    "incident.directed": _directed,
    "incident.minuted": _minuted,
    "incident.closed": _closed,
    "incident.dismissed": _dismissed,
}
