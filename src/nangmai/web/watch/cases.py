"""How posts, weeks and shifts stand in the database, as the ledger tells of them (`told.py`)."""

from __future__ import annotations

from collections.abc import Iterator

from nangmai.custody.ledger_replay import Case
from nangmai.web.moments import said_us
from nangmai.web.watch.models import Post, RosterWeek, Shift, Swap


def cases() -> Iterator[tuple[str, Case]]:
    """Each by its name; a week that is a draft is as good as none."""
    for post in Post.objects.all():
        yield f"post:{post.pk}", Case("kept", {"name": post.name, "is_continuous": post.is_continuous})
    for week in RosterWeek.objects.exclude(state=RosterWeek.State.DRAFT):
        yield f"roster:{week.begins.isoformat()}", Case(week.state)
    for row in Shift.objects.all():
        said = {"post": row.post_id, "person": row.person_id, "until_us": said_us(row.extended_to)}
        yield (
            f"shift:{row.pk}",
            Case(row.state, said | {"from_us": said_us(row.starts_at), "to_us": said_us(row.ends_at)}),
        )
    for swap in Swap.objects.all():
        yield swap.name, Case(swap.state, {"shift": swap.shift_id, "taker": swap.taker_id})
