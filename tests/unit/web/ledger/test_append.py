"""The ledger takes entries in one order, keeps what names a person apart, and gives nothing back changed."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from nangmai.base.clock import ManualClock
from nangmai.custody.ledger import EntryInvalid, commitment, state_hash
from nangmai.custody.merkle import CompactRange, leaf_hash, root
from nangmai.web.ledger.models import Disclosure, Entry, LedgerHead
from nangmai.web.ledger.services import EntryTooLong, append


def write(number: int = 0, **fields: Any) -> Entry:
    return append(**({"act": "thing.done", "actor": "p-1", "thing": f"camera:nvr-1/cam-{number}"} | fields))


def begun() -> int:
    return LedgerHead.objects.get().size


def test_entries_are_numbered_without_a_hole_and_the_head_is_the_root_of_all() -> None:
    first = begun()
    written = [write(number) for number in range(5)]
    assert [row.seq for row in written] == list(range(first, first + 5))
    head = LedgerHead.objects.get()
    leaves = [leaf_hash(row.body.encode()) for row in Entry.objects.order_by("seq")]
    assert CompactRange.parse(head.size, bytes(head.hashes)).root() == root(leaves)


def test_an_entry_keeps_the_bytes_that_were_hashed_and_columns_to_find_it_by() -> None:
    clock = ManualClock()
    written = write(
        clauses=("Đ7.1", "Đ4.2"),
        version="ab" * 32,
        assignment="a-7",
        before={"days": 20},
        after={"days": 30},
        facts={"from_us": 5, "to_us": 9, "tên": "Cổng"},
        clock=clock,
    )
    row = Entry.objects.get(pk=written.pk)
    assert row.said.clauses == ("Đ7.1", "Đ4.2")
    assert row.said.at_us == row.at_us == clock.wall_us()
    assert row.said.before == state_hash({"days": 20}) == hashlib.sha256(b'{"days":20}').hexdigest()
    assert row.said.facts == {"from_us": 5, "to_us": 9, "tên": "Cổng"}
    assert (row.from_us, row.to_us, row.clauses) == (5, 9, " Đ7.1 Đ4.2 ")
    assert bytes(row.nodes)[:32] == leaf_hash(row.body.encode())


def test_what_names_a_person_is_a_commitment_and_not_in_the_entry() -> None:
    row = write(personal={"reason": "Trẻ bị ngã ở sân"})
    assert "Trẻ" not in row.body
    kept = Disclosure.objects.get(entry=row)
    assert len(bytes(kept.salt)) == 16
    assert row.said.personal == {"reason": commitment(bytes(kept.salt), "Trẻ bị ngã ở sân")}
    assert write(personal={"reason": "Trẻ bị ngã ở sân"}).said.personal != row.said.personal


def test_an_act_that_is_rolled_back_leaves_no_entry_and_no_hole() -> None:
    first = begun()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        _ = write().seq // 0
    assert write().seq == first


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_or_delete_an_entry(change: str) -> None:
    row = write()
    rows = Entry.objects.filter(pk=row.pk)
    with pytest.raises(DatabaseError, match="only added to"), transaction.atomic():
        _ = rows.update(body="{}") if change == "update" else rows.delete()
    assert Entry.objects.get(pk=row.pk).body == row.body


@pytest.mark.parametrize(
    "fields",
    [{"act": ""}, {"actor": ""}, {"outcome": "perhaps"}, {"facts": {"x": float("nan")}}, {"facts": {"x": b""}}],
)
def test_what_is_no_entry_is_refused_in_one_sentence(fields: dict[str, Any]) -> None:
    first = begun()
    with pytest.raises(EntryInvalid), transaction.atomic():
        write(**fields)
    assert begun() == first


@pytest.mark.parametrize("field", ["act", "actor", "thing", "assignment", "version"])
def test_a_word_that_is_too_long_is_refused(field: str) -> None:
    with pytest.raises(EntryTooLong, match=field):
        write(**{field: "x" * 201})


def test_text_that_utf8_cannot_say_is_written_with_marks_in_its_place() -> None:
    row = write(facts={"said": "a\ud800b"}, personal={"said": "\udfff"})
    assert Entry.objects.get(pk=row.pk).said.facts == {"said": "a?b"}
    assert Disclosure.objects.get(entry=row).text == "?"
