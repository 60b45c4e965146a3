"""The faults of a roster as errors that name them: the first one keeps a week, or a swap, from going on."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from django.utils import timezone
from django.utils.formats import date_format

from nangmai.base.errors import Error, Kind
from nangmai.web.watch import queries
from nangmai.web.watch.queries import Fault


class RosterHasGap(Error):
    """Nobody is planned at {post} from {begin} to {end}. Plan a shift there, then try again."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class RosterClashes(Error):
    """{person} is planned twice from {begin} to {end}. Take one of the shifts out."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class ShiftTooLong(Error):
    """{person} would be on watch from {begin} to {end}, more than {hours} hours on end. Divide it."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


class RestTooShort(Error):
    """{person} would rest from {begin} to {end} only, less than {hours} hours. Plan somebody else."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


def fault_error(fault: Fault) -> Error:
    """The fault as an error that names it."""
    begin, end = (
        date_format(timezone.localtime(moment, timezone.get_default_timezone()), "DATETIME_FORMAT")
        for moment in fault.period
    )
    limits = queries.limits()
    if fault.post is not None:
        return RosterHasGap(post=fault.post.name, begin=begin, end=end)
    facts = {"person": fault.person.display_name if fault.person else "", "begin": begin, "end": end}
    if fault.code == "too_long":
        return ShiftTooLong(**facts, hours=limits.longest // timedelta(hours=1))
    if fault.code == "short_rest":
        return RestTooShort(**facts, hours=limits.rest // timedelta(hours=1))
    return RosterClashes(**facts)
