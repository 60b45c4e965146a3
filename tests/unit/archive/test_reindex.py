"""An index built from files and journal alone equals the one that was lost."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from nangmai.archive.check import check_archive
from nangmai.archive.index import Hold
from nangmai.archive.reindex import REPLACED_NAME, reindex
from nangmai.archive.retention import RetentionRules
from nangmai.archive.volume import ArchiveLocked
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.cli.check import command as check_command
from nangmai.cli.reindex import command as reindex_command
from unit.archive.footage import Camera, assert_tiled, files, open_archive

STREAM = "cam-01.main"

QUERIES = {
    "stream": "SELECT name, camera, kind, since_us FROM stream ORDER BY 1",
    "init": "SELECT id, sha256, bytes, description FROM init ORDER BY 1",
    "segment": "SELECT name, seq, uuid, start_us, end_us, start_mono_us, boot_id, init_id, size_bytes, pictures, "
    "duration_90k, activity, damaged_us, end_reason, state, chain_head, previous_chain, fragments FROM segment "
    "JOIN stream ON stream.id = stream_id JOIN volume ON volume.id = volume_id ORDER BY 1, 2",
    "gap": "SELECT name, start_us, end_us, cause, detail FROM gap JOIN stream ON stream.id = stream_id ORDER BY 1, 2",
    "deletion": "SELECT name, first_seq, last_seq, day, segments, bytes, first_us, last_us, previous_chain, "
    "chain_head, reason FROM deletion JOIN stream ON stream.id = stream_id ORDER BY 1, 2",
    "hold": "SELECT * FROM hold ORDER BY 1",
    "checkpoint": "SELECT * FROM checkpoint ORDER BY 1",
    "event": "SELECT at_us, name, alarm, facts FROM event ORDER BY id",
}


def dump(folder: Path) -> dict[str, list[Any]]:
    """What the index says, without the numbers it uses inside."""
    connection = sqlite3.connect(folder / "state" / "index.sqlite3")
    found = {name: connection.execute(query).fetchall() for name, query in QUERIES.items()}
    connection.close()
    return found


def make(folder: Path, clock: ManualClock, second: Path) -> None:
    """Two volumes, two streams, several restarts, gaps, a hold, deletions, damage."""
    rules = RetentionRules(min_days=1, max_days=2)
    for round_number in range(4):
        archive = open_archive(folder, clock, second, retention=rules)
        main = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, flags=2 if round_number == 1 else 0)
        sub = Camera(archive.add_stream("cam-01.sub", "cam-01", "sub"), clock, sample_bytes=20)
        main.segment(2)
        main.segment(2, "signal_lost", width=320 * (1 + round_number))
        main.writer.missing("refused", "401")
        clock.advance(3 * US_PER_S)
        sub.segment(3)
        archive.volumes[0].note_error(OSError(5, "made to fail"))
        main.segment(2)
        archive.flush()
        if round_number == 2:
            archive.index.add_hold(Hold("h1", "cam-01", 0, clock.wall_us(), "incident"))
            archive.index.remove_hold("h1")
            archive.retain()
        archive.close()
        clock.advance(US_PER_DAY)


@pytest.fixture
def archive(tmp_path: Path) -> tuple[Path, Path, ManualClock]:
    clock = ManualClock()
    make(tmp_path / "one", clock, tmp_path / "two")
    return tmp_path / "one", tmp_path / "two", clock


def test_the_new_index_equals_the_lost_one(archive: tuple[Path, Path, ManualClock]) -> None:
    one, two, clock = archive
    lost = dump(one)
    assert all(lost[name] for name in QUERIES if name != "hold")
    assert files(two)
    for path in (one / "state").glob("index.sqlite3*"):
        path.unlink()

    report = reindex([one, two])

    assert dump(one) == lost
    assert report.segments == len(lost["segment"]) == len(files(one)) + len(files(two))
    assert check_archive([one, two], now_us=clock.wall_us()).faults == []


def test_the_old_index_is_kept(archive: tuple[Path, Path, ManualClock]) -> None:
    one, two, _ = archive
    reindex([one, two])
    assert (one / "state" / REPLACED_NAME).exists()


def test_files_alone_are_enough_when_the_journal_is_lost_too(archive: tuple[Path, Path, ManualClock]) -> None:
    one, two, clock = archive
    known = dump(one)
    for path in [*(one / "state").glob("index.sqlite3*"), one / "state" / "journal.jsonl"]:
        path.unlink()

    reindex([one, two])

    found = dump(one)
    assert (found["segment"], found["init"]) == (known["segment"], known["init"])
    assert {row[3] for row in found["gap"]} == {"unknown"}
    again = open_archive(one, clock, two)
    assert_tiled(again, STREAM, clock.wall_us())
    again.close()


def test_a_running_recorder_keeps_its_index(tmp_path: Path) -> None:
    running = open_archive(tmp_path, ManualClock())
    with pytest.raises(ArchiveLocked):
        reindex([tmp_path])
    running.close()


def test_files_that_do_not_say_what_they_are_stay_and_are_named(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    Camera(archive.add_stream(STREAM, "cam-01", "main"), clock).segment(2)
    archive.close()
    stranger = files(tmp_path)[0].with_name(f"{STREAM}-0000000002.mp4")
    stranger.write_bytes(bytes(200_000))

    report = reindex([tmp_path])

    assert (report.segments, len(report.refused)) == (1, 1)
    assert stranger.exists()


def break_index(state: Path) -> None:
    path = state / "index.sqlite3"
    path.write_bytes(b"not a database" * 1000)


def lose_index(state: Path) -> None:
    for path in state.glob("index.sqlite3*"):
        path.unlink()


@pytest.mark.parametrize("harm", [break_index, lose_index])
def test_a_recorder_without_its_index_records_on_and_rebuilds_it(
    archive: tuple[Path, Path, ManualClock], harm: Callable[[Path], None]
) -> None:
    one, two, clock = archive
    known = dump(one)["segment"]
    harm(one / "state")

    again = open_archive(one, clock, two)
    Camera(again.add_stream(STREAM, "cam-01", "main"), clock).segment(2)
    again.wait_rebuilt()
    again.flush()
    assert_tiled(again, STREAM, clock.wall_us())
    assert "archive:index:rebuilt" in {event.name for event in again.index.events()}
    again.close()

    assert set(known) < set(dump(one)["segment"])
    report = check_archive([one, two], now_us=clock.wall_us())
    assert report.faults == []


def test_a_truncated_journal_is_replaced_by_what_the_index_knows(archive: tuple[Path, Path, ManualClock]) -> None:
    one, two, clock = archive
    journal = one / "state" / "journal.jsonl"
    journal.write_bytes(journal.read_bytes()[:500])
    known = dump(one)

    again = open_archive(one, clock, two)
    again.close()
    lose_index(one / "state")
    reindex([one, two])

    assert dump(one)["segment"] == known["segment"]
    assert [row for row in dump(one)["gap"] if row[2]] == [row for row in known["gap"] if row[2]]
    assert dump(one)["deletion"] == known["deletion"]
    assert check_archive([one, two], now_us=clock.wall_us()).faults == []


def test_the_commands_report_as_json_and_by_exit_code(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    Camera(archive.add_stream(STREAM, "cam-01", "main"), clock).segment(2)
    archive.close()
    runner = CliRunner()
    done = runner.invoke(reindex_command, ["--archive", str(tmp_path), "--json"])
    assert json.loads(done.stdout)["segments"] == 1
    good = runner.invoke(check_command, ["--archive", str(tmp_path), "--json"])
    path = files(tmp_path)[0]
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    bad = runner.invoke(check_command, ["--archive", str(tmp_path)])
    assert (good.exit_code, json.loads(good.stdout)["ok"]) == (0, True)
    assert (bad.exit_code, path.name in bad.stdout) == (1, True)
