"""Counting is exact: one picture missing, doubled or out of place is found."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nangmai.simulator.bench.count import Tally, compare, counters_in, media_of
from nangmai.simulator.session import Counts
from nangmai.simulator.stamp import stamp_nal


def test_a_complete_recording_has_no_fault() -> None:
    assert compare([Counts(5, 9, 5), Counts(20, 22, 3)], [5, 6, 7, 8, 9, 20, 21, 22]) == Tally(8, 8)


@given(st.sets(st.integers(1, 98), max_size=20))
def test_every_missing_picture_is_counted(missing: set[int]) -> None:
    recorded = [number for number in range(100) if number not in missing]
    assert compare([Counts(0, 99, 100)], recorded).lost == len(missing)


def test_pictures_held_back_from_a_slow_client_are_lost() -> None:
    tally = compare([Counts(0, 9, 7, dropped=3)], [0, 1, 2, 3, 4, 8, 9])
    assert (tally.lost, tally.held_back, tally.lost_at_end) == (3, 3, 0)


def test_pictures_behind_the_last_on_disk_are_told_apart() -> None:
    tally = compare([Counts(0, 9, 10)], [0, 1, 2, 4, 5])
    assert (tally.lost, tally.lost_at_end) == (5, 4)
    assert compare([Counts(0, 9, 10)], []).lost_at_end == 10


def test_doubles_and_wrong_order_are_counted() -> None:
    tally = compare([Counts(0, 4, 5)], [0, 1, 1, 3, 2, 4])
    assert (tally.duplicated, tally.disordered, tally.lost) == (1, 1, 0)


def test_a_session_that_never_played_expects_nothing() -> None:
    assert compare([Counts()], []) == Tally()


def box(kind: bytes, content: bytes, size: int | None = None) -> bytes:
    return (len(content) + 8 if size is None else size).to_bytes(4, "big") + kind + content


def test_only_media_boxes_are_counted_even_large_and_cut_ones(tmp_path: Path) -> None:
    large = (1).to_bytes(4, "big") + b"mdat" + (16 + 67).to_bytes(8, "big") + stamp_nal("h264", 2).ljust(67, b"\0")
    path = tmp_path / "a.mp4"
    path.write_bytes(
        box(b"moov", stamp_nal("h264", 9)) + box(b"mdat", stamp_nal("h264", 1)) + large
        + box(b"mdat", stamp_nal("h264", 3) + stamp_nal("h264", 4)[:20], 5000)
    )  # fmt: skip
    assert len(list(media_of(path))) == 3
    assert [number for number in counters_in([path]) if number >= 0] == [1, 2, 3]


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    assert counters_in([tmp_path / "a.mp4"]) == []
