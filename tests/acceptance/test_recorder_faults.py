"""Cameras, disks and clocks that misbehave: recording goes on, nothing recorded is lost, and gaps have causes."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from acceptance.recorder_stand import (
    PATIENCE_S,
    Judge,
    RecorderProcess,
    cameras_of,
    checked,
    has_root,
    wait_until,
    write_config,
)
from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.recorder.config import load_config
from nangmai.recorder.node import Node
from nangmai.simulator import Camera, Recipe, running

HOUR_US = 3600 * US_PER_S
SMALL = Recipe(seconds=2, fps=20)
LARGE = Recipe(seconds=2, fps=20, width=640, height=360, codec="h265")


class SteppedClock(SystemClock):
    """The machine's clock, set by somebody else now and then."""

    def __init__(self) -> None:
        super().__init__()
        self.step_us = 0

    def wall_us(self) -> int:
        return super().wall_us() + self.step_us


def record(config: Path, script: Callable[[Node], Any], clock: SystemClock | None = None) -> None:
    """Run a node in this process while `script` does something to it."""

    async def main() -> None:
        node = Node(load_config(config), clock)
        await node.start()
        try:
            await script(node)
        finally:
            await node.stop()

    asyncio.run(main())


async def until(is_met: Callable[[], Any]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE_S):
        while not is_met():  # noqa: ASYNC110 what is waited for has no event
            await asyncio.sleep(0.05)


def stream(node: Node, name: str) -> Any:
    """One stream of the node."""
    return next(found for found in node.streams if found.name == name)


def fragments(node: Node, name: str) -> int:
    """How many fragments a stream has handed to the archive."""
    return int(stream(node, name).ingest.counters.fragments)


async def more_fragments(node: Node, name: str, count: int = 3) -> None:
    """Wait until a stream has recorded some more."""
    target = fragments(node, name) + count
    await until(lambda: fragments(node, name) >= target)


@pytest.mark.parametrize("step_us", [HOUR_US, -HOUR_US], ids=["forward", "back"])
def test_a_clock_that_is_set_by_an_hour_costs_no_picture(tmp_path: Path, step_us: int) -> None:
    clock = SteppedClock()

    async def script(node: Node) -> None:
        await more_fragments(node, "cam.main")
        clock.step_us = step_us
        await until(lambda: stream(node, "cam.main").ingest.counters.segments >= 2)
        await more_fragments(node, "cam.main")

    with running([Camera("cam", SMALL)]) as simulator:
        record(write_config(tmp_path, cameras_of(simulator)), script, clock)
    with Judge(tmp_path / "archive") as judge:
        counters = [stamp.counter for stamp in judge.stamps("cam.main")]
        assert counters == list(range(counters[0], counters[0] + len(counters)))
        first, second = judge.segments("cam.main")
        assert first.end_reason == "clock_step"
        gaps = [gap for gap in judge.index.gaps("cam.main", first.end_us, second.end_us) if gap.cause == "clock_step"]
        if step_us > 0:
            (gap,) = gaps
            assert abs(second.start_us - first.end_us - step_us) < US_PER_S
            assert (gap.start_us, gap.end_us) == (first.end_us, second.start_us)
        else:
            assert (second.start_us, gaps) == (first.end_us, [])
        assert "recorder:clock:stepped" in [event.name for event in judge.index.events()]


def test_a_camera_that_reboots_into_another_resolution_goes_on_in_a_new_segment(tmp_path: Path) -> None:
    camera = Camera("cam", SMALL, other={"large": LARGE})
    with running([camera]) as simulator:

        async def script(node: Node) -> None:
            await more_fragments(node, "cam.main")
            await asyncio.to_thread(simulator.fault, "cam", "reboot", seconds=1, clip="large")
            await until(lambda: stream(node, "cam.main").state().width == 640)
            await more_fragments(node, "cam.main")

        record(write_config(tmp_path, cameras_of(simulator)), script)
    checked(tmp_path / "archive")
    with Judge(tmp_path / "archive") as judge:
        inits = [judge.index.init(segment.init_id) for segment in judge.segments("cam.main")]
        sizes = [(init.video["codec"], init.video["width"]) for init in inits if init and init.video]
        assert sizes == [("h264", 320), ("h265", 640)]
        assert judge.decode_everything("cam.main") == len(judge.stamps("cam.main"))
        before, after = judge.segments("cam.main")
        gaps = judge.index.gaps("cam.main", before.start_us, after.end_us)
        assert (gaps[0].start_us, gaps[-1].end_us) == (before.end_us, after.start_us)
        assert gaps[0].cause == "no_signal"
        assert {gap.cause for gap in gaps} <= {"no_signal", "waiting_for_key_picture"}


def test_new_parameters_in_mid_stream_begin_a_segment_without_a_hole(tmp_path: Path) -> None:
    camera = Camera("cam", SMALL, other={"large": Recipe(seconds=2, fps=20, width=640, height=360)})
    with running([camera]) as simulator:

        async def script(node: Node) -> None:
            await more_fragments(node, "cam.main")
            await asyncio.to_thread(simulator.fault, "cam", "switch", clip="large")
            await until(lambda: stream(node, "cam.main").state().width == 640)
            await more_fragments(node, "cam.main")

        record(write_config(tmp_path, cameras_of(simulator)), script)
    checked(tmp_path / "archive")
    with Judge(tmp_path / "archive") as judge:
        before, after = judge.segments("cam.main")
        assert (before.end_reason, before.end_us) == ("parameters_changed", after.start_us)
        assert judge.decode_everything("cam.main") == len(judge.stamps("cam.main"))


def test_timestamps_that_jump_close_the_segment_and_keep_the_connection(tmp_path: Path) -> None:
    with running([Camera("cam", SMALL)]) as simulator:

        async def script(node: Node) -> None:
            await more_fragments(node, "cam.main")
            await asyncio.to_thread(simulator.fault, "cam", "clock_jump", by_seconds=-3600.0)
            await until(lambda: stream(node, "cam.main").ingest.counters.segments >= 2)
            await more_fragments(node, "cam.main")
            assert stream(node, "cam.main").stats.reconnects == 0

        record(write_config(tmp_path, cameras_of(simulator)), script)
    checked(tmp_path / "archive")
    with Judge(tmp_path / "archive") as judge:
        assert judge.segments("cam.main")[0].end_reason == "timestamp_jump"
        judge.prove_gaps("cam.main", 50_000)


def test_cameras_that_cannot_be_reached_or_refuse_disturb_no_other(tmp_path: Path) -> None:
    cameras = [Camera("good", SMALL), Camera("locked", SMALL, user="admin", password="right")]
    with running(cameras) as simulator:
        urls = {
            "good": simulator.url("good"),
            "locked": simulator.url("locked", with_credentials=False).replace("rtsp://", "rtsp://admin:wrong@"),
            "gone": "rtsp://127.0.0.1:1/nothing",
        }

        async def script(node: Node) -> None:
            await more_fragments(node, "good.main", 5)
            await until(lambda: stream(node, "locked.main").state().state == "refused")
            await until(lambda: stream(node, "gone.main").state().state == "no_signal")
            for name in ("locked.main", "gone.main"):
                message = stream(node, name).state().message
                assert message
                assert "wrong" not in message
                assert "\n" not in message

        record(write_config(tmp_path, urls), script)
    checked(tmp_path / "archive")
    with Judge(tmp_path / "archive") as judge:
        now_us = 2**62
        assert {gap.cause for gap in judge.index.gaps("locked.main", 0, now_us)} >= {"refused"}
        assert {gap.cause for gap in judge.index.gaps("gone.main", 0, now_us)} <= {"no_signal", "recorder_down"}
        judge.prove_gaps("good.main", 50_000)


@pytest.fixture
def small_volume(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB."""
    if not has_root():
        pytest.skip("mounting a file system needs root")
    path = tmp_path / "small"
    path.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(path)]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("file systems cannot be mounted here")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


class FailingVolume:
    """An ext4 file system in a file, which can be made to turn read-only as after an error of its disk."""

    def __init__(self, path: Path, image: Path) -> None:
        self.path = path
        self._image = image

    def make(self) -> bool:
        """Whether this machine can make one."""
        self.path.mkdir()
        with self._image.open("wb") as file:
            file.truncate(64 << 20)
        if shutil.which("mkfs.ext4") is None:
            return False
        return self._run("mkfs.ext4", "-q", str(self._image)) and self.mount()

    def mount(self) -> bool:
        return self._run("mount", "-o", "loop,errors=remount-ro", str(self._image), str(self.path))

    def unmount(self) -> None:
        assert self._run("umount", str(self.path)) or self._run("umount", "-l", str(self.path))

    @property
    def trigger(self) -> Path:
        """What tells the kernel that it has met an error."""
        mounts = [line.split() for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
        device = next(Path(fields[0]).name for fields in mounts if fields[1] == str(self.path))
        return Path(f"/sys/fs/ext4/{device}/trigger_fs_error")

    def fail(self) -> None:
        self.trigger.write_text("a disk error", encoding="ascii")

    @staticmethod
    def _run(*command: str) -> bool:
        return not subprocess.run(command, capture_output=True, check=False).returncode


@pytest.fixture
def failing_volume(tmp_path: Path) -> Iterator[FailingVolume]:
    volume = FailingVolume(tmp_path / "failing", tmp_path / "image")
    if not has_root() or not volume.make():
        pytest.skip("an ext4 file system cannot be made and mounted here")
    try:
        if not volume.trigger.exists():
            pytest.skip("this kernel cannot be told to meet a disk error")
        yield volume
    finally:
        volume.unmount()


def test_a_full_disk_deletes_nothing_that_is_promised_and_says_so(tmp_path: Path, small_volume: Path) -> None:
    camera = Camera("cam", Recipe(seconds=2, fps=20, megabits=2.0, noise=3))
    with running([camera]) as simulator:
        config = write_config(
            tmp_path, cameras_of(simulator), archive=[str(small_volume)], more=f'state = "{tmp_path / "state"}"'
        )

        async def script(node: Node) -> None:
            await more_fragments(node, "cam.main", 2)
            ballast = small_volume / "ballast"
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:  # somebody else fills the disk
                    file.write(bytes(1 << 16))
            await until(lambda: stream(node, "cam.main").ingest.state == "disk")
            assert node.health().state == "alarm"
            ballast.unlink()
            await until(lambda: stream(node, "cam.main").ingest.state == "recording")
            await more_fragments(node, "cam.main", 2)

        record(config, script)
        with Judge(small_volume, state=tmp_path / "state") as judge:
            causes = {gap.cause for gap in judge.index.gaps("cam.main", 0, 2**62)}
            assert causes & {"disk_full", "disk_failed"}
            assert judge.segments("cam.main")[0].seq == 1, "footage younger than the floor was deleted"
            assert judge.decode_everything("cam.main") == len(judge.stamps("cam.main"))
            judge.prove_gaps("cam.main", 50_000)
        checked(small_volume, state=tmp_path / "state")


def test_when_a_disk_turns_read_only_the_next_volume_takes_over(tmp_path: Path, failing_volume: FailingVolume) -> None:
    volume, spare, state = failing_volume.path, tmp_path / "spare", tmp_path / "state"
    with running([Camera("cam", SMALL)]) as simulator:
        volumes = [str(volume), str(spare)]
        config = write_config(tmp_path, cameras_of(simulator), archive=volumes, more=f'state = "{state}"')

        async def script(node: Node) -> None:
            await more_fragments(node, "cam.main", 2)
            failing_volume.fail()
            await until(lambda: list(spare.glob("cam.main/*/*.mp4")))
            await more_fragments(node, "cam.main", 2)
            assert node.health().state == "alarm"
            assert str(volume) in node.health().message

        async def short(node: Node) -> None:
            await more_fragments(node, "cam.main", 1)

        record(config, script)
        record(config, short)  # the disk is still read-only: the recorder starts all the same
        failing_volume.unmount()
        assert failing_volume.mount()
        record(config, short)  # repaired: what it holds is mended and adopted
    with Judge(volume, spare, state=state) as judge:
        folders = [segment.path.relative_to(tmp_path).parts[0] for segment in judge.segments("cam.main")]
        assert folders[:2] == ["failing", "spare"]
        assert judge.decode_everything("cam.main") == len(judge.stamps("cam.main"))
        judge.prove_gaps("cam.main", 50_000)
        assert "disk_failed" in {gap.cause for gap in judge.index.gaps("cam.main", 0, 2**62)}
    checked(volume, spare, state=state)


def test_a_second_recorder_on_the_same_archive_is_refused_in_one_sentence(tmp_path: Path) -> None:
    with running([Camera("cam", SMALL)]) as simulator:
        config = write_config(tmp_path, cameras_of(simulator))
        recorder = RecorderProcess(config)
        try:
            done = subprocess.run(
                [sys.executable, "-m", "nangmai", "recorder", "--config", str(config)],
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode != 0
            assert len([line for line in done.stderr.splitlines() if line.startswith("nangmai: ")]) == 1
            assert "Traceback" not in done.stderr
            wait_until(lambda: list(tmp_path.glob("archive/cam.main/*/*.mp4")), "the first goes on")
        finally:
            assert recorder.stop() == 0
