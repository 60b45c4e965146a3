"""Deletion as it is carried out: files, rows, deletion record, chain, over restarts and crashes."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from nangmai.archive.archive import Archive
from nangmai.archive.check import check_archive
from nangmai.archive.index import Hold
from nangmai.archive.retention import CameraRetention, RetentionRules
from nangmai.archive.volume import SpaceLimits
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_DAY, US_PER_S
from unit.archive.footage import Camera, assert_tiled, files, open_archive

STREAM = "cam-01.main"
RULES = RetentionRules(min_days=5, max_days=10)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


def record_days(archive: Archive, clock: ManualClock, days: int, stream: str = STREAM) -> None:
    """A segment of two seconds a day."""
    camera = Camera(archive.add_stream(stream, stream.split(".")[0], "main"), clock)
    for _ in range(days):
        camera.segment(2, "signal_lost")
        clock.advance(US_PER_DAY - 2 * US_PER_S)
    archive.flush()


def seqs(folder: Path) -> list[int]:
    return [int(path.stem[-10:]) for path in files(folder)]


def test_footage_past_the_ceiling_goes_and_everything_still_verifies(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 14)

    assert archive.retain() == 4

    assert seqs(tmp_path) == list(range(5, 15))
    assert [view.seq for view in archive.index.segments(STREAM, 0, clock.wall_us())] == seqs(tmp_path)
    assert_tiled(archive, STREAM, clock.wall_us())
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_nothing_goes_while_there_is_room_and_the_ceiling_is_not_reached(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 9)
    assert archive.retain() == 0
    archive.close()


def test_held_footage_stays_past_the_ceiling_until_the_hold_ends(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    start_us = clock.wall_us()
    record_days(archive, clock, 14)
    archive.index.add_hold(Hold("h1", "cam-01", start_us + US_PER_DAY, start_us + US_PER_DAY + 1, "incident"))

    archive.retain()
    assert seqs(tmp_path) == [2, *range(5, 15)]
    archive.index.remove_hold("h1")
    archive.retain()

    assert seqs(tmp_path) == list(range(5, 15))
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_space_is_made_from_footage_past_the_floor_only_and_then_it_alarms(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 9)
    told: list[tuple[str, bool]] = []
    archive.on_event = lambda name, alarm, facts: told.append((name, alarm))
    archive.volumes[0]._limits = SpaceLimits(low_bytes=1 << 60, critical_bytes=0)
    archive.volumes[0].measure()

    archive.retain()

    assert seqs(tmp_path) == [5, 6, 7, 8, 9]
    assert ("archive:retention:stopped", True) in told
    archive.volumes[0]._limits = SpaceLimits(0, 0)
    archive.volumes[0].measure()
    archive.retain()
    assert ("archive:retention:resumed", False) in told
    archive.close()


def test_a_camera_removed_from_the_file_is_still_covered(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 3, "cam-09.main")
    archive.close()
    clock.advance(20 * US_PER_DAY)

    archive = open_archive(tmp_path, clock, retention=RULES)
    archive.retain()

    assert files(tmp_path) == []
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_numbers_go_on_after_everything_was_deleted(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 3)
    clock.advance(20 * US_PER_DAY)
    archive.retain()
    archive.close()

    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 1)

    assert seqs(tmp_path) == [4]
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_a_deletion_that_a_crash_interrupted_is_finished(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path / "a", clock, retention=RULES)
    record_days(archive, clock, 14)
    archive.close()
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    index = sqlite3.connect(tmp_path / "b" / "state" / "index.sqlite3")
    index.execute("UPDATE segment SET state = 'deleting' WHERE seq <= 3")
    index.commit()
    index.close()
    files(tmp_path / "b")[0].unlink()
    assert check_archive([tmp_path / "b"], now_us=clock.wall_us()).faults == []

    archive = open_archive(tmp_path / "b", clock, retention=RULES)
    archive.retain()

    assert seqs(tmp_path / "b") == list(range(5, 15))
    archive.close()
    assert check_archive([tmp_path / "b"], now_us=clock.wall_us()).faults == []


def test_a_clock_set_years_ahead_does_not_empty_the_archive(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 4)
    clock.step(1000 * US_PER_DAY)
    archive.retain()
    archive.close()
    clock.advance(3600 * US_PER_S)
    archive = open_archive(tmp_path, clock, retention=RULES)

    archive.retain()

    assert len(files(tmp_path)) == 4
    archive.close()


def test_cameras_keep_what_their_own_rules_say(tmp_path: Path, clock: ManualClock) -> None:
    rules = RetentionRules(5, 10, {"cam-02": CameraRetention(5, None)})
    archive = open_archive(tmp_path, clock, retention=rules)
    record_days(archive, clock, 2)
    record_days(archive, clock, 2, "cam-02.main")
    clock.advance(30 * US_PER_DAY)

    archive.retain()

    assert {path.parent.parent.name for path in files(tmp_path)} == {"cam-02.main"}
    archive.close()


def test_the_forecast_says_how_many_days_each_camera_will_hold(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock, retention=RULES)
    record_days(archive, clock, 2)
    archive.retain()

    assert archive.forecast is not None
    assert archive.forecast.days == {"cam-01": 10.0}
    assert archive.forecast.floor_breaks_us is None
    archive.close()
