"""Weeks of the roster when the regulation changes how long a shift lasts and how long a rest."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nangmai.base.units import utc_from_us
from nangmai.web.regulation.running import Running, Turn, tells
from nangmai.web.watch.models import RosterWeek
from nangmai.web.watch.queries import faults, limits_of, monday


@tells("3 weeks")
def weeks(turn: Turn) -> Running:
    """This week and those to come; changed are those that the new figures would not let pass."""
    this = monday(timezone.localdate(utc_from_us(turn.at_us)))
    rows = list(RosterWeek.objects.filter(begins__gte=this).order_by("begins"))
    is_changed = turn.is_stated_otherwise("shift_max_hours", "shift_rest_hours")
    return Running(
        title=_("Weeks of the roster, from this one on"),
        rule=_(
            "A published week stays as it is published. One that is not is held against the new figures when it is "
            "checked and published."
        ),
        count=len(rows),
        changed=[line for row in rows if is_changed and (line := _line(row, turn))],
    )


def _line(week: RosterWeek, turn: Turn) -> str:
    before, after = (len(faults(week, limits_of(version))) for version in (turn.old, turn.new))
    if after <= before:
        return ""
    words = _("Week from {day} ({state}): {count} faults by the new figures, {before} by those in force")
    return str(words).format(day=f"{week.begins:%d/%m/%Y}", state=week.get_state_display(), count=after, before=before)
