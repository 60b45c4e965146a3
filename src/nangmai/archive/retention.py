"""Which footage may go, and which never (recorder rule 18). Pure: a summary in, a plan out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from nangmai.base.units import US_PER_DAY

Reason = Literal["expired", "space"]


@dataclass(frozen=True)
class CameraRetention:
    """Floor and ceiling of one camera, in days; no ceiling = until space is needed."""

    min_days: float
    max_days: float | None


@dataclass(frozen=True)
class RetentionRules:
    """Floor and ceiling of all cameras, and of those that differ."""

    min_days: float = 20
    max_days: float | None = 30
    cameras: Mapping[str, CameraRetention] = field(default_factory=dict)

    def floor_us(self, camera: str) -> int:
        """How long footage of a camera is promised to stay."""
        return int(self._of(camera).min_days * US_PER_DAY)

    def ceiling_us(self, camera: str) -> int | None:
        """After how long footage of a camera has to go; None = never by age."""
        days = self._of(camera).max_days
        return None if days is None else int(max(days, self._of(camera).min_days) * US_PER_DAY)

    def within(self, min_days: float, max_days: float | None) -> RetentionRules:
        """These rules under others: the higher floor and the lower ceiling count, and no ceiling is below its floor."""

        def tightened(own: CameraRetention) -> CameraRetention:
            ceilings = [days for days in (own.max_days, max_days) if days is not None]
            return CameraRetention(max(own.min_days, min_days), min(ceilings, default=None))

        general = tightened(CameraRetention(self.min_days, self.max_days))
        cameras = {camera: tightened(own) for camera, own in self.cameras.items()}
        return RetentionRules(general.min_days, general.max_days, cameras)

    def _of(self, camera: str) -> CameraRetention:
        return self.cameras.get(camera) or CameraRetention(self.min_days, self.max_days)


class Candidate(NamedTuple):
    """A closed segment, as far as deletion needs to know it."""

    stream: str
    camera: str
    seq: int
    start_us: int
    end_us: int
    size_bytes: int
    volume: str


class HeldSpan(NamedTuple):
    """Footage of a camera that nothing may delete."""

    camera: str
    from_us: int
    to_us: int


class Plan(NamedTuple):
    """What to delete and why, and how much room is missing all the same on each volume."""

    deletions: list[tuple[Candidate, Reason]]
    short_bytes: dict[str, int]


def plan_deletion(
    candidates: Iterable[Candidate],
    rules: RetentionRules,
    holds: Iterable[HeldSpan],
    now_us: int,
    needed_bytes: Mapping[str, int],
) -> Plan:
    """Past the ceiling and not held: delete. Where space is needed: past the floor and not held, oldest first over all
    cameras. Otherwise stop: what is held or younger than the floor stays, whoever filled the disk.
    """
    held = _by_camera(holds)
    free = sorted(
        (item for item in candidates if not _is_held(item, held.get(item.camera, ()))),
        key=lambda item: (item.end_us, item.stream, item.seq),
    )
    deletions: list[tuple[Candidate, Reason]] = []
    missing = {volume: needed for volume, needed in needed_bytes.items() if needed > 0}
    spare = []
    for item in free:
        if is_expired(item, rules, now_us):
            deletions.append((item, "expired"))
            _credit(missing, item)
        elif item.end_us <= now_us - rules.floor_us(item.camera):
            spare.append(item)
    for item in spare:
        if missing.get(item.volume, 0) > 0:
            deletions.append((item, "space"))
            _credit(missing, item)
    return Plan(deletions, {volume: needed for volume, needed in missing.items() if needed > 0})


def is_expired(item: Candidate, rules: RetentionRules, now_us: int) -> bool:
    """Whether a segment is past its camera's ceiling."""
    ceiling_us = rules.ceiling_us(item.camera)
    return ceiling_us is not None and item.end_us <= now_us - ceiling_us


def _credit(missing: dict[str, int], item: Candidate) -> None:
    if item.volume in missing:
        missing[item.volume] -= item.size_bytes


def _by_camera(holds: Iterable[HeldSpan]) -> dict[str, list[HeldSpan]]:
    result: dict[str, list[HeldSpan]] = {}
    for hold in holds:
        result.setdefault(hold.camera, []).append(hold)
    return result


def _is_held(item: Candidate, holds: Iterable[HeldSpan]) -> bool:
    return any(hold.from_us < item.end_us and item.start_us < hold.to_us for hold in holds)
