"""Activity, recorded time and completeness agree with the footage they summarise."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from nangmai.archive.archive import Archive
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_DAY, US_PER_S
from unit.archive.footage import Camera, open_archive

STREAM = "cam-01.main"
MIDNIGHT_US = 1_790_035_200 * US_PER_S  # 2026-09-22T00:00:00Z


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(MIDNIGHT_US)


def test_activity_is_the_highest_of_each_bucket_and_none_where_nothing_is_recorded(
    tmp_path: Path, clock: ManualClock
) -> None:
    archive = open_archive(tmp_path, clock)
    writer = archive.add_stream(STREAM, "cam-01", "main")
    quiet, busy = Camera(writer, clock, activity=3), Camera(writer, clock, activity=900)
    quiet.segment(4, "signal_lost")
    clock.advance(4 * US_PER_S)
    busy.begin()
    busy.record(2)
    archive.flush()

    found = archive.index.activity(STREAM, MIDNIGHT_US, MIDNIGHT_US + 10 * US_PER_S, 5)

    assert found == [3, 3, None, None, 900]
    archive.close()


def test_long_ranges_are_answered_from_the_segments(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock)
    writer = archive.add_stream(STREAM, "cam-01", "main")
    Camera(writer, clock, activity=7).segment(150, "signal_lost")
    archive.flush()

    found = archive.index.activity(STREAM, MIDNIGHT_US, MIDNIGHT_US + 300 * US_PER_S, 5)

    assert found == [7, 7, 7, None, None]
    archive.close()


def test_recorded_time_is_joined_where_segments_touch(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.segment(2)
    camera.segment(2, "signal_lost")
    clock.advance(2 * US_PER_S)
    camera.begin()
    camera.record(2)
    archive.flush()

    found = archive.index.recorded(STREAM, MIDNIGHT_US + US_PER_S, 1 << 60)

    assert [(a - MIDNIGHT_US, b - MIDNIGHT_US) for a, b in found] == [(1_000_000, 4_000_000), (6_000_000, 8_000_000)]
    archive.close()


def record_hours(archive: Archive, clock: ManualClock) -> None:
    """20 s recorded at the start of each of 48 hours, one fragment of it damaged."""
    writer = archive.add_stream(STREAM, "cam-01", "main")
    for hour in range(48):
        Camera(writer, clock, pictures=10, flags=2 if hour == 30 else 0, sample_bytes=10).segment(20, "signal_lost")
        writer.missing("no_signal")
        clock.advance(3580 * US_PER_S)
    archive.flush()


def test_every_day_adds_up_to_what_was_expected(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock)
    record_hours(archive, clock)

    days = archive.index.completeness(STREAM, 0, 1 << 60)

    assert [day.day for day in days] == [date(2026, 9, 22), date(2026, 9, 23)]
    for day in days:
        assert day.expected_us == US_PER_DAY
        assert day.recorded_us == 24 * 20 * US_PER_S
        assert day.recorded_us + sum(day.gaps.values()) == day.expected_us
    assert [day.damaged_us for day in days] == [0, 20 * US_PER_S]
    archive.close()


def test_days_begin_where_the_zone_puts_midnight(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock)
    record_hours(archive, clock)

    days = archive.index.completeness(STREAM, 0, 1 << 60, ZoneInfo("Asia/Ho_Chi_Minh"))

    assert [day.expected_us // (3600 * US_PER_S) for day in days] == [17, 24, 7]
    assert [day.recorded_us // (20 * US_PER_S) for day in days] == [17, 24, 7]
    archive.close()


def test_the_summary_names_oldest_newest_and_size(tmp_path: Path, clock: ManualClock) -> None:
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    archive.add_stream("cam-02.main", "cam-02", "main")
    camera.segment(2)
    camera.segment(3)
    archive.flush()

    first, second = archive.index.summary()

    assert (first.oldest_us, first.newest_us, first.segments) == (MIDNIGHT_US, clock.wall_us(), 2)
    assert first.size_bytes == sum(path.stat().st_size for path in tmp_path.glob("*/*/*.mp4"))
    assert (second.oldest_us, second.newest_us, second.size_bytes) == (None, None, 0)
    archive.close()
