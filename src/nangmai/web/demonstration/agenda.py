"""What is still to happen, in the order of time, and the clock that goes on from one to the next.

Between two happenings the turns of the clockwork are run as they would have been, only less often. Knows no school.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable
from datetime import datetime, timedelta

from nangmai.base.clock import ManualClock
from nangmai.base.units import us_from_datetime, utc_from_us
from nangmai.web.clockwork.services import turns

HOUR = timedelta(hours=1)
#: turns that look at everything there is: the hours of the day (UTC) they are run at, and every how many days
_SOME_TIMES = (0, 4, 9, 16)
SELDOM = {
    "compliance.states": ((0, 6, 15), 1),
    "compliance.triggers": (_SOME_TIMES, 1),
    "duties.calendar": (_SOME_TIMES, 1),
    "people.calendar": (_SOME_TIMES, 1),
    "footage.end_unfounded": (_SOME_TIMES, 1),
    "ledger.witnesses": (_SOME_TIMES, 1),
    "compliance.ledger": ((19,), 2),
}
Act = Callable[[], object]


class Agenda:
    """`add` what is to happen, then `run`."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self._waiting: list[tuple[datetime, int, Act]] = []
        self._numbers = itertools.count()
        self._next_look = self.now.replace(minute=0, second=0, microsecond=0) + HOUR

    @property
    def now(self) -> datetime:
        """The moment at which things happen."""
        return utc_from_us(self.clock.wall_us())

    def add(self, at: datetime, act: Act) -> None:
        """Have it happen then; what would lie behind happens next."""
        heapq.heappush(self._waiting, (max(at, self.now), next(self._numbers), act))

    def later(self, act: Act, **after: float) -> None:
        """Have it happen so many `hours=` or `minutes=` after now."""
        self.add(self.now + timedelta(**after), act)

    def run(self, until: datetime) -> None:
        """Let time pass up to then; what lies behind that stays."""
        while self._waiting and self._waiting[0][0] <= until:
            at, _number, act = heapq.heappop(self._waiting)
            self._pass(at)
            act()
        self._pass(until)

    def _pass(self, until: datetime) -> None:
        """Look every hour on the way."""
        while self._next_look <= until:
            self._go(self._next_look)
            self._next_look += HOUR
            self._look_in_passing()
        self._go(until)

    def _go(self, to: datetime) -> None:
        self.clock.advance(max(0, us_from_datetime(to) - self.clock.wall_us()))

    def look(self) -> None:
        """Run the whole clockwork once."""
        for turn in turns():
            turn.run()

    def _look_in_passing(self) -> None:
        """Run what is due at this hour."""
        for turn in turns():
            hours, days = SELDOM.get(turn.name, ((self.now.hour,), 1))
            if self.now.hour in hours and self.now.toordinal() % days == 0:
                turn.run()
