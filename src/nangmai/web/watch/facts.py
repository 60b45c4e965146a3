"""What decisions ask of the watch: whether a person is on shift now."""

from __future__ import annotations

from nangmai.base.units import utc_from_us
from nangmai.web.regulation.facts import Moment, fact
from nangmai.web.watch.queries import on_shift


@fact("on_shift")
def is_on_shift(moment: Moment) -> bool:
    """The shift taken, not handed over."""
    return moment.user is not None and on_shift(moment.user, utc_from_us(moment.at_us))
