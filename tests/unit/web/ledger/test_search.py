"""Searching in spans finds what reading the whole log would find, turns pages without a hole, says where it stopped."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nangmai.base.clock import ManualClock
from nangmai.web.ledger import search
from nangmai.web.ledger.models import Entry
from nangmai.web.ledger.search import Filters
from nangmai.web.ledger.services import append

FEW = 5  # rows a page, and the first span, so that a short log is a long one
S = 1_000_000


@pytest.fixture(autouse=True)
def _short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "ROWS_A_PAGE", FEW)
    monkeypatch.setattr(search, "FIRST_SPAN", FEW)
    monkeypatch.setattr(search, "GROWTH", 2)


@pytest.fixture
def log() -> list[Entry]:
    """Sixty entries; the clock goes back once."""
    clock = ManualClock()
    rows = []
    for number in range(60):
        if number == 30:
            clock.step(-10 * S)
        clock.advance(S)
        rows.append(
            append(
                act=("thing.made", "thing.moved")[number % 2],
                actor=f"p-{number % 7}",
                thing=f"box:{number % 11}",
                outcome=("done", "refused", "failed")[number % 3],
                clauses=("Đ7.1", "Đ1") if number % 4 else ("Đ7.10",),
                facts={"word": "Gấu bông" if number % 13 == 0 else "khác"},
                clock=clock,
            )
        )
    return rows


def walked(filters: Filters) -> list[int]:
    """All pages from the newest to the oldest."""
    seen: list[int] = []
    page = search.page(filters)
    seen += [row.seq for row in page.rows]
    while page.older is not None:
        page = search.page(filters, before=page.older)
        seen += [row.seq for row in page.rows]
    return seen


def test_every_search_finds_what_the_whole_log_holds(log: list[Entry]) -> None:
    first, middle = log[0].at_us, log[40].at_us
    wanted = {
        Filters(): lambda row: True,
        Filters(act="thing.moved"): lambda row: row.act == "thing.moved",
        Filters(who="p-3"): lambda row: row.actor == "p-3",
        Filters(thing="BOX:1"): lambda row: row.thing in ("box:1", "box:10"),
        Filters(clause="Đ7.1"): lambda row: " Đ7.1 " in row.clauses,
        Filters(outcome="failed", who="p-1"): lambda row: row.outcome == "failed" and row.actor == "p-1",
        Filters(from_us=middle): lambda row: row.at_us >= middle,
        Filters(from_us=first, to_us=middle): lambda row: first <= row.at_us < middle,
        Filters(q="Gấu bông"): lambda row: "Gấu bông" in row.body,
        Filters(clause="Đ9"): lambda row: False,
        Filters(to_us=first): lambda row: row.seq < log[0].seq and row.at_us < first,
    }
    everything = list(Entry.objects.order_by("-seq"))
    for filters, fits in wanted.items():
        ours = [seq for seq in walked(filters) if seq >= log[0].seq]
        assert ours == [row.seq for row in everything if row.seq >= log[0].seq and fits(row)], filters


def test_turning_back_shows_the_pages_again(log: list[Entry]) -> None:
    filters = Filters(act="thing.made")
    newest = search.page(filters)
    second = search.page(filters, before=newest.older)
    assert second.newer is not None
    back = search.page(filters, after=second.newer)
    assert [row.seq for row in back.rows] == [row.seq for row in newest.rows]
    assert back.newer is None
    assert back.older == newest.older


def test_a_search_for_words_stops_says_so_and_goes_on(log: list[Entry], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "MOST_READ", 10)
    filters = Filters(q="Gấu bông")
    page = search.page(filters)
    assert page.is_cut
    assert page.older is not None
    assert page.older > log[0].seq
    assert walked(filters) == [row.seq for row in reversed(log) if "Gấu bông" in row.body]


def test_a_page_of_the_newest_asks_a_fixed_number_of_questions(log: list[Entry]) -> None:
    with CaptureQueriesContext(
        connection,
    ) as asked:
        search.page(Filters())
    assert len(asked) <= 3  # the size, and one or two spans


def test_old_entries_cannot_be_changed_after_the_indexes_were_made(log: list[Entry]) -> None:
    with connection.cursor() as cursor:
        names = {
            name
            for name, constraint in connection.introspection.get_constraints(cursor, "ledger_entry").items()
            if constraint["index"]
        }
    assert {"ledger_by_act", "ledger_by_actor", "ledger_by_thing", "ledger_by_time", "ledger_by_clauses"} <= names
    with pytest.raises(Exception, match="only added to"):
        Entry.objects.filter(pk=log[0].pk).update(outcome="done")
