"""Real file systems that fill up, turn read-only or are not mounted. Needs the right to mount; skipped otherwise."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nangmai.archive.archive import Archive
from nangmai.archive.check import check_archive
from nangmai.archive.volume import VolumeUnwritable
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from unit.archive.footage import Camera, assert_tiled, files, open_archive

STREAM = "cam-01.main"
MIB = 1 << 20


def mount(folder: Path, *options: str) -> None:
    folder.mkdir(exist_ok=True)
    done = subprocess.run(["mount", *options, "-t", "tmpfs", "tmpfs", str(folder)], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("mounting is not allowed here")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A volume of 48 MiB."""
    folder = tmp_path / "disk"
    if os.geteuid():
        pytest.skip("mounting needs root")
    mount(folder, "-o", "size=48m")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def drain(archive: Archive) -> None:
    for writer in archive._writers:
        writer.drain()
        writer.flush()
        writer._look_after_volume()


def record_until_refused(archive: Archive, camera: Camera, limit: int = 400) -> int:
    """Seconds recorded before a unit is refused."""
    camera.begin()
    for second in range(limit):
        if not camera.record(1):
            return second
        drain(archive)
    return limit


def test_a_full_disk_stops_the_recording_with_a_cause_and_it_resumes_when_there_is_room(
    disk: Path, tmp_path: Path
) -> None:
    clock = ManualClock()
    archive = open_archive(disk, clock, state=tmp_path / "state")
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, sample_bytes=40_000)
    ballast = disk / "lost+found"
    ballast.write_bytes(bytes(20 * MIB))

    seconds = record_until_refused(archive, camera)
    assert 0 < seconds < 400
    assert archive.volumes[0].state == "critical"
    clock.advance(10 * US_PER_S)
    camera.begin()
    assert not camera.record(1)
    clock.advance(10 * US_PER_S)
    ballast.unlink()
    drain(archive)
    camera.segment(3)
    archive.flush()

    causes = [cause for *_, cause in assert_tiled(archive, STREAM, clock.wall_us())]
    assert causes == ["recorded", "disk_full", "recorded"]
    alarms = [event.facts.get("after") for event in archive.index.events() if event.alarm]
    assert "critical" in alarms
    archive.close()
    report = check_archive([disk], state=tmp_path / "state", now_us=clock.wall_us())
    assert (report.faults, report.notes) == ([], [])


def test_a_disk_without_a_single_free_byte_keeps_every_whole_fragment(disk: Path, tmp_path: Path) -> None:
    """The reserve was eaten by somebody else: the kernel itself says no, in the middle of a unit."""
    clock = ManualClock()
    archive = open_archive(disk, clock, state=tmp_path / "state")
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, sample_bytes=40_000)
    camera.begin()
    camera.record(3)
    drain(archive)
    fill(disk / "lost+found", leave_bytes=100_000)

    camera.record(1)
    for writer in archive._writers:
        writer.drain()
    assert not camera.record(1)
    archive.flush()

    (view,) = archive.index.segments(STREAM, 0, clock.wall_us())
    assert len(view.fragments) == 3
    assert [cause for *_, cause in assert_tiled(archive, STREAM, clock.wall_us())] == ["recorded", "disk_full"]
    archive.close()
    report = check_archive([disk], state=tmp_path / "state", now_us=clock.wall_us())
    assert (report.faults, report.notes) == ([], [])


def fill(path: Path, leave_bytes: int) -> None:
    """Fill a file system up to its last pages."""
    with path.open("wb", buffering=0) as file:
        while (free := os.statvfs(path.parent).f_bavail * os.statvfs(path.parent).f_frsize) > leave_bytes:
            file.write(bytes(min(MIB, free - leave_bytes)))


def test_the_next_volume_takes_over_without_a_gap(disk: Path, tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(disk, clock, tmp_path / "second", state=tmp_path / "state")
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock, sample_bytes=40_000)
    for _ in range(30):
        camera.segment(4)
        drain(archive)
    archive.flush()

    assert files(disk)
    assert files(tmp_path / "second")
    assert {cause for *_, cause in assert_tiled(archive, STREAM, clock.wall_us())} == {"recorded"}
    archive.close()
    report = check_archive([disk, tmp_path / "second"], state=tmp_path / "state", now_us=clock.wall_us())
    assert (report.faults, report.notes) == ([], [])


def test_a_disk_that_turns_read_only_is_left_for_the_next_one_and_taken_back(disk: Path, tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(disk, clock, tmp_path / "second", state=tmp_path / "state")
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.segment(2)
    camera.begin()
    camera.record(1)
    archive.flush()
    for writer in archive._writers:  # a file that is open for writing keeps a file system from turning read-only
        for segment in [*writer._dirty, *archive.index._live.get(STREAM, {}).values()]:
            segment.close_file()
            segment.descriptor = os.open(segment.path, os.O_RDONLY)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)

    camera.record(1)
    drain(archive)
    assert not camera.record(1)
    assert archive.volumes[0].state == "failed"
    camera.segment(2)
    archive.flush()
    assert files(tmp_path / "second")
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    drain(archive)

    assert archive.volumes[0].state in ("ok", "low")
    assert "disk_failed" in {cause for *_, cause in assert_tiled(archive, STREAM, clock.wall_us())}
    archive.close()
    again = open_archive(disk, clock, tmp_path / "second", state=tmp_path / "state")
    again.close()
    report = check_archive([disk, tmp_path / "second"], state=tmp_path / "state", now_us=clock.wall_us())
    assert report.faults == []


def test_an_empty_mount_point_is_not_filled(disk: Path, tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(disk, clock, tmp_path / "second", state=tmp_path / "state")
    Camera(archive.add_stream(STREAM, "cam-01", "main"), clock).segment(2)
    archive.close()
    subprocess.run(["umount", str(disk)], check=True)

    archive = open_archive(disk, clock, tmp_path / "second", state=tmp_path / "state")
    Camera(archive.add_stream(STREAM, "cam-01", "main"), clock).segment(2)
    archive.flush()

    assert [volume.state for volume in archive.volumes] == ["failed", "ok"]
    assert list(disk.iterdir()) == []
    assert len(files(tmp_path / "second")) == 1
    archive.close()
    with pytest.raises(VolumeUnwritable):
        open_archive(disk, clock, state=tmp_path / "state")
    mount(disk, "-o", "size=1m")
