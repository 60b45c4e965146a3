"""The event loop never waits: a slow disk costs whole units, with the cause on record, and memory stays bounded."""

from __future__ import annotations

import errno
import gc
import threading
from pathlib import Path

import pytest

from nangmai.archive import open_segment
from nangmai.archive.check import check_archive
from nangmai.archive.open_segment import OpenSegment
from nangmai.archive.records import Unit
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from unit.archive.footage import Camera, assert_tiled, open_archive

STREAM = "cam-01.main"


class SlowDisk:
    """Holds every write until it is let go; the one numbered `fail_at` finds no room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, fail_at: int = 0) -> None:
        self.go = threading.Event()
        self.writes = 0
        append = OpenSegment.append

        def slow(segment: OpenSegment, unit: Unit) -> None:
            self.go.wait()
            self.writes += 1
            if self.writes == fail_at:
                raise OSError(errno.ENOSPC, "No space left on device")
            append(segment, unit)

        monkeypatch.setattr(OpenSegment, "append", slow)


def test_a_full_buffer_refuses_whole_units_and_says_disk_slow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = SlowDisk(monkeypatch)
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    archive._writers[0].queue_bytes = 100_000
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, sample_bytes=1000)
    camera.begin()

    assert not camera.record(20)
    assert archive._writers[0].waiting_bytes <= 100_000
    assert not camera.record(1)
    refused_us = clock.wall_us()
    clock.advance(5 * US_PER_S)
    disk.go.set()
    archive.flush()
    camera.segment(3)
    archive.flush()

    found = assert_tiled(archive, STREAM, clock.wall_us())
    assert [cause for *_, cause in found] == ["recorded", "disk_slow", "recorded"]
    assert found[1][:2] == (refused_us, refused_us + 5 * US_PER_S)
    assert archive._writers[0].waiting_bytes == 0
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_when_the_streams_end_a_full_buffer_refuses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    disk = SlowDisk(monkeypatch)
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    archive._writers[0].queue_bytes = 1
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, sample_bytes=1000)
    camera.begin()
    archive.expect_end()
    assert camera.record(20)
    disk.go.set()
    archive.close()
    found = check_archive([tmp_path], now_us=clock.wall_us())
    assert found.faults == []
    assert disk.writes == 20


def test_a_unit_of_more_parts_than_one_call_takes_is_written_whole(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, pictures=3000, sample_bytes=3)
    camera.segment(1)
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_short_writes_are_continued(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[int] = []
    writev = open_segment.os.writev

    def short(descriptor: int, parts: list[bytes]) -> int:
        written.append(len(parts))
        return writev(descriptor, [parts[0][: max(1, len(parts[0]) // 2)]])

    monkeypatch.setattr(open_segment.os, "writev", short)
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, pictures=3).segment(2)
    archive.close()
    assert len(written) > 10
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_nothing_of_a_written_unit_stays_in_memory(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    camera.record(5)
    archive.flush()
    gc.collect()
    assert [item for item in gc.get_objects() if isinstance(item, Unit)] == []
    archive.close()


@pytest.mark.parametrize("jitter_us", [-700, 0, 700])
@pytest.mark.parametrize("is_ended", [False, True])
def test_a_write_that_fails_ends_the_segment_where_the_gap_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jitter_us: int, is_ended: bool
) -> None:
    disk = SlowDisk(monkeypatch, fail_at=3)
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    camera.record(2)
    clock.advance(jitter_us)
    failed_us = clock.wall_us()
    camera.record(1)
    if is_ended:
        camera.writer.end(camera.now_us, "rotated")
    disk.go.set()
    archive.flush()
    archive.volumes[0].note_recovered()
    clock.advance(US_PER_S)
    camera.segment(2)
    archive.flush()

    found = assert_tiled(archive, STREAM, clock.wall_us())
    assert [cause for *_, cause in found][:2] == ["recorded", "disk_full"]
    assert found[1][0] == failed_us
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_a_segment_without_pictures_leaves_no_file(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path, clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    clock.advance(US_PER_S)
    camera.writer.end(clock.wall_us(), "signal_lost")
    camera.segment(2)
    archive.flush()

    assert len(list(tmp_path.glob("*/*/*.mp4"))) == 1
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []
