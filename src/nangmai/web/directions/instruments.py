"""The instrument `direction`: registered where facts are gathered, so that decisions see it."""

from __future__ import annotations

from nangmai.base.units import utc_from_us
from nangmai.web.directions.queries import overlapping, valid
from nangmai.web.regulation.facts import ALWAYS, Moment, Span, instrument


@instrument("direction")
def cover(moment: Moment) -> Span | None:
    """The part of the period that a direction has this person look at, for this camera and the purpose stated.

    Without a period the question is whether there is any: pages ask so before anything is chosen.
    """
    if moment.user is None:
        return None
    at = utc_from_us(moment.at_us)
    of_purpose = {"purpose": moment.purpose} if moment.purpose else {}
    if moment.span is None:
        return ALWAYS if valid(at).filter(person=moment.user, **of_purpose).exists() else None
    recorder, _, camera_id = moment.thing.id.partition("/")
    parts = [
        (max(row.from_us, moment.span[0]), min(row.to_us, moment.span[1]))
        for row in overlapping(moment.user, recorder, camera_id, moment.span, at).filter(**of_purpose)
    ]
    return max(parts, key=lambda part: part[1] - part[0], default=None)
