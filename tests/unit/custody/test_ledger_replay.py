"""Entries are folded into cases: each change where it may follow, and every disagreement is named."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from nangmai.custody.ledger import Entry
from nangmai.custody.ledger_replay import NEW, Case, Change, Difference, Misstep, differences, replay


def opened(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "open", {"by": entry.actor, "size": entry.facts["size"]})


def closed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, "closed", {"size": 0}, ("open",))


def removed(entry: Entry) -> Iterator[Change]:
    yield Change(entry.thing, NEW, sources=("open", "closed"))


TOLD = {"box.opened": opened, "box.closed": closed, "box.removed": removed}


def entries(*acts: tuple[str, str] | tuple[str, str, dict[str, Any]], outcome: str = "done") -> list[Entry]:
    return [
        Entry(seq=seq, at_us=seq, act=act, actor="p-1", thing=thing, outcome=outcome, facts=dict(*more) or {"size": 3})
        for seq, (act, thing, *more) in enumerate(acts)
    ]


def test_cases_come_to_their_last_state_and_keep_what_is_not_said_again() -> None:
    found = replay(entries(("box.opened", "box:1"), ("other.act", "box:1"), ("box.closed", "box:1")), TOLD)
    assert found.cases == {"box:1": Case("closed", {"by": "p-1", "size": 0}, 2)}
    assert (found.entries, found.missteps) == (3, [])


def test_what_is_removed_is_gone_and_can_come_again() -> None:
    acts = [("box.opened", "box:1"), ("box.removed", "box:1"), ("box.opened", "box:1")]
    assert replay(entries(*acts[:2]), TOLD).cases == {}
    assert replay(entries(*acts), TOLD).missteps == []


def test_a_refused_act_changes_nothing() -> None:
    assert replay(entries(("box.opened", "box:1"), outcome="refused"), TOLD).cases == {}


def test_an_act_that_was_not_possible_is_named_with_its_entry() -> None:
    found = replay(entries(("box.closed", "box:1"), ("box.opened", "box:2"), ("box.opened", "box:2")), TOLD)
    assert found.missteps == [
        Misstep(0, "box.closed", "box:1", NEW, ("open",)),
        Misstep(2, "box.opened", "box:2", "open", (NEW,)),
    ]


def test_an_entry_that_says_too_little_is_named_and_the_rest_goes_on() -> None:
    found = replay(entries(("box.opened", "box:1", {"weight": 1}), ("box.opened", "box:2")), TOLD)
    assert found.missteps == [Misstep(0, "box.opened", "box:1", "", ())]
    assert found.cases.keys() == {"box:2"}


def test_of_a_part_of_the_log_nothing_is_said_about_what_began_before_it() -> None:
    part = entries(("box.closed", "box:1"), ("box.closed", "box:1"))
    found = replay(part, TOLD, is_whole=False)
    assert [(one.entry, one.found) for one in found.missteps] == [(1, "closed")]


def test_every_difference_is_named_and_other_kinds_are_left_alone() -> None:
    ledger = {"box:1": Case("open", {"size": 3}, 7), "box:2": Case("open", {}, 8), "hat:1": Case("worn", {}, 9)}
    other = {"box:1": Case("closed", {"size": 4}), "box:3": Case("open")}
    assert differences(ledger, other, ["box"]) == [
        Difference("box:1", "state", "open", "closed", 7),
        Difference("box:1", "size", 3, 4, 7),
        Difference("box:2", "state", "open", NEW, 8),
        Difference("box:3", "state", NEW, "open", None),
    ]


BOXES = ["box:1", "box:2", "box:3"]
ACTS = st.lists(st.tuples(st.sampled_from([*TOLD, "other.act"]), st.sampled_from(BOXES)), max_size=30)


@given(ACTS)
def test_replaying_is_a_fold_so_that_the_cases_of_two_boxes_do_not_touch(acts: list[tuple[str, str]]) -> None:
    whole = replay(entries(*acts), TOLD)
    apart = [replay([entry for entry in entries(*acts) if entry.thing == box], TOLD) for box in BOXES]
    assert whole.cases == {name: case for one in apart for name, case in one.cases.items()}
    assert sorted(whole.missteps) == sorted(misstep for one in apart for misstep in one.missteps)
    assert differences(whole.cases, whole.cases, ["box"]) == []
