"""Whatever is done to an export is found, and the fault names the entry."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.custody.ledger import Entry, EntryInvalid, read_checkpoint, verify_ledger_checkpoint
from nangmai.custody.ledger_export import MOST_TOLD, Export, ExportInvalid, ExportRange, Verification, pieces, verify
from nangmai.custody.merkle import leaf_hash
from nangmai.custody.note import NoteForged, NoteMalformed, split_notes
from unit.custody.ledgers import KEY, ORIGIN, OTHER_KEY, Ledger, entry, judge, ledger

LEDGER = ledger()
EXPORT = LEDGER.export()
SIZE = len(LEDGER.entries)


def answers(found: Verification) -> tuple[bool, bool, bool | None]:
    return found.is_whole, found.is_signed, found.is_witnessed


def named(found: Verification) -> set[int]:
    """Every entry that a fault names."""
    return {
        number
        for fault in found.faults
        if fault.entry is not None
        for number in range(fault.entry, (fault.last or fault.entry) + 1)
    }


def test_an_honest_export_holds() -> None:
    found = judge(EXPORT)
    assert answers(found) == (True, True, None)
    assert found.holds
    assert (found.entries, found.checkpoints, found.faults) == (SIZE, 3, [])


@given(st.integers(0, SIZE - 1), st.integers(1, SIZE))
def test_any_part_of_it_holds_too(first: int, length: int) -> None:
    end = min(SIZE, first + length)
    found = judge(LEDGER.export(first, end), [LEDGER.note(size) for size in (first, end, SIZE)])
    assert found.holds, found.faults
    assert answers(found) == (True, True, True)


@given(st.integers(0, SIZE - 1), st.data())
def test_any_edit_of_an_entry_is_found_and_named(number: int, data: st.DataObject) -> None:
    line = EXPORT.lines[number]  # type: ignore[index]
    at = data.draw(st.integers(0, len(line) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda byte: byte != line[at]))
    altered = [*LEDGER.entries[:number], line[:at] + bytes([byte]) + line[at + 1 :], *LEDGER.entries[number + 1 :]]
    found = judge(EXPORT._replace(lines=altered))
    assert not found.is_whole
    assert number in named(found)


@given(st.integers(0, SIZE - 1), st.integers(1, 5))
def test_any_deletion_is_found_and_named(first: int, length: int) -> None:
    kept = LEDGER.entries[:first] + LEDGER.entries[first + length :]
    found = judge(EXPORT._replace(lines=kept))
    assert not found.is_whole
    assert named(found) == set(range(first, min(SIZE, first + length)))


@given(st.permutations(range(SIZE)))
def test_any_other_order_is_found(order: list[int]) -> None:
    found = judge(EXPORT._replace(lines=[LEDGER.entries[number] for number in order]))
    assert found.is_whole == (order == sorted(order))


@given(st.integers(0, SIZE), st.integers(0, SIZE - 1))
def test_an_entry_that_was_slipped_in_is_found(place: int, copied: int) -> None:
    more = [*LEDGER.entries[:place], LEDGER.entries[copied], *LEDGER.entries[place:]]
    found = judge(EXPORT._replace(lines=more))
    assert not found.is_whole
    assert copied in named(found)


@given(st.integers(0, SIZE - 1))
def test_a_truncated_export_is_found_and_says_what_is_missing(end: int) -> None:
    found = judge(EXPORT._replace(lines=LEDGER.entries[:end]))
    assert not found.is_whole
    assert named(found) == set(range(end, SIZE))


@given(st.integers(0, SIZE - 1))
def test_a_truncation_of_all_parts_is_found_by_the_newest_checkpoint(end: int) -> None:
    span = ExportRange(origin=ORIGIN, first=0, last=end - 1, size=SIZE, before=(), proof=())
    found = judge(Export(span, LEDGER.entries[:end], LEDGER.leaves[:end], EXPORT.notes))
    assert not found.is_whole
    assert end in named(found)


@given(st.integers(0, SIZE - 1))
def test_an_edit_whose_hash_was_recomputed_is_found_between_two_checkpoints(number: int) -> None:
    rewritten = copy.deepcopy(LEDGER)
    rewritten.entries[number] = entry(number, actor="p-2")
    found = judge(EXPORT._replace(lines=rewritten.entries, leaves=rewritten.leaves))
    assert not found.is_whole
    assert number in named(found)
    begin, end = next((a, b) for a, b in ((0, 5), (5, 12), (12, 20)) if a <= number < b)
    assert named(found) == set(range(begin, end))


def rewritten_with(key: Any) -> Ledger:
    """A full rewrite: another entry 3, and all hashes, roots and signatures made anew."""
    return Ledger([entry(number, actor="p-2" if number == 3 else "p-1") for number in range(SIZE)], (5, 12, 20), key)


def test_a_full_rewrite_signed_with_another_key_is_found_by_the_key() -> None:
    found = judge(rewritten_with(OTHER_KEY).export())
    assert answers(found) == (True, False, None)
    assert verify(rewritten_with(OTHER_KEY).export(), OTHER_KEY.public_key()).holds


@given(st.integers(4, SIZE))
def test_a_full_rewrite_signed_with_the_same_key_is_found_by_the_witness(witnessed: int) -> None:
    forged = rewritten_with(KEY).export()
    assert judge(forged).holds
    found = judge(forged, [LEDGER.note(witnessed)])
    assert answers(found) == (True, True, False)
    assert 3 in named(found)


@given(st.integers(1, SIZE - 1), st.integers(1, SIZE))
def test_a_shortened_ledger_signed_with_the_same_key_is_found_by_the_witness(size: int, witnessed: int) -> None:
    shortened = Ledger(LEDGER.entries[:size], (size,)).export()
    assert judge(shortened).holds
    assert judge(shortened, [LEDGER.note(witnessed)]).is_witnessed == (witnessed <= size)


def test_a_witness_of_another_ledger_or_key_does_not_count() -> None:
    assert judge(EXPORT, [rewritten_with(OTHER_KEY).note(5)]).is_witnessed is False
    other = LEDGER.note(5).replace("school", "another")
    assert judge(EXPORT, [other]).is_witnessed is False


def test_entries_after_the_last_checkpoint_are_not_signed() -> None:
    span = ExportRange(origin=ORIGIN, first=0, last=SIZE - 1, size=SIZE, before=(), proof=())
    found = judge(Export(span, LEDGER.entries, LEDGER.leaves, [LEDGER.note(12)]))
    assert answers(found) == (True, False, None)
    assert named(found) == set(range(12, SIZE))


def test_checkpoints_in_another_order_are_found() -> None:
    found = judge(EXPORT._replace(notes=list(reversed(EXPORT.notes))))
    assert not found.is_signed


@given(st.integers(0, len(EXPORT.notes[1]) - 1), st.characters(exclude_categories=["Cs"]))
def test_any_altered_character_of_a_checkpoint_is_found(at: int, character: str) -> None:
    altered = EXPORT.notes[1][:at] + character + EXPORT.notes[1][at + 1 :]
    if altered != EXPORT.notes[1]:
        assert not judge(EXPORT._replace(notes=[EXPORT.notes[0], altered, EXPORT.notes[2]])).is_signed


@pytest.mark.parametrize("name", ["before", "proof"])
def test_a_part_is_tied_to_the_whole_by_its_hashes(name: str) -> None:
    export = LEDGER.export(7, 11)
    hashes = getattr(export.span, name)
    assert hashes
    tampered = ExportRange.from_json(export.span.to_json() | {name: ["00" * 32] * len(hashes)})
    assert not judge(export._replace(span=tampered)).is_whole


def test_hashes_that_are_missing_or_too_many_are_found() -> None:
    assert not judge(EXPORT._replace(leaves=LEDGER.leaves[:-1])).is_whole
    assert not judge(EXPORT._replace(leaves=[*LEDGER.leaves, bytes(32)])).is_whole


def test_a_thousand_faults_are_counted_and_the_first_are_told() -> None:
    found = judge(EXPORT._replace(lines=[b"nonsense"] * 1000))
    assert len(found.faults) == MOST_TOLD
    assert found.fault_count == 1001
    json.dumps(found.as_dict())


@pytest.mark.parametrize(
    "change",
    [
        {"form": "another"},
        {"first": -1},
        {"first": True},
        {"last": 99},
        {"size": "20"},
        {"before": ["00"]},
        {"proof": "x"},
        {"proof": [1]},
    ],
)
def test_a_range_that_makes_no_sense_is_one_error(change: dict[str, Any]) -> None:
    with pytest.raises(ExportInvalid):
        ExportRange.from_json(EXPORT.span.to_json() | change)


@pytest.mark.parametrize("value", [None, [], "text", {}])
def test_what_is_no_range_is_one_error(value: Any) -> None:
    with pytest.raises(ExportInvalid):
        ExportRange.from_json(value)


@given(st.binary(max_size=60))
def test_any_bytes_are_an_entry_or_one_error(line: bytes) -> None:
    with pytest.raises(EntryInvalid):
        Entry.parse(line)


def test_an_entry_reads_back_as_it_was_hashed_and_in_no_other_form() -> None:
    line = entry(3, clauses=("Đ7.1",), facts={"a": [1, {"b": None}]}, personal={"reason": "ab" * 32})
    assert Entry.parse(line).canonical() == line
    for other in (line.replace(b'"seq":3', b'"seq": 3'), line.replace(b'"seq":3', b'"seq":3,"seq":3'), b" " + line):
        with pytest.raises(EntryInvalid):
            Entry.parse(other)
    with pytest.raises(EntryInvalid):
        Entry.parse(b"[" * 100_000)


def test_a_checkpoint_has_the_lines_of_a_transparency_log() -> None:
    note = LEDGER.note(5)
    assert note.splitlines()[:2] == [ORIGIN, "5"]
    assert note.splitlines()[4].startswith(f"— {ORIGIN} ")
    assert verify_ledger_checkpoint(note, KEY.public_key()) == read_checkpoint(note)
    with pytest.raises(NoteForged):
        verify_ledger_checkpoint(note, OTHER_KEY.public_key())
    with pytest.raises(NoteMalformed):
        read_checkpoint(note.replace("nangmai.ledger", "nangmai.recorder"))


def test_notes_that_stand_one_after_the_other_are_told_apart() -> None:
    text = "\n".join([LEDGER.note(5), LEDGER.note(12)]) + "\n\nthe rest"
    assert list(split_notes(text.splitlines(keepends=True))) == [LEDGER.note(5), LEDGER.note(12), "the rest"]


@given(st.lists(st.binary(max_size=100), max_size=20))
def test_a_stream_is_cut_into_pieces_of_one_size(chunks: list[bytes]) -> None:
    cut = list(pieces(chunks, 32))
    assert b"".join(cut) == b"".join(chunks)
    assert all(len(piece) == 32 for piece in cut[:-1])


def test_the_hash_of_an_entry_is_of_its_bytes() -> None:
    assert LEDGER.leaves[0] == leaf_hash(LEDGER.entries[0])
