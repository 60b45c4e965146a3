"""The instrument `emergency`: what an emergency lets its person see, registered where facts are gathered."""

from __future__ import annotations

from nangmai.base.units import us_from_datetime, utc_from_us
from nangmai.web.emergencies.queries import valid
from nangmai.web.regulation.facts import ALWAYS, Moment, Span, instrument

#: the only act that a text can open by it
ACT = "replay.view"


@instrument("emergency")
def cover(moment: Moment) -> Span | None:
    """From so long before it was invoked until it ends; without a period, whether there is one at all."""
    if moment.user is None or moment.act != ACT:
        return None
    row = valid(utc_from_us(moment.at_us)).filter(person=moment.user).first()
    if row is None:
        return None
    if moment.span is None:
        return ALWAYS
    # What is asked for may reach a few seconds ahead of now; it is the window of the text that ends it.
    return (max(row.from_us, moment.span[0]), max(moment.span[1], us_from_datetime(row.until_at)))
