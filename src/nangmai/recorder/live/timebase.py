"""Media time of a live stream: one unbroken line, whatever the camera's timestamps do.

A player that appends one-picture fragments needs decode times that only grow. The archive keeps the camera's own
times; here a jump is bridged with the time that really passed between the two pictures (docs/design/time.md).
"""

from __future__ import annotations

from nangmai.base.units import TIMESCALE_90K, t90k_from_us
from nangmai.media.isobmff import DecodeOrder

JUMP_90K = 2 * TIMESCALE_90K  #: forward beyond the time that passed, or back at all, by more than this is a jump
START_90K = 10 * TIMESCALE_90K  #: room below the first picture for the decode times that reordered pictures ask for
FALLBACK_DURATION_90K = TIMESCALE_90K // 15


class Timebase:
    """Gives each picture its decode time and composition offset, and guesses how long it lasts, in 1/90000 s."""

    __slots__ = (
        "_last_dts",
        "_last_pts",
        "_last_received_us",
        "_offset_90k",
        "_order",
        "_reorder_depth",
        "duration_90k",
    )

    def __init__(self) -> None:
        self.duration_90k = FALLBACK_DURATION_90K
        self._reorder_depth = 0
        self._order = DecodeOrder()
        self._offset_90k: int | None = None
        self._last_pts = 0
        self._last_dts = 0
        self._last_received_us = 0

    def begin(self, reorder_depth: int, fps: float | None) -> None:
        """New parameters are in force from the next picture on."""
        self.duration_90k = round(TIMESCALE_90K / fps) if fps and fps > 0 else FALLBACK_DURATION_90K
        self._reorder_depth = reorder_depth
        self._order = DecodeOrder(reorder_depth, self.duration_90k)

    def place(self, pts_90k: int, received_us: int) -> tuple[int, int]:
        """Decode time and composition offset of the next picture in decode order."""
        if self._offset_90k is None:
            self._offset_90k = START_90K - pts_90k
        elif self._is_jump(pts_90k, received_us):
            self._bridge(pts_90k, received_us)
        self._last_pts, self._last_received_us = pts_90k, received_us
        pts = pts_90k + self._offset_90k
        previous = self._last_dts
        dts = max(self._order.push(pts), previous + 1)
        if dts - previous <= JUMP_90K:
            self.duration_90k = dts - previous
        self._last_dts = dts
        return dts, pts - dts

    def _is_jump(self, pts_90k: int, received_us: int) -> bool:
        step_90k = pts_90k - self._last_pts
        return step_90k < -JUMP_90K or step_90k - t90k_from_us(received_us - self._last_received_us) > JUMP_90K

    def _bridge(self, pts_90k: int, received_us: int) -> None:
        passed_90k = t90k_from_us(received_us - self._last_received_us)
        depth_90k = (self._reorder_depth + 1) * self.duration_90k
        self._offset_90k = self._last_dts + max(passed_90k, depth_90k) - pts_90k
        self._order = DecodeOrder(self._reorder_depth, self.duration_90k)
