"""What pages list: cameras with what they inherit, the tree with its counts, recorders with what they have to spare."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from nangmai.web.sites import queries
from nangmai.web.sites.models import Area, Camera, Recorder
from nangmai.web.sites.places import Places

GROUPINGS = ("recorder", "area", "unit")


@dataclasses.dataclass(frozen=True)
class Row:
    """One camera with its place and its unit."""

    camera: Camera
    path: str
    unit: str
    unit_name: str
    purposes: tuple[str, ...]

    @classmethod
    def of(cls, camera: Camera, places: Places) -> Row:
        unit = places.responsible_unit(camera)
        return cls(camera, places.path_text(camera.area_id), unit, places.unit_name(unit), places.purposes(camera))


@dataclasses.dataclass(frozen=True)
class Group:
    """Cameras under one heading; `recorder` where the heading is one."""

    title: str
    rows: list[Row]
    recorder: Recorder | None = None


@dataclasses.dataclass(frozen=True)
class Chosen:
    """What the person wants to see of the list."""

    text: str = ""
    by: str = "recorder"
    area: int | None = None
    unit: str = ""

    @classmethod
    def from_query(cls, given: Mapping[str, Any]) -> Chosen:
        by = given.get("by", "")
        area = given.get("area", "")
        return cls(
            text=given.get("q", "").strip(),
            by=by if by in GROUPINGS else "recorder",
            area=int(area) if area.isascii() and area.isdigit() and len(area) < 12 else None,
            unit=given.get("unit", ""),
        )

    @property
    def is_narrowed(self) -> bool:
        """Whether some cameras may be left out."""
        return bool(self.text or self.area is not None or self.unit)

    def of(self, rows: list[Row], places: Places) -> list[Row]:
        """The rows that fit."""
        within = frozenset[int]() if self.area is None else places.within(self.area)
        return [
            row
            for row in rows
            if (not self.text or _matches(self.text, row.camera.name, row.path, row.camera.camera_id, row.unit_name))
            and (self.area is None or row.camera.area_id in within)
            and (not self.unit or row.unit == self.unit)
        ]

    def grouped(self, rows: list[Row]) -> list[Group]:
        """Under one heading each, in the order of names; recorders in their own."""
        groups: dict[Any, Group] = {}
        for row in rows:
            recorder = row.camera.recorder
            heading = {"area": row.path, "unit": row.unit_name}.get(self.by, recorder.name)
            group = groups.setdefault(heading, Group(heading, [], recorder if self.by == "recorder" else None))
            group.rows.append(row)
        return sorted(groups.values(), key=lambda group: (not group.title, group.title))


def _matches(wanted: str, *texts: str) -> bool:
    return any(wanted.casefold() in text.casefold() for text in texts)


def units_in_use(rows: list[Row]) -> list[tuple[str, str]]:
    """Id and name of every unit that answers for a camera."""
    return sorted({(row.unit, row.unit_name) for row in rows}, key=lambda unit: unit[1])


@dataclasses.dataclass(frozen=True)
class Branch:
    """One area of the tree with what it holds, itself and below."""

    area: Area
    depth: int
    unit_name: str
    is_own_unit: bool
    purposes: tuple[str, ...]
    cameras: int
    trouble: int

    @classmethod
    def of(cls, area: Area, depth: int, places: Places, rows: list[Row]) -> Branch:
        within = places.within(area.pk)
        inside = [row for row in rows if row.camera.area_id in within]
        trouble = sum(row.camera.state in queries.TROUBLE for row in inside)
        unit = places.unit_name(places.unit_of(area.pk))
        return cls(area, depth, unit, bool(area.unit), places.purposes_of(area.pk), len(inside), trouble)


def tree(places: Places, rows: list[Row]) -> list[Branch]:
    """All placed areas, parents before children."""
    return [Branch.of(row.area, row.depth, places, rows) for row in places.rows()]


@dataclasses.dataclass(frozen=True)
class Spot:
    """A camera on a plan, in the plan's own points."""

    row: Row
    x: float
    y: float


def spots(plan: Area | None, rows: list[Row]) -> list[Spot]:
    """The cameras that have been put on the plan."""
    if plan is None:
        return []
    return [
        Spot(row, row.camera.plan_x * plan.plan_width, row.camera.plan_y * plan.plan_height)
        for row in rows
        if row.camera.plan_x is not None and row.camera.plan_y is not None
    ]


@dataclasses.dataclass(frozen=True)
class RecorderRow:
    """A recorder with what it carries and what it could."""

    recorder: Recorder
    used: int
    size_bytes: int
    free_bytes: int

    @property
    def spare(self) -> int | None:
        """Channels without a camera; negative: more cameras than its papers allow; None: nobody has said."""
        return None if self.recorder.channels is None else self.recorder.channels - self.used


def recorder_rows() -> list[RecorderRow]:
    """Every recorder."""
    used = queries.cameras_by_recorder()
    return [
        RecorderRow(
            recorder,
            used.get(recorder.pk, 0),
            sum(volume.get("size_bytes", 0) for volume in recorder.volumes),
            sum(volume.get("free_bytes", 0) for volume in recorder.volumes),
        )
        for recorder in queries.recorders()
    ]
