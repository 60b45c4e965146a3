"""How many days each camera will hold, and when its floor would break, from the ingest of the last 24 h. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nangmai.archive.retention import RetentionRules
from nangmai.base.units import US_PER_DAY

_STEPS_PER_DAY = 4


@dataclass(frozen=True)
class CameraIngest:
    """What a camera recorded lately and what is there of it, by age: `bytes_by_age[n]` is n to n+1 days old."""

    camera: str
    bytes_per_day: int
    bytes_by_age: Sequence[int]


class Forecast(NamedTuple):
    """What the disks will hold at the present rate."""

    capacity_bytes: int  #: all footage there could be without the volumes being low
    bytes_per_day: int
    days: Mapping[str, float]  #: how many days of each camera will be there in the long run
    floor_breaks_us: int | None  #: when footage younger than the floor would be all there is room for

    def as_dict(self) -> dict[str, object]:
        """For health pages and JSON."""
        return self._asdict() | {"days": dict(self.days)}


def forecast(cameras: Sequence[CameraIngest], capacity_bytes: int, rules: RetentionRules, now_us: int) -> Forecast:
    """Footage goes oldest first over all cameras, each between its floor and its ceiling."""
    days = {item.camera: _days_held(item.camera, cameras, capacity_bytes, rules) for item in cameras}
    breaks_in = _floor_breaks_in(cameras, capacity_bytes, rules)
    return Forecast(
        capacity_bytes,
        sum(item.bytes_per_day for item in cameras),
        days,
        None if breaks_in is None else now_us + int(breaks_in * US_PER_DAY),
    )


def _limits(camera: str, rules: RetentionRules) -> tuple[float, float]:
    ceiling_us = rules.ceiling_us(camera)
    ceiling = float("inf") if ceiling_us is None else ceiling_us / US_PER_DAY
    return rules.floor_us(camera) / US_PER_DAY, ceiling


def _days_held(camera: str, cameras: Sequence[CameraIngest], capacity_bytes: int, rules: RetentionRules) -> float:
    """The age at which the shared oldest-first deletion arrives, within the camera's own limits."""
    limits = {item.camera: _limits(item.camera, rules) for item in cameras}

    def stored(age: float) -> float:
        kept = ((item, limits[item.camera]) for item in cameras)
        return sum(item.bytes_per_day * min(max(age, floor), ceiling) for item, (floor, ceiling) in kept)

    low, high = 0.0, 3650.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if stored(middle) <= capacity_bytes else (low, middle)
    floor, ceiling = limits[camera]
    return round(min(max(low, floor), ceiling), 2) if stored(0) <= capacity_bytes else round(min(floor, low), 2)


def _floor_breaks_in(cameras: Sequence[CameraIngest], capacity_bytes: int, rules: RetentionRules) -> float | None:
    """In how many days protected footage alone would exceed the capacity; None = never at this rate."""
    floors = {item.camera: _limits(item.camera, rules)[0] for item in cameras}
    for step in range(int(max(floors.values(), default=0) * _STEPS_PER_DAY) + 1):
        ahead = step / _STEPS_PER_DAY
        if sum(_protected(item, floors[item.camera], ahead) for item in cameras) > capacity_bytes:
            return ahead
    return None


def _protected(item: CameraIngest, floor: float, ahead: float) -> float:
    """Bytes of a camera that will be younger than its floor in `ahead` days: what comes, and what is left of now."""
    coming = item.bytes_per_day * min(ahead, floor)
    kept_age = max(0.0, floor - ahead)
    whole = int(kept_age)
    present = sum(item.bytes_by_age[:whole])
    if whole < len(item.bytes_by_age):
        present += int(item.bytes_by_age[whole] * (kept_age - whole))
    return coming + present
