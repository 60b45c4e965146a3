"""An index that breaks while the recorder runs: recording goes on, and nothing that was known is lost."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from nangmai.archive.archive import Archive
from nangmai.archive.check import check_archive
from nangmai.archive.index import Hold, IndexBroken
from nangmai.archive.opening import open_parts
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from unit.archive.footage import Camera, assert_tiled, open_archive

STREAM, SUB = "cam-01.main", "cam-01.sub"
KINDS: list[tuple[str, Any]] = [(STREAM, "main"), (SUB, "sub")]
PAGE = 8192
BEHIND_ROOTS = -1  #: of all tables: rows of segments lie there, the few uses of tickets do not


def overwrite(path: Path, from_page: int) -> None:
    """Another program, or a dying disk, writes over the file; what SQLite keeps beside it is merged first."""
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        if from_page == BEHIND_ROOTS:
            from_page = connection.execute("SELECT max(rootpage) FROM sqlite_schema").fetchone()[0]
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(from_page * PAGE)
        file.write(os.urandom(size - from_page * PAGE))


def read_all(archive: Archive) -> None:
    """What a page asks for: every row, on a connection that has nothing in its cache."""
    archive.index.close()
    for stream, _ in KINDS:
        for segment in archive.index.segments(stream, 0, 1 << 60):
            archive.index.init(segment.init_id)
        archive.index.gaps(stream, 0, 1 << 60)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def archive(tmp_path: Path, clock: ManualClock) -> Iterator[Archive]:
    """Six score segments and gaps of two streams, a use of a ticket and a hold."""
    archive = open_archive(tmp_path, clock)
    cameras = [Camera(archive.add_stream(name, "cam-01", kind), clock) for name, kind in KINDS]
    for _ in range(60):
        for camera in cameras:
            camera.segment(2)
        cameras[0].writer.missing("no_signal", "unplugged")
        clock.advance(US_PER_S)
    archive.index.add_hold(Hold("h1", "cam-01", 0, clock.wall_us(), "incident"))
    archive.index.add_ticket_use({"ticket_id": "t1"})
    archive.flush()
    yield archive
    if archive._index_writer._thread.is_alive():
        archive.close()


def footage(archive: Archive, until_us: int) -> dict[str, Any]:
    """What the index says of everything before a moment."""
    index = archive.index
    return {
        name: (
            [(view.seq, view.start_us, view.end_us, view.packed) for view in index.segments(name, 0, until_us)],
            [gap for gap in index.gaps(name, 0, until_us) if gap.end_us is not None and gap.end_us < until_us],
            index.recorded(name, 0, until_us),
        )
        for name, _ in KINDS
    } | {"holds": index.holds()}


def lengths(archive: Archive, clock: ManualClock) -> list[int]:
    """Of the segments of a stream, whose record leaves no hole."""
    return [end - start for start, end, what in assert_tiled(archive, STREAM, clock.wall_us()) if what == "recorded"]


def index_file(archive: Archive) -> Path:
    return archive.state / "index.sqlite3"


def live_camera(archive: Archive, clock: ManualClock) -> Camera:
    """A segment that is being written while the index breaks."""
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    camera.record(3)
    return camera


@pytest.mark.parametrize("from_page", [0, 1, BEHIND_ROOTS])
def test_everything_is_known_again_and_recording_never_stopped(
    tmp_path: Path, archive: Archive, clock: ManualClock, from_page: int
) -> None:
    until_us = clock.wall_us()
    known = footage(archive, until_us)
    told: list[tuple[str, bool]] = []
    archive.on_event = lambda name, alarm, facts: told.append((name, alarm))
    camera = live_camera(archive, clock)

    overwrite(index_file(archive), from_page)
    with pytest.raises(IndexBroken):
        read_all(archive)
    assert camera.record(3)
    camera.writer.end(camera.now_us, "rotated")
    camera.segment(2)
    archive.flush()
    archive.wait_rebuilt()

    assert told.index(("archive:index:replaced", True)) < told.index(("archive:index:rebuilt", False))
    assert archive.index_failure is None
    assert footage(archive, until_us) == known
    if from_page == BEHIND_ROOTS:
        assert [use for _, use in archive.index.ticket_uses()] == [{"ticket_id": "t1"}]
    assert lengths(archive, clock)[-2:] == [6 * US_PER_S, 2 * US_PER_S]
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []
    assert index_file(archive).with_suffix(".sqlite3.broken-1").exists()


def test_damage_that_only_the_writer_meets_loses_no_row(tmp_path: Path, archive: Archive, clock: ManualClock) -> None:
    until_us = clock.wall_us()
    known = footage(archive, until_us)
    archive.index.close()
    overwrite(index_file(archive), 1)
    archive._index_writer.submit(lambda transaction: transaction.connection.execute("PRAGMA shrink_memory") and None)
    camera = live_camera(archive, clock)
    camera.writer.end(camera.now_us, "rotated")
    archive.flush()
    archive.wait_rebuilt()

    assert index_file(archive).with_suffix(".sqlite3.broken-1").exists()
    assert footage(archive, until_us) == known
    archive.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_an_index_that_breaks_again_at_once_waits_for_the_next_start(
    tmp_path: Path, archive: Archive, clock: ManualClock
) -> None:
    until_us = clock.wall_us()
    known = footage(archive, until_us)
    overwrite(index_file(archive), 1)
    with pytest.raises(IndexBroken):
        read_all(archive)
    archive.flush()
    archive.wait_rebuilt()
    archive.flush()
    overwrite(index_file(archive), 1)
    with pytest.raises(IndexBroken):
        read_all(archive)
    while archive.index_failure is None:
        time.sleep(0.01)
    camera = live_camera(archive, clock)
    camera.writer.end(camera.now_us, "rotated")

    assert "replace the disk" in (archive.index_failure or "")
    assert not index_file(archive).exists()
    archive.close()
    again = open_archive(tmp_path, clock)
    again.wait_rebuilt()
    assert footage(again, until_us) == known
    assert lengths(again, clock)[-1] == 3 * US_PER_S
    again.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_a_rebuild_that_was_broken_off_goes_on_at_the_next_start(
    tmp_path: Path, archive: Archive, clock: ManualClock
) -> None:
    until_us = clock.wall_us()
    known = footage(archive, until_us)
    archive.close()
    for path in archive.state.glob("index.sqlite3*"):
        path.unlink()
    opened = open_parts([tmp_path], state=None, recorder="nvr-1", clock=clock)  # and no more: the machine dies here
    opened.journal.close()
    opened.connection.close()
    for descriptor in opened.locks:
        os.close(descriptor)

    again = open_archive(tmp_path, clock)
    again.wait_rebuilt()
    assert footage(again, until_us) == known
    again.close()
    assert check_archive([tmp_path], now_us=clock.wall_us()).faults == []


def test_a_file_that_is_being_written_is_not_closed_by_the_rebuild(
    tmp_path: Path, archive: Archive, clock: ManualClock
) -> None:
    camera = live_camera(archive, clock)
    archive._writers[0].drain()
    path = sorted((tmp_path / STREAM).glob("*/*.mp4"))[-1]
    before = path.read_bytes()
    archive._mender.fill({})
    archive.wait_rebuilt()
    assert path.read_bytes() == before
    camera.writer.end(camera.now_us, "rotated")
    archive.flush()
