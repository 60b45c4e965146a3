"""Which footage may go, and which never (recorder rule 18). Pure: a summary in, a plan out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from nangmai.base.units import US_PER_DAY


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

    def _of(self, camera: str) -> CameraRetention:
        return self.cameras.get(camera) or CameraRetention(self.min_days, self.max_days)
