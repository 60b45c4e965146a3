"""What decisions ask of duties: which acts the person owes just now."""

from __future__ import annotations

from nangmai.base.units import utc_from_us
from nangmai.web.duties.queries import acts_owed
from nangmai.web.regulation.facts import Moment, fact


@fact("owed")
def owed(moment: Moment) -> frozenset[str]:
    """The acts of the duties that are theirs and open, also of those that were passed on to them."""
    return frozenset() if moment.user is None else acts_owed(moment.user, utc_from_us(moment.at_us))
