"""Decode times for pictures that came with presentation times only (recorder rule 7: B-frames keep their order).

RTP carries presentation times; ISO BMFF wants decode times that grow. Both agree when a picture is decoded at the
presentation time of the picture shown `depth` pictures earlier: with n pictures seen, the time that stands `depth`
places below the latest of them.
"""

from __future__ import annotations

from bisect import bisect_right, insort

_DEEPEST = 16  # H.264 and H.265 allow no more pictures in the decoded picture buffer (A.3.1, A.4.2)


class DecodeOrder:
    """Gives each picture, in decode order, a decode time: strictly growing, at most its presentation time while
    `depth` is right.

    `depth` comes from the parameter sets. Where they announce too little it grows with what is seen and `is_repaired`
    becomes true: the pictures that showed it have a decode time after their presentation time (a negative composition
    offset), and nothing is lost. A stream whose times jump back needs a new `DecodeOrder`.
    """

    __slots__ = ("_depth", "_interval_90k", "_last_dts", "_latest", "is_repaired")

    def __init__(self, depth: int = 0, interval_90k: int = 3600) -> None:
        self._depth = min(max(depth, 0), _DEEPEST)
        self._interval_90k = max(interval_90k, 1)
        self._latest: list[int] = []  # the latest presentation times seen, sorted
        self._last_dts = 0
        self.is_repaired = False

    @property
    def depth(self) -> int:
        return self._depth

    def push(self, pts: int) -> int:
        """The decode time of the next picture in decode order."""
        latest = self._latest
        if not latest:
            latest += [pts - n * self._interval_90k for n in range(_DEEPEST, 0, -1)]
            self._last_dts = latest[0] - 1
        shown_later = len(latest) - bisect_right(latest, pts)
        if shown_later > self._depth:
            self._depth = min(shown_later, _DEEPEST)
            self.is_repaired = True
        insort(latest, pts)
        dts = max(latest[-1 - self._depth], self._last_dts + 1)
        del latest[0]
        self._last_dts = dts
        return dts
