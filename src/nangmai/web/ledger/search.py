"""Searching the ledger: what is asked, and the entries of one page. Changes nothing.

However long the log is, a page reads little: it goes through numbers in spans that grow, each answered by an index,
and ends when it is full. Words are looked for in a limited number of entries; then the page says how far it came, and
the next goes on there. docs/design/ledger.md, "Search".
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping

from django.db import connection
from django.db.models import Max, Min, Q, QuerySet

from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Entry, LedgerHead
from nangmai.web.ledger.titles import act_titles, thing_names

ROWS_A_PAGE = 50
FIRST_SPAN = 2_048
GROWTH = 4
MOST_READ = 50_000  #: entries whose words one page reads

#: every value of an indexed column, by jumping from one to the next
_DISTINCT = """
WITH RECURSIVE known(value) AS (
    SELECT MIN({column}) FROM ledger_entry
    UNION ALL
    SELECT (SELECT MIN({column}) FROM ledger_entry WHERE {column} > known.value)
    FROM known WHERE known.value IS NOT NULL
)
SELECT value FROM known WHERE value IS NOT NULL
"""


@dataclasses.dataclass(frozen=True, slots=True)
class Filters:
    """What somebody looks for; empty fields ask nothing."""

    q: str = ""
    act: str = ""
    who: str = ""
    thing: str = ""
    clause: str = ""
    outcome: str = ""
    from_us: int | None = None
    to_us: int | None = None


@dataclasses.dataclass(frozen=True, slots=True)
class Page:
    """Entries, the newest first; `newer` and `older` are the numbers from which to turn, None where nothing is left."""

    rows: list[Entry]
    newer: int | None
    older: int | None
    is_cut: bool  #: whether the search stopped before the page was full or the log at its end


def page(filters: Filters, *, before: int | None = None, after: int | None = None) -> Page:
    """One page: the newest, those before a number, or those after one."""
    first, end = _range(filters)
    is_upwards = after is not None
    if after is not None:
        first = max(first, after + 1)
    elif before is not None:
        end = min(end, before)
    most = MOST_READ if filters.q else end - first
    rows, reached = _collect(entries(filters), first, end, is_upwards=is_upwards, most=most)
    is_cut = len(rows) <= ROWS_A_PAGE and reached is not None
    more = rows[ROWS_A_PAGE - 1].seq if len(rows) > ROWS_A_PAGE else reached
    rows = rows[:ROWS_A_PAGE]
    if is_upwards:
        return Page(rows[::-1], more, rows[0].seq if rows else first, is_cut)
    newer = None if before is None else (rows[0].seq if rows else before - 1)
    return Page(rows, newer, more, is_cut)


def entries(filters: Filters) -> QuerySet[Entry]:
    """The entries that fit, newest first."""
    rows = Entry.objects.all()
    if filters.act:
        rows = rows.filter(act=filters.act)
    if filters.outcome:
        rows = rows.filter(outcome=filters.outcome)
    if filters.clause:
        rows = rows.filter(clauses__in=[value for value in _known("clauses") if filters.clause in value.split()])
    if filters.who:
        rows = rows.filter(actor__in=[*_actors_like(filters.who), filters.who])
    if filters.thing:
        things = [value for value in _known("thing") if filters.thing.casefold() in value.casefold()]
        rows = rows.filter(thing__in={*things, *_like(filters.thing, thing_names())})
    if filters.from_us is not None:
        rows = rows.filter(at_us__gte=filters.from_us)
    if filters.to_us is not None:
        rows = rows.filter(at_us__lt=filters.to_us)
    if filters.q:
        rows = rows.filter(
            Q(body__icontains=filters.q)
            | Q(act__in=_like(filters.q, act_titles()))
            | Q(actor__in=_actors_like(filters.q))
            | Q(thing__in=_like(filters.q, thing_names()))
        )
    return rows


def _range(filters: Filters) -> tuple[int, int]:
    """The first number that can fit, and the one behind the last."""
    size = LedgerHead.objects.get().size
    if filters.from_us is None and filters.to_us is None:
        return 0, size
    times = Entry.objects.all()
    if filters.from_us is not None:
        times = times.filter(at_us__gte=filters.from_us)
    if filters.to_us is not None:
        times = times.filter(at_us__lt=filters.to_us)
    # The clock of a machine can be set back, so the ends are asked for and not guessed from the order.
    ends = times.order_by().aggregate(low=Min("seq"), high=Max("seq"))
    return (0, 0) if ends["low"] is None else (ends["low"], ends["high"] + 1)


def _collect(
    found: QuerySet[Entry], first: int, end: int, *, is_upwards: bool, most: int
) -> tuple[list[Entry], int | None]:
    """One entry more than a page takes, and where the search stopped if it was not at the end."""
    ordered = found.order_by("seq" if is_upwards else "-seq")
    rows: list[Entry] = []
    read = 0
    for low, high in _spans(first, end, is_upwards=is_upwards):
        if read >= most:
            return rows, low - 1 if is_upwards else high
        rows += ordered.filter(seq__gte=low, seq__lt=high)[: ROWS_A_PAGE + 1 - len(rows)]
        read += high - low
        if len(rows) > ROWS_A_PAGE:
            break
    return rows, None


def _spans(first: int, end: int, *, is_upwards: bool) -> Iterator[tuple[int, int]]:
    span = FIRST_SPAN
    while first < end:
        if is_upwards:
            yield first, min(first + span, end)
            first += span
        else:
            yield max(end - span, first), end
            end -= span
        span *= GROWTH


def _known(column: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(_DISTINCT.format(column=column))
        return [value for (value,) in cursor.fetchall()]


def _like(text: str, names: Mapping[str, str]) -> list[str]:
    """The ids whose name holds the text; the database compares Vietnamese capitals badly."""
    return [key for key, name in names.items() if text.casefold() in name.casefold()]


def _actors_like(text: str) -> list[str]:
    people = User.objects.values_list("pk", "display_name", "username")
    return _like(text, {f"p-{key}": f"{name} {username}" for key, name, username in people})
