"""Arithmetic of periods: what is open, what follows without rest, what is too long. Knows no shift and no clock."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple


class Period(NamedTuple):
    """From its first moment up to, and without, its last."""

    begin: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.begin

    def within(self, window: Period) -> Period | None:
        """The part inside the window, if any."""
        begin, end = max(self.begin, window.begin), min(self.end, window.end)
        return Period(begin, end) if begin < end else None


def joined(periods: Iterable[Period]) -> list[Period]:
    """The same moments as periods that neither touch nor overlap, in their order."""
    found: list[Period] = []
    for period in sorted(periods):
        if period.begin >= period.end:
            continue
        if found and period.begin <= found[-1].end:
            found[-1] = Period(found[-1].begin, max(found[-1].end, period.end))
        else:
            found.append(period)
    return found


def gaps(periods: Iterable[Period], window: Period) -> list[Period]:
    """What of the window no period covers."""
    found, begin = [], window.begin
    for period in joined(part for part in (one.within(window) for one in periods) if part):
        if period.begin > begin:
            found.append(Period(begin, period.begin))
        begin = period.end
    if begin < window.end:
        found.append(Period(begin, window.end))
    return found


def overlaps(periods: Iterable[Period]) -> list[Period]:
    """The moments that two of the periods share."""
    found, ordered = [], sorted(periods)
    end: datetime | None = None
    for period in ordered:
        if end is not None and period.begin < end:
            found.append(Period(period.begin, min(end, period.end)))
        end = period.end if end is None else max(end, period.end)
    return joined(found)


def too_long(periods: Iterable[Period], most: timedelta) -> list[Period]:
    """Stretches without a break that last longer than `most`."""
    return [stretch for stretch in joined(periods) if stretch.length > most]


def short_rests(periods: Iterable[Period], least: timedelta) -> list[Period]:
    """Breaks between two stretches that are shorter than `least`."""
    stretches = joined(periods)
    rests = [Period(one.end, other.begin) for one, other in itertools.pairwise(stretches)]
    return [rest for rest in rests if rest.length < least]
