"""What entries tell of cameras and areas: what people decided about them. Recorders' reports are no entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import NEW, Change, Tell


def _camera(entry: Entry) -> Iterator[Change]:
    said = {name: entry.facts[name] for name in ("own_unit", "purposes")}
    yield Change(entry.thing, "assigned" if any(said.values()) else NEW, said, None)


def _area(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "placed", {"content": entry.after}, None)


def _removed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, NEW, sources=None)


def _channels(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "described", {"content": entry.after}, None)


TOLD: Mapping[str, Tell] = {
    "camera.assigned": _camera,
    "area.added": _area,
    "area.changed": _area,
    "area.removed": _removed,
    "recorder.changed": _channels,
}
