"""Folds uses into the ledger: one entry a ticket, camera and minute, so that a night of watching is some hundred.

A minute is folded when it is over and recorders had time to report it. What comes later than that makes an entry of
its own: nothing is left out, and no entry is ever changed.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Min, Q

from nangmai.base.clock import Clock, wall_us
from nangmai.base.units import US_PER_S
from nangmai.web.footage.models import IssuedTicket, Use
from nangmai.web.ledger.services import UNKNOWN, append

MINUTE_US = 60 * US_PER_S
SETTLED_US = 30 * US_PER_S
AHEAD_US = 3600 * US_PER_S  #: a recorder's clock may be ahead; one that is lost does not keep its uses from the ledger
MOST_AT_ONCE = 5000
FOLDED_EVERY_S = 30

Key = tuple[int, str, str, int, bool]


@transaction.atomic
def fold_uses(*, clock: Clock | None = None) -> int:
    """Write what is settled and not yet written; how many entries that made."""
    now_us = wall_us(clock)
    settled_us = (now_us - SETTLED_US) // MINUTE_US * MINUTE_US
    due = Use.objects.filter(Q(at_us__lt=settled_us) | Q(at_us__gt=now_us + AHEAD_US), entry=None)
    rows = list(due.select_for_update(of=("self",)).select_related("recorder").order_by("at_us", "pk")[:MOST_AT_ONCE])
    jtis = {use.ticket_jti for use in rows}
    tickets = {ticket.jti: ticket for ticket in IssuedTicket.objects.filter(jti__in=jtis)}
    groups = itertools.groupby(sorted(rows, key=_key), key=_key)
    folded = [list(group) for _key_of, group in groups]
    for uses in sorted(folded, key=lambda uses: uses[0].at_us):
        _fold(uses, tickets.get(uses[0].ticket_jti), clock)
    return len(folded)


def _key(use: Use) -> Key:
    return use.recorder_id, use.ticket_jti, use.camera, use.at_us // MINUTE_US, use.outcome == "refused"


def _fold(uses: Sequence[Use], ticket: IssuedTicket | None, clock: Clock | None) -> None:
    first = uses[0]
    is_refused = first.outcome == "refused"
    from_us, to_us = _seen(uses)
    facts: dict[str, Any] = {
        "ticket": first.ticket_jti,
        "right": first.right,
        "from_us": from_us,
        "to_us": to_us,
        "minute_us": first.at_us // MINUTE_US * MINUTE_US,
        "uses": len(uses),
        "bytes": sum(use.bytes for use in uses),
    }
    reasons = sorted({use.reason for use in uses if use.reason})
    entry = append(
        act="footage.viewed",
        actor=UNKNOWN if ticket is None else f"p-{ticket.person_id}",
        thing=f"camera:{first.recorder.name}/{first.camera}",
        outcome="refused" if is_refused else "done",
        clauses=ticket.basis.split(", ") if ticket is not None else (),
        facts=facts | ({"reasons": reasons} if reasons else {}),
        clock=clock,
    )
    Use.objects.filter(pk__in=[use.pk for use in uses]).update(entry=entry.seq)


def _seen(uses: Sequence[Use]) -> tuple[int, int]:
    """The footage seen: what the uses name, and for live pictures the time since they were opened."""
    begins = [use.from_us if use.from_us is not None else _opened_us(use) for use in uses]
    ends = [use.to_us if use.to_us is not None else use.at_us for use in uses]
    return min(begins), max(ends)


def _opened_us(use: Use) -> int:
    """When the use that ends here began; a recorder reports both moments, minutes apart."""
    same = Use.objects.filter(
        recorder=use.recorder_id, ticket_jti=use.ticket_jti, camera=use.camera, stream=use.stream, at_us__lte=use.at_us
    )
    opened: int | None = same.filter(outcome="opened").aggregate(first=Min("at_us"))["first"]
    return use.at_us if opened is None or not use.ticket_jti else opened
