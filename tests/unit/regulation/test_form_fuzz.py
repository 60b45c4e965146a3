"""Whatever a regulation says survives its file, and whatever a file says is read or refused, never a crash."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st

from nangmai.regulation import form
from nangmai.regulation.acts import Title
from nangmai.regulation.faults import MESSAGES
from nangmai.regulation.model import (
    Article,
    Bound,
    Clause,
    Escalation,
    LegalBasis,
    Norm,
    Purpose,
    Regulation,
    RoleDefinition,
)
from nangmai.regulation.shape import FileMalformed
from nangmai.regulation.validate import coverage, faults
from unit.regulation.test_form import SMALL

WORDS = st.text(st.characters(codec="utf-8"), max_size=20) | st.sampled_from(
    [
        "yes",
        "null",
        "~",
        "1",
        "0x1",
        "2022-12-30",
        "- a",
        "a: b",
        "# a",
        "'",
        '"',
        "{a}",
        "\n",
        "\x85",
        " x ",
        "=",
        "<<",
    ]
)
TITLES = st.builds(Title, WORDS, WORDS)
NAMES = st.text(st.sampled_from("abcđ_.-:#1"), min_size=1, max_size=6)
SHORT = st.text(st.sampled_from("abc_1"), min_size=1, max_size=5)
LISTED = st.lists(WORDS, max_size=3).map(tuple)
SOME = st.lists(WORDS, min_size=1, max_size=3).map(tuple)
DURATIONS = st.sampled_from(["", "P1D", "PT{replay_minutes}M", "soon"])
STATED = st.sampled_from(["P1D", "PT{replay_minutes}M", "soon"])
BOUND = st.tuples(
    st.none() | st.builds(Bound, st.just("enforced"), WORDS),
    st.none() | st.builds(Bound, st.just("evidenced"), WORDS),
    st.none() | st.builds(Bound, st.just("attested"), WORDS, STATED),
).map(lambda bounds: tuple(bound for bound in bounds if bound))


@st.composite
def clauses(draw: st.DrawFn) -> Clause:
    clause = draw(NAMES)
    norms = st.builds(
        Norm,
        id=st.builds("{}/{}".format, st.just(clause), SHORT),
        clause=st.just(clause),
        mode=st.sampled_from(form.MODES),
        acts=SOME,
        who=SOME,
        when=LISTED,
        unless=LISTED,
        bound=BOUND,
        trigger=st.sampled_from(["", "incident.reported", "x"]),
        every=DURATIONS,
        within=DURATIONS,
        escalate=st.lists(st.builds(Escalation, STATED, SOME), max_size=2).map(tuple),
        then=LISTED,
        fulfils=LISTED,
    )
    return Clause(clause, draw(TITLES), tuple(draw(st.lists(norms, max_size=2))))


MOMENTS = st.datetimes(
    datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))])
).map(lambda moment: moment.replace(microsecond=0))
DATES = st.dates(date(1900, 1, 1), date(2100, 1, 1))
VALUES = st.booleans() | st.integers(-(10**17), 10**17) | WORDS
REGULATIONS = st.builds(
    Regulation,
    number=WORDS,
    title=TITLES,
    issuer=TITLES,
    signed_on=DATES,
    in_force_from=MOMENTS,
    in_force_until=st.none() | MOMENTS,
    term_ends_on=st.none() | DATES,
    law=st.just("vn-2026") | WORDS,
    roles=st.lists(st.builds(RoleDefinition, NAMES, TITLES, st.booleans(), st.booleans()), min_size=1, max_size=2).map(
        tuple
    ),
    articles=st.lists(
        st.builds(Article, NAMES, TITLES, st.lists(clauses(), min_size=1, max_size=2).map(tuple)),
        min_size=1,
        max_size=2,
    ).map(tuple),
    parameters=st.dictionaries(WORDS | st.sampled_from(["replay_minutes", "audio"]), VALUES, max_size=3),
    purposes=st.lists(st.builds(Purpose, NAMES, TITLES), max_size=1).map(tuple),
    legal_bases=st.lists(
        st.builds(LegalBasis, WORDS, DATES, WORDS, TITLES, st.sampled_from(["in_force", "amended", "repealed"])),
        max_size=1,
    ).map(tuple),
)


@settings(max_examples=60, deadline=None)
@given(REGULATIONS)
def test_every_regulation_reads_back_as_it_was_written(regulation: Regulation) -> None:
    text = form.write(regulation)
    again = form.read(text, "again")
    assert again == regulation
    assert again.content_hash == form.content_hash(regulation)
    assert form.write(again) == text


@settings(max_examples=60, deadline=None)
@given(REGULATIONS)
def test_every_regulation_can_be_judged(regulation: Regulation) -> None:
    for fault in faults(regulation):
        assert fault.code in MESSAGES
        assert fault.message.vi
    assert 0 <= coverage(regulation).percent <= 100


@settings(max_examples=60, deadline=None)
@given(REGULATIONS, WORDS)
def test_no_two_different_texts_have_one_hash(regulation: Regulation, number: str) -> None:
    other = replace(regulation, number=number)
    assert (form.content_hash(other) == form.content_hash(regulation)) is (number == regulation.number)


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_damaged_file_is_read_or_refused(data: st.DataObject) -> None:
    text = SMALL
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    damaged = text[:start] + data.draw(st.text(max_size=8) | WORDS) + text[end:]
    with suppress(FileMalformed):
        assert form.read(damaged, "damaged").articles
