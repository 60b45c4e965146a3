"""How much happened in a fragment, 0..1000, from the sizes of its coded pictures alone: nothing is decoded.

An encoder spends few bytes on a still scene and many on a moving one. The measure is the mean size of the pictures that
are not key pictures, against a slow running baseline of the same stream, on a logarithmic scale: so it hardly depends
on resolution, bit rate or codec. Motion that makes pictures four to eight times as large lies between two and three
fifths of the scale; the top is left to rare peaks. Cameras with a constant bit rate show little; that is a limit of the
method.
"""

from __future__ import annotations

from math import log2

QUIET_OCTAVES = 0.4  #: noise: up to 1.3 times the baseline is no activity
FULL_OCTAVES = 4.5  #: 22 times the baseline and more is 1000
#: What any picture costs, moving or not: without it a scene free of noise (tens of bytes a picture) makes a giant of
#: every fly.
OVERHEAD_BYTES = 200
_FALL = 1 / 8  # the baseline goes down within seconds
_RISE = 1 / 1024  # and up within about a quarter of an hour, when dusk brings noise


class ActivityMeter:
    """The baseline of one stream."""

    __slots__ = ("_baseline_octaves",)

    def __init__(self) -> None:
        self._baseline_octaves: float | None = None

    def measure(self, pictures_bytes: int, pictures: int) -> int:
        """The activity of a fragment whose `pictures` non-key pictures have `pictures_bytes` together."""
        if not pictures or not pictures_bytes:
            return 0
        octaves = log2(OVERHEAD_BYTES + pictures_bytes / pictures)
        baseline = self._baseline_octaves
        if baseline is None:
            self._baseline_octaves = octaves
            return 0
        above = octaves - baseline
        self._baseline_octaves = baseline + above * (_RISE if above > 0 else _FALL)
        share = (above - QUIET_OCTAVES) / (FULL_OCTAVES - QUIET_OCTAVES)
        return round(1000 * min(1.0, max(0.0, share)))

    def reset(self) -> None:
        """Other parameters: sizes cannot be compared any more."""
        self._baseline_octaves = None
