"""Hypothesis strategies of what a question is made of: people, things, and how things stand."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import strategies as st

from nangmai.regulation.acts import ACTS
from nangmai.regulation.conditions import CONDITIONS
from nangmai.regulation.facts import Facts, Holding, Person, Thing

_PAPERS = [name.removeprefix("with_") for name, condition in CONDITIONS.items() if condition.kind == "instrument"]


def people(roles: Sequence[str], areas: Sequence[str], acknowledged: Sequence[str | None]) -> st.SearchStrategy[Person]:
    """People of no, one or several holdings, some of them recused from the case `case`."""
    holdings = st.builds(Holding, st.just("a"), st.sampled_from(roles), _some(areas))
    return st.builds(
        Person,
        id=st.just("1"),
        holdings=st.lists(holdings, max_size=3).map(tuple),
        acknowledged=st.sampled_from(acknowledged),
        recused_from=st.sampled_from([frozenset(), frozenset({"case"})]),
    )


def things(kinds: Sequence[str], areas: Sequence[str], purposes: Sequence[str]) -> st.SearchStrategy[Thing]:
    """Things anywhere, in service or not, of a case or none."""
    return st.builds(
        Thing,
        kind=st.sampled_from(kinds),
        id=st.just("x"),
        area_path=_some(areas),
        purposes=_some(purposes),
        is_in_service=st.booleans(),
        case=st.sampled_from(["", "case", "other"]),
    )


def facts(purposes: Sequence[str]) -> st.SearchStrategy[Facts]:
    """All papers or none, every situation both ways."""
    return st.builds(
        Facts,
        instruments=st.frozensets(st.sampled_from(_PAPERS), max_size=len(_PAPERS)),
        on_shift=st.booleans(),
        age_s=st.none() | st.integers(-100, 4000),
        purpose=st.sampled_from(purposes),
        is_stepped_up=st.booleans(),
        is_own=st.booleans(),
        is_involved=st.booleans(),
        is_issuer=st.booleans(),
        is_named=st.booleans(),
        owed=st.sampled_from([frozenset(), frozenset(ACTS)]),
    )


def _some(words: Sequence[str]) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(words), max_size=2)
