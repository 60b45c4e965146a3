"""What is handed over is on the disk, in the index, and in the gap record."""

from __future__ import annotations

from pathlib import Path

import pytest

from nangmai.archive.volume import ArchiveLocked
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from unit.archive.footage import Camera, assert_tiled, files, open_archive


def test_a_segment_is_found_again_with_the_bytes_that_were_written(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    writer = archive.add_stream("cam-01.main", "cam-01", "main")
    start_us = clock.wall_us()
    Camera(writer, clock).segment(3)
    archive.flush()

    (view,) = archive.index.segments("cam-01.main", start_us, clock.wall_us())

    assert (view.state, view.start_us, view.end_us) == ("closed", start_us, start_us + 3 * US_PER_S)
    assert len(view.fragments) == 3
    assert view.read_units(1, 2).startswith(b"\x00\x00\x00\x20prft")
    assert len(view.read_key_picture(1)) == 1200
    assert view.size_bytes == view.path.stat().st_size
    archive.close()


def test_the_open_segment_can_be_read_while_it_grows(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    writer = archive.add_stream("cam-01.main", "cam-01", "main")
    camera = Camera(writer, clock)
    camera.begin()
    camera.record(2)
    archive.flush()

    (view,) = archive.index.segments("cam-01.main", 0, clock.wall_us())

    assert view.is_open
    assert len(view.fragments) == 2
    assert writer.open_segment is not None
    assert writer.open_segment.end_us == clock.wall_us()
    archive.close()


def test_recorded_and_gaps_tile_the_whole_time(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    writer = archive.add_stream("cam-01.main", "cam-01", "main")
    camera = Camera(writer, clock)
    clock.advance(5 * US_PER_S)
    camera.segment(3)
    camera.segment(3, "signal_lost")
    clock.advance(7 * US_PER_S)
    writer.missing("no_signal", "timed out")
    clock.advance(7 * US_PER_S)
    writer.missing("refused", "401")
    clock.advance(7 * US_PER_S)
    archive.flush()

    causes = [cause for _, _, cause in assert_tiled(archive, "cam-01.main", clock.wall_us())]

    assert causes == ["no_signal", "recorded", "recorded", "no_signal", "refused"]
    archive.close()


def test_a_second_recorder_cannot_open_the_archive(tmp_path: Path) -> None:
    archive = open_archive(tmp_path, ManualClock())
    with pytest.raises(ArchiveLocked):
        open_archive(tmp_path, ManualClock())
    archive.close()


def test_numbers_go_on_after_a_restart_and_the_time_between_is_a_gap(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    Camera(archive.add_stream("cam-01.main", "cam-01", "main"), clock).segment(2)
    archive.close()
    clock.advance(60 * US_PER_S)

    archive = open_archive(tmp_path, clock)
    Camera(archive.add_stream("cam-01.main", "cam-01", "main"), clock).segment(2)
    archive.flush()

    assert [path.stem[-3:] for path in files(tmp_path)] == ["001", "002"]
    causes = [cause for _, _, cause in assert_tiled(archive, "cam-01.main", clock.wall_us())]
    assert causes == ["recorded", "recorder_down", "recorded"]
    archive.close()
