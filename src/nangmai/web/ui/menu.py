"""The menu: apps add their entries in `AppConfig.ready`; the header shows those whose acts a person is named for.

Knows no act's meaning: whether a person is named for one is asked of whoever draws the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple

from django.urls import reverse
from django.utils.functional import Promise

Place = Literal["main", "person"]


class Entry(NamedTuple):
    """One line of the menu."""

    place: Place  #: the bar, or the sheet below the person's name
    order: int
    address: str  #: name of the address
    icon: str
    words: Promise
    acts: tuple[str, ...] = ()  #: one is enough; none: for everybody who is signed in
    is_exact: bool = False  #: marked on its own page only, not on those below it


class Shown(NamedTuple):
    """An entry as the header draws it."""

    href: str
    icon: str
    words: Promise
    is_current: bool


_entries: dict[str, Entry] = {}


def add(*entries: Entry) -> None:
    """Have these in the menu."""
    _entries.update({entry.address: entry for entry in entries})


def shown(place: Place, path: str, is_named: Callable[[str], bool]) -> list[Shown]:
    """The entries of a place for a person, the one of this page marked."""
    chosen = sorted((one for one in _entries.values() if one.place == place), key=lambda one: one.order)
    lines = []
    for entry in chosen:
        if not entry.acts or any(is_named(act) for act in entry.acts):
            href = reverse(entry.address)
            is_current = path == href or (not entry.is_exact and path.startswith(href))
            lines.append(Shown(href, entry.icon, entry.words, is_current))
    return lines
