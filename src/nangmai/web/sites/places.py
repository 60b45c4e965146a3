"""The tree of areas as a value: paths, and what a camera inherits from where it hangs. Asks the database nothing.

`responsible_unit` is total: a camera always has exactly one unit, whatever the tree looks like.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from nangmai.web.sites.models import Area, Camera


class Row(NamedTuple):
    """One area of the tree, as pages list it."""

    area: Area
    depth: int

    @property
    def label(self) -> str:
        """The name, set in as deep as the area lies: lists to choose from have no other means."""
        return "\u2003" * self.depth + self.area.name


class Places:
    """A snapshot of all areas."""

    def __init__(
        self, areas: Iterable[Area], default_unit: str, *, unit_names: Callable[[], Mapping[str, str]] = dict
    ) -> None:
        self.default_unit = default_unit
        self._ask_unit_names = unit_names
        self._areas = {area.pk: area for area in areas}
        self._below: dict[int | None, list[Area]] = defaultdict(list)
        for area in self._areas.values():
            self._below[area.parent_id].append(area)

    def __iter__(self) -> Iterator[Area]:
        return iter(self._areas.values())

    @cached_property
    def _unit_names(self) -> Mapping[str, str]:
        return self._ask_unit_names()

    def unit_name(self, unit: str) -> str:
        """The unit's name, asked for once; an unknown code stands for itself."""
        return self._unit_names.get(unit, unit)

    def upwards(self, area_id: int | None) -> Iterator[Area]:
        """The area and what it lies in, nearest first; a ring that should not be there ends the walk."""
        seen: set[int] = set()
        while area_id is not None and area_id in self._areas and area_id not in seen:
            seen.add(area_id)
            area = self._areas[area_id]
            yield area
            area_id = area.parent_id

    def path(self, area_id: int | None) -> tuple[Area, ...]:
        """From the top down to the area."""
        return tuple(self.upwards(area_id))[::-1]

    def path_ids(self, area_id: int | None) -> tuple[str, ...]:
        """The path as decisions and assignments name areas."""
        return tuple(str(area.pk) for area in self.path(area_id))

    def path_text(self, area_id: int | None) -> str:
        """The path as a person reads it."""
        return " › ".join(area.name for area in self.path(area_id))

    def within(self, area_id: int) -> frozenset[int]:
        """The area and everything below it."""
        found: set[int] = set()
        waiting = [area_id]
        while waiting:
            current = waiting.pop()
            if current not in found:
                found.add(current)
                waiting.extend(area.pk for area in self._below[current])
        return frozenset(found)

    def rows(self) -> list[Row]:
        """All placed areas in the order of the tree."""
        return [row for top in self._below[None] if top.is_placed for row in self._rows(top, 0)]

    def _rows(self, area: Area, depth: int) -> Iterator[Row]:
        yield Row(area, depth)
        for child in self._below[area.pk]:
            yield from self._rows(child, depth + 1)

    def not_placed(self) -> list[Area]:
        """Areas that reports named and nobody has placed."""
        return [area for area in self._areas.values() if not area.is_placed]

    def unit_of(self, area_id: int | None) -> str:
        """The unit that answers for what hangs in the area."""
        return next((area.unit for area in self.upwards(area_id) if area.unit), self.default_unit)

    def responsible_unit(self, camera: Camera) -> str:
        """The camera's own unit, else that of the nearest area that names one, else the default."""
        return camera.unit or self.unit_of(camera.area_id)

    def purposes_of(self, area_id: int | None) -> tuple[str, ...]:
        """The purposes of the nearest area that names some."""
        return next((tuple(area.purposes) for area in self.upwards(area_id) if area.purposes), ())

    def purposes(self, camera: Camera) -> tuple[str, ...]:
        """What the camera may be used for: its own purposes, else its area's; none said is none."""
        return tuple(camera.purposes) or self.purposes_of(camera.area_id)

    def plan_area(self, area_id: int | None) -> Area | None:
        """The nearest area with a floor plan: the plan that the area's cameras stand on."""
        return next((area for area in self.upwards(area_id) if area.plan_sha256), None)

    def meant_by(self, text: str) -> Area | None:
        """The one area that a report's text means: by the text it was first reported with, by path, or by name."""
        wanted = folded(text)
        names: tuple[Callable[[Area], str], ...] = (
            lambda area: area.reported_as,
            lambda area: "/".join(one.name for one in self.path(area.pk)),
            lambda area: area.name,
        )
        for name_of in names:
            found = [area for area in self._areas.values() if folded(name_of(area)) == wanted]
            if len(found) == 1:
                return found[0]
        return None


def folded(text: str) -> str:
    """As names are compared: without regard to case, blanks at the ends, and how accents were typed."""
    return unicodedata.normalize("NFC", "/".join(part.strip() for part in text.casefold().split("/")))
