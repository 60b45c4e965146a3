"""Two months of the school's past, lived through by the services themselves under a clock that was put back.

Runs once, before anything else has happened on an installation, as one transaction: it is there as a whole or not at
all. Nothing is inserted that a service would not have written at that moment.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import ClassVar

from django.db import transaction
from django.utils import timezone

from nangmai.base.clock import ManualClock, using, utc_now
from nangmai.base.errors import Error, Kind
from nangmai.base.units import us_from_datetime
from nangmai.demonstration.places import CHANNELS
from nangmai.web.accounts.models import User
from nangmai.web.compliance.services import keep_states
from nangmai.web.demonstration import school
from nangmai.web.demonstration.agenda import Agenda
from nangmai.web.demonstration.recorders import Fleet
from nangmai.web.demonstration.routine import Routine
from nangmai.web.demonstration.stories import Stories
from nangmai.web.ledger.models import LedgerHead
from nangmai.web.regulation.models import Version
from nangmai.web.sites import arrangement
from nangmai.web.sites.models import Recorder
from nangmai.web.watch.models import midnight

DAYS = 65
SEED = "nắng mai"
Told = Callable[[int, int], object]  #: days that are lived through, of how many


class NotFresh(Error):
    """The history of the demonstration begins on an empty installation only; this one has {entries} ledger entries."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


def is_fresh() -> bool:
    """Whether nothing has ever happened here."""
    return not (LedgerHead.objects.get().size or User.objects.exists() or Version.objects.exists())


def live_through(days: int = DAYS, *, tell: Told = lambda done, of: None) -> Fleet:
    """Found the school so many days ago, and let it live until now; the recorders that reported are returned."""
    if not is_fresh():
        raise NotFresh(entries=LedgerHead.objects.get().size)
    ends = utc_now()
    last = timezone.localdate(ends)
    first = last - timedelta(days=days)
    begins = midnight(first) + timedelta(hours=7, minutes=30)
    with transaction.atomic(), using(ManualClock(us_from_datetime(begins))) as clock:
        assert isinstance(clock, ManualClock)
        agenda, fleet = Agenda(clock), Fleet(begins)
        routine = Routine(agenda, fleet, seed=SEED)
        stories = Stories(routine, first=first, last=last)
        _begin(fleet, stories)
        stories.plan()
        for number in range(days + 1):
            day = first + timedelta(days=number)
            routine.plan_day(day)
            agenda.run(min(midnight(day + timedelta(days=1)), ends))
            tell(number, days)
        fleet.report()
        agenda.look()
        keep_states()
    return fleet


def _begin(fleet: Fleet, stories: Stories) -> None:
    """The first morning: everything that a school has on the day it takes the system over."""
    school.found()
    school.arrange()
    fleet.enrol()
    for recorder in Recorder.objects.all():
        arrangement.set_channels(by=school.person(school.PRINCIPAL), recorder=recorder, channels=CHANNELS)
    now = utc_now()
    for monday in school.mondays(now):
        school.plan(monday)
        school.publish(monday)
    stories.acknowledge_all()
    school.man_the_watch(now)
