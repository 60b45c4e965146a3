"""A crash at any moment: what was durable plays and verifies, what is missing is on record, nothing is overwritten.

The crash is a copy of the folders in the middle of the work, in which bytes that were not synced yet are cut off
anywhere, as a power cut does.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from nangmai.archive.archive import Archive
from nangmai.archive.check import check_archive
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from unit.archive.footage import Camera, assert_tiled, files, open_archive

STREAM = "cam-01.main"


def power_cut(folder: Path, copy: Path, durable: dict[str, int], cut: float) -> None:
    """The folder as a power cut leaves it: of what is not durable a part is there."""
    shutil.copytree(folder, copy)
    for path in files(copy):
        safe = durable.get(path.name, 0)
        size = path.stat().st_size
        kept = safe + int((size - safe) * cut)
        if kept:
            with path.open("r+b") as file:
                file.truncate(kept)
        else:
            path.unlink()


def sizes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_size for path in files(folder)}


def drain(archive: Archive) -> None:
    """Wait until the units are in the page cache; nothing is synced."""
    for writer in archive._writers:
        writer.drain()


@pytest.mark.parametrize("cut", [0.0, 0.13, 0.5, 0.999, 1.0])
def test_a_segment_left_open_is_cut_at_its_last_whole_fragment_and_closed(tmp_path: Path, cut: float) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path / "a", clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    camera.record(3)
    archive.flush()
    durable = sizes(tmp_path / "a")
    camera.record(4)
    drain(archive)
    power_cut(tmp_path / "a", tmp_path / "b", durable, cut)
    archive.close()
    clock.advance(9 * US_PER_S)

    again = open_archive(tmp_path / "b", clock)

    again.add_stream(STREAM, "cam-01", "main")
    (view,) = again.index.segments(STREAM, 0, clock.wall_us())
    assert view.end_reason == "crash"
    assert len(view.fragments) == {0.0: 3, 0.13: 3, 0.5: 5, 0.999: 6, 1.0: 7}[cut]
    assert [cause for _, _, cause in assert_tiled(again, STREAM, clock.wall_us())] == ["recorded", "crash"]
    again.close()
    report = check_archive([tmp_path / "b"], now_us=clock.wall_us())
    assert report.faults == []


def test_the_next_segment_continues_the_chain_of_the_one_a_crash_closed(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path / "a", clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    camera.record(3)
    drain(archive)
    power_cut(tmp_path / "a", tmp_path / "b", {}, 0.6)
    archive.close()

    again = open_archive(tmp_path / "b", clock)
    Camera(again.add_stream(STREAM, "cam-01", "main"), clock).segment(2)
    again.close()

    report = check_archive([tmp_path / "b"], now_us=clock.wall_us())
    assert (report.faults, report.notes) == ([], [])
    assert [path.stem[-2:] for path in files(tmp_path / "b")] == ["01", "02"]


def test_footage_lost_in_a_closed_file_is_noted_as_a_break_of_the_chain(tmp_path: Path) -> None:
    clock = ManualClock()
    archive = open_archive(tmp_path / "a", clock)
    camera = Camera(archive.add_stream(STREAM, "cam-01", "main"), clock)
    camera.begin()
    camera.record(3)
    archive.flush()
    durable = sizes(tmp_path / "a")
    camera.record(3)
    camera.writer.end(clock.wall_us(), "rotated")
    camera.segment(2)
    drain(archive)
    shutil.copytree(tmp_path / "a", tmp_path / "b")
    archive.close()
    first, _ = files(tmp_path / "b")
    with first.open("r+b") as file:  # the newer file came to the disk before the older one's end
        file.truncate(durable[first.name] + 100)

    again = open_archive(tmp_path / "b", clock)
    again.add_stream(STREAM, "cam-01", "main")
    assert [cause for *_, cause in assert_tiled(again, STREAM, clock.wall_us())] == ["recorded", "crash", "recorded"]
    again.close()

    report = check_archive([tmp_path / "b"], now_us=clock.wall_us())
    assert report.faults == []
    assert len(report.notes) == 1


class CrashAnywhere(RuleBasedStateMachine):
    """Records, flushes, stops, crashes in any order; after every crash the archive is sound."""

    @initialize()
    def start(self) -> None:
        place = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.root = Path(tempfile.mkdtemp(dir=place))
        self.clock = ManualClock()
        self.number = 0
        self.durable: dict[str, int] = {}
        self.digests: dict[str, str] = {}
        self.open()

    @property
    def folder(self) -> Path:
        return self.root / str(self.number)

    def open(self) -> None:
        self.archive = open_archive(self.folder, self.clock)
        self.camera = Camera(self.archive.add_stream(STREAM, "cam-01", "main"), self.clock, sample_bytes=40)
        self.is_recording = False

    @rule(seconds=st.integers(1, 3))
    def record(self, seconds: int) -> None:
        if not self.is_recording:
            self.camera.begin()
            self.is_recording = True
        self.camera.record(seconds)

    @rule(reason=st.sampled_from(["rotated", "signal_lost", "parameters_changed"]))
    def end(self, reason: str) -> None:
        self.camera.writer.end(self.camera.now_us, reason)
        self.is_recording = False

    @rule(cause=st.sampled_from(["no_signal", "refused", "maintenance"]), seconds=st.integers(0, 9))
    def missing(self, cause: str, seconds: int) -> None:
        self.camera.writer.missing(cause)
        self.is_recording = False
        self.clock.advance(seconds * US_PER_S)

    @rule(seconds=st.sampled_from([-3600, -2, 3600]))
    def step_clock(self, seconds: int) -> None:
        self.camera.writer.end(self.camera.now_us, "clock_step")
        self.is_recording = False
        self.clock.step(seconds * US_PER_S)

    @rule()
    def flush(self) -> None:
        self.archive.flush()
        self.durable = sizes(self.folder)
        self.digests = {path.name: digest(path, self.durable[path.name]) for path in files(self.folder)}

    @rule(is_all_on_disk=st.booleans(), cut=st.floats(0, 1))
    def crash(self, is_all_on_disk: bool, cut: float) -> None:
        drain(self.archive)
        if is_all_on_disk:  # kill -9: the page cache survives
            shutil.copytree(self.folder, self.root / str(self.number + 1))
        else:
            power_cut(self.folder, self.root / str(self.number + 1), self.durable, cut)
        self.archive.close()
        self.number += 1
        self.clock.advance(5 * US_PER_S)
        self.open()
        self.look()

    @rule()
    def stop(self) -> None:
        self.archive.close()
        self.clock.advance(5 * US_PER_S)
        self.open()
        self.look()

    def look(self) -> None:
        """Sound, tiled, and every byte that was durable is still there."""
        self.archive.flush()
        now_us = max([self.clock.wall_us(), *(end for _, end, _ in tiles_of(self.archive))])
        report = check_archive([self.folder], now_us=now_us)
        assert report.faults == []
        for path in files(self.folder):
            if path.name in self.digests:
                assert digest(path, self.durable[path.name]) == self.digests[path.name]
        assert set(self.digests) <= {path.name for path in files(self.folder)}
        self.durable = sizes(self.folder)
        self.digests = {path.name: digest(path, self.durable[path.name]) for path in files(self.folder)}

    @invariant()
    def time_is_tiled(self) -> None:
        found = tiles_of(self.archive)
        for (_, end, _), (start, _, _) in pairwise(found):
            assert end == start

    def teardown(self) -> None:
        self.archive.close()
        shutil.rmtree(self.root)


def tiles_of(archive: Archive) -> list[tuple[int, int, str]]:
    drain(archive)
    index = archive.index
    found = [(view.start_us, view.end_us, "recorded") for view in index.segments(STREAM, 0, 1 << 62)]
    found += [(gap.start_us, gap.end_us or 0, gap.cause) for gap in index.gaps(STREAM, 0, 1 << 62)]
    return sorted(found)


def digest(path: Path, size: int) -> str:
    with path.open("rb") as file:
        return hashlib.sha256(file.read(size)).hexdigest()


TestCrashAnywhere = CrashAnywhere.TestCase
TestCrashAnywhere.settings = settings(
    max_examples=60, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
