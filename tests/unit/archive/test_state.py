"""The state folder: key, marker, journal and schema each refuse what they must, in one sentence."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.archive import schema
from nangmai.archive.journal import JOURNAL_START, Journal, JournalBroken, read_journal
from nangmai.archive.keys import KeyExposed, KeyUnreadable, load_key, load_or_make_key, load_public_key
from nangmai.archive.segment_file import StreamNameInvalid, check_stream_name, parse_segment_name, segment_path
from nangmai.archive.volume import (
    SpaceLimits,
    VolumeUnknown,
    VolumeUnwritable,
    make_marker,
    read_marker,
)
from nangmai.base.clock import ManualClock
from unit.archive.footage import open_archive


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    key = load_or_make_key(tmp_path)
    assert (tmp_path / "recorder.key").stat().st_mode & 0o777 == 0o600
    assert load_or_make_key(tmp_path).private_bytes_raw() == key.private_bytes_raw()
    assert load_public_key(tmp_path).public_bytes_raw() == key.public_key().public_bytes_raw()


def test_a_key_that_others_can_read_stops_the_recorder(tmp_path: Path) -> None:
    open_archive(tmp_path, ManualClock()).close()
    (tmp_path / "state" / "recorder.key").chmod(0o644)
    with pytest.raises(KeyExposed, match="chmod 600"):
        open_archive(tmp_path, ManualClock())
    (tmp_path / "state" / "recorder.key").chmod(0o600)
    open_archive(tmp_path, ManualClock()).close()


@pytest.mark.parametrize(
    "content", [b"", b"not a key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "recorder.key"
    path.touch(0o600)
    path.write_bytes(content)
    with pytest.raises(KeyUnreadable):
        load_key(path)


def test_a_marker_of_another_recorder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    mine, other = load_or_make_key(tmp_path / "a"), load_or_make_key(tmp_path / "b")
    make_marker(tmp_path / "volume", "nvr-1", mine)
    assert read_marker(tmp_path / "volume", mine.public_key()).recorder == "nvr-1"
    with pytest.raises(VolumeUnknown):
        read_marker(tmp_path / "volume", other.public_key())


def test_a_folder_that_holds_something_else_is_not_made_a_volume(tmp_path: Path) -> None:
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "holiday.jpg").touch()
    with pytest.raises(VolumeUnwritable, match="not empty"):
        open_archive(tmp_path / "volume", ManualClock(), state=tmp_path / "state")


def test_a_volume_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(VolumeUnwritable):
        open_archive(tmp_path / "file" / "volume", ManualClock())


def test_after_a_refused_opening_nothing_stays_locked(tmp_path: Path) -> None:
    before = len(os.listdir("/proc/self/fd"))
    (tmp_path / "volume").mkdir()
    (tmp_path / "volume" / "holiday.jpg").touch()
    with pytest.raises(VolumeUnwritable):
        open_archive(tmp_path / "volume", ManualClock(), state=tmp_path / "state")
    assert len(os.listdir("/proc/self/fd")) == before


@given(st.integers(1, 1 << 60))
def test_a_volume_is_low_before_it_is_critical(size_bytes: int) -> None:
    limits = SpaceLimits.of(size_bytes)
    assert limits.low_bytes > limits.critical_bytes > 0


@given(st.lists(st.dictionaries(st.text(max_size=5), st.integers()), max_size=5), st.data())
def test_a_journal_cut_anywhere_gives_the_whole_lines_before_the_cut(
    tmp_path_factory: pytest.TempPathFactory, entries: list[dict[str, int]], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("journal") / "journal.jsonl"
    journal = Journal(path, JOURNAL_START)
    for entry in entries:
        journal.append([{"entry": entry}])
    journal.close()
    content = path.read_bytes()
    cut = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:cut])

    found = list(read_journal(path))

    assert [entry["entry"] for entry, _ in found] == entries[: content[:cut].count(b"\n")]
    assert (found[-1][1].offset if found else 0) == content[:cut].rfind(b"\n") + 1


def test_a_line_taken_out_of_the_journal_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "journal.jsonl"
    journal = Journal(path, JOURNAL_START)
    journal.append([{"number": number} for number in range(3)])
    journal.close()
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[2])
    with pytest.raises(JournalBroken):
        list(read_journal(path))


def layout(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    rows = connection.execute("SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL")
    return {(name, " ".join(sql.split())) for name, sql in rows}


def test_migrations_lead_to_the_schema_and_nowhere_else(tmp_path: Path) -> None:
    """Every released schema is kept under tests as the start of this way; there is one so far, today's."""
    versions = [version for version, _ in schema.migrations()]
    assert versions == list(range(2, schema.SCHEMA_VERSION + 1))
    fresh = schema.connect(tmp_path / "fresh.sqlite3")
    assert schema.prepare(fresh, tmp_path / "fresh.sqlite3")
    migrated = schema.connect(tmp_path / "old.sqlite3")
    migrated.executescript(Path(__file__).with_name("schema_1.sql").read_text() + "PRAGMA user_version = 1;")
    assert not schema.prepare(migrated, tmp_path / "old.sqlite3")
    assert layout(fresh) == layout(migrated)
    fresh.close()
    migrated.close()


def test_an_index_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index.sqlite3"
    connection = schema.connect(path)
    schema.prepare(connection, path)
    connection.execute(f"PRAGMA user_version = {schema.SCHEMA_VERSION + 1}")
    with pytest.raises(schema.IndexTooNew):
        schema.prepare(connection, path)
    connection.close()


@pytest.mark.parametrize("name", ["", ".", "..", "a/b", "../x", ".hidden", "a..b", "a b", "a\0b", "x" * 201, "é"])
def test_a_name_that_is_no_folder_of_its_own_is_refused(name: str) -> None:
    with pytest.raises(StreamNameInvalid):
        check_stream_name(name)


@given(st.integers(0, 1 << 40))
def test_a_path_says_stream_and_number(seq: int) -> None:
    assert parse_segment_name(segment_path(Path("/v"), "cam-01.main", seq)) == ("cam-01.main", seq)
