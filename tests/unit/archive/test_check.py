"""`check` is silent about a sound archive, and names whatever else it meets."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from nangmai.archive.check import CheckReport, check_archive
from nangmai.archive.records import unpack_records
from nangmai.archive.segment_file import SEAL_BOX_BYTES
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from unit.archive.footage import START_US, Camera, files, open_archive

STREAM = "cam-01.main"
NOW_US = START_US + 3600 * US_PER_S


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three segments of two streams and a gap, closed in order."""
    folder = tmp_path_factory.mktemp("sound") / "archive"
    clock = ManualClock(START_US)
    archive = open_archive(folder, clock)
    main = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, sample_bytes=30)
    sub = Camera(archive.add_stream("cam-01.sub", "cam-01", "sub"), clock, sample_bytes=10)
    main.segment(3)
    main.segment(3, "signal_lost")
    clock.advance(5 * US_PER_S)
    main.segment(2)
    sub.segment(2)
    archive.close()
    return folder


@pytest.fixture
def archive(sound: Path, tmp_path: Path) -> Path:
    return shutil.copytree(sound, tmp_path / "archive")


def check(folder: Path, *, is_quick: bool = False) -> CheckReport:
    return check_archive([folder], is_quick=is_quick, now_us=NOW_US)


def change(folder: Path, statement: str) -> None:
    connection = sqlite3.connect(folder / "state" / "index.sqlite3")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.parametrize("is_quick", [False, True])
def test_a_sound_archive_has_no_faults(sound: Path, is_quick: bool) -> None:
    report = check(sound, is_quick=is_quick)
    assert report.faults == []
    assert (report.segments, report.fragments, report.checkpoints) == (4, 10, 1)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10_000_000), st.integers(1, 255), st.integers(0, 3))
@example(0, 1, 0)
@example(4, 255, 1)
def test_one_flipped_byte_anywhere_is_named_with_its_file(sound: Path, position: int, flip: int, number: int) -> None:
    path = files(sound)[number]
    original = path.read_bytes()
    position %= len(original)
    altered = bytearray(original)
    altered[position] ^= flip
    path.write_bytes(altered)
    try:
        report = check(sound)
    finally:
        path.write_bytes(original)
    assert report.faults
    assert {fault.path for fault in report.faults} == {str(path)}
    assert {fault.fragment for fault in report.faults} == {expected_fragment(sound, path, position)}


def expected_fragment(folder: Path, path: Path, position: int) -> int | str:
    """Which part of the file a position belongs to, by the index."""
    connection = sqlite3.connect(folder / "state" / "index.sqlite3")
    (packed,) = connection.execute(
        "SELECT fragments FROM segment JOIN stream ON stream.id = stream_id WHERE name = ? AND seq = ?",
        (path.parent.parent.name, int(path.stem[-10:])),
    ).fetchone()
    connection.close()
    records = unpack_records(packed)
    if position < records[0].offset:
        return "head"
    for number, record in enumerate(records):
        if position < record.offset + record.size:
            return number
    return "end"


def test_a_byte_in_each_kind_of_box_is_named(archive: Path) -> None:
    """Every byte of the head, of one seal and of the end box, one after the other."""
    path = files(archive)[0]
    original = path.read_bytes()
    end = original.rindex(b"uuid") - 4
    first_seal = original.index(b"uuid", original.index(b"mdat")) - 4
    positions = [*range(0, original.index(b"prft") - 4, 7), *range(first_seal, first_seal + SEAL_BOX_BYTES, 3)]
    for position in [*positions, *range(end, len(original), 5)]:
        altered = bytearray(original)
        altered[position] ^= 0x10
        path.write_bytes(altered)
        faults = check(archive).faults
        assert {fault.fragment for fault in faults} == {expected_fragment(archive, path, position)}, position


def test_a_quick_check_finds_altered_seals_but_does_not_read_the_pictures(archive: Path) -> None:
    path = files(archive)[0]
    original = path.read_bytes()
    seal = original.index(b"uuid", original.index(b"mdat"))
    path.write_bytes(original[: seal + 30] + b"\0\0\0" + original[seal + 33 :])
    assert check(archive, is_quick=True).faults


def test_a_missing_file_is_named(archive: Path) -> None:
    files(archive)[1].unlink()
    (fault,) = check(archive).faults
    assert (fault.invariant, fault.stream, fault.seq) == ("I1", STREAM, 2)


def test_a_file_cut_short_or_grown_is_named(archive: Path) -> None:
    short, grown = files(archive)[:2]
    short.write_bytes(short.read_bytes()[:-1])
    with grown.open("ab") as file:
        file.write(b"\0")
    assert {fault.seq for fault in check(archive).faults} == {1, 2}


def test_a_file_without_a_row_is_named(archive: Path) -> None:
    first = files(archive)[0]
    shutil.copy(first, first.with_name(f"{STREAM}-0000000009.mp4"))
    (fault,) = check(archive).faults
    assert (fault.invariant, fault.seq) == ("I2", 9)


def test_a_segment_taken_out_with_its_row_breaks_the_chain_and_the_time(archive: Path) -> None:
    files(archive)[1].unlink()
    change(archive, "DELETE FROM segment WHERE seq = 2")
    assert {fault.invariant for fault in check(archive).faults} == {"I3", "I4"}


def test_the_newest_segment_taken_out_is_missed_by_the_checkpoint(archive: Path) -> None:
    files(archive)[2].unlink()
    change(archive, "DELETE FROM segment WHERE seq = 3")
    assert "I5" in {fault.invariant for fault in check(archive).faults}


def test_altered_times_are_named(archive: Path) -> None:
    change(archive, "UPDATE segment SET start_us = start_us + 1 WHERE seq = 2")
    assert {"I1", "I4"} <= {fault.invariant for fault in check(archive).faults}


def test_an_altered_fragment_record_is_named(archive: Path) -> None:
    change(archive, "UPDATE segment SET fragments = CAST(x'01000000' || substr(fragments, 5) AS BLOB) WHERE seq = 1")
    assert {fault.invariant for fault in check(archive).faults} == {"I7"}


def test_a_gap_taken_out_leaves_unexplained_time(archive: Path) -> None:
    change(archive, "DELETE FROM gap WHERE cause = 'no_signal'")
    assert {fault.invariant for fault in check(archive).faults} == {"I4"}


def test_time_claimed_twice_is_named(archive: Path) -> None:
    change(archive, "UPDATE gap SET start_us = start_us - 1000000 WHERE cause = 'no_signal'")
    faults = check(archive).faults
    assert {fault.invariant for fault in faults} == {"I4"}
    assert "twice" in faults[0].what


def test_an_altered_checkpoint_is_named(archive: Path) -> None:
    path = archive / "state" / "checkpoints" / "1.txt"
    path.write_text(path.read_text().replace(" 3 ", " 2 "))
    assert {fault.invariant for fault in check(archive).faults} == {"I5"}


def test_an_altered_line_of_the_journal_is_named(archive: Path) -> None:
    path = archive / "state" / "journal.jsonl"
    path.write_text(path.read_text().replace("no_signal", "disk_full", 1))
    (fault,) = check(archive).faults
    assert "journal" in fault.what


def test_an_altered_marker_is_named(archive: Path) -> None:
    path = archive / "volume.json"
    path.write_text(path.read_text().replace("nvr-1", "nvr-2"))
    assert "I6" in {fault.invariant for fault in check(archive).faults}


def test_open_segments_are_no_faults_while_the_recorder_runs(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.segment(2)
    camera.begin()
    camera.record(2)
    archive.flush()
    camera.record(1)

    report = check_archive([tmp_path], now_us=clock.wall_us())

    assert (report.faults, report.open_segments, report.is_recording) == ([], 1, True)
    archive.close()
