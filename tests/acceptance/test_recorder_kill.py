"""`kill -9` at random moments: what was handed to the disk plays, what is missing is said, nothing is overwritten.

A short run here; NANGMAI_KILLS=50 makes it the long one.
"""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import time
from pathlib import Path

from acceptance.recorder_stand import Judge, RecorderProcess, cameras_of, checked, wait_until, write_config
from nangmai.archive.scan import SegmentUnusable, find_segment
from nangmai.simulator import Camera, Recipe, running

KILLS = int(os.environ.get("NANGMAI_KILLS", "4"))
CAMERAS = [
    Camera("h264", Recipe(seconds=4, fps=20, gop_seconds=1)),
    Camera("h265", Recipe(codec="h265", seconds=4, fps=20, gop_seconds=2)),
    Camera("reordered", Recipe(seconds=4, fps=20, b_frames=2)),
]


def whole_units(volume: Path) -> dict[Path, tuple[int, str]]:
    """How far each file is whole, and the hash of that part: recovery must not change a byte of it."""
    found = {}
    for path in volume.glob("*.main/*/*.mp4"):
        try:
            end = find_segment(path, verify=False).whole_size
        except SegmentUnusable:
            continue  # its head is being written
        found[path] = (end, hashlib.sha256(path.read_bytes()[:end]).hexdigest())
    return found


def wait_for_files(volume: Path, count: int) -> None:
    """Wait until so many segments hold something."""
    wait_until(lambda: len(whole_units(volume)) >= count, "every camera is recorded")


def test_a_killed_recorder_loses_only_what_it_had_in_its_hands(tmp_path: Path) -> None:
    moments = random.Random(os.environ.get("NANGMAI_SEED", "1"))
    volume = tmp_path / "archive"
    with running(CAMERAS) as simulator:
        config = write_config(tmp_path, cameras_of(simulator))
        before: dict[Path, tuple[int, str]] = {}
        for _ in range(KILLS):
            recorder = RecorderProcess(config)
            wait_for_files(volume, len(before) + len(CAMERAS))
            time.sleep(moments.uniform(0, 4))
            recorder.kill()
            for path, (end, digest) in before.items():
                assert hashlib.sha256(path.read_bytes()[:end]).hexdigest() == digest, f"{path} was overwritten"
            before = whole_units(volume)
        recorder = RecorderProcess(config)
        wait_for_files(volume, len(before) + len(CAMERAS))
        time.sleep(2)
        assert recorder.stop() == 0
        for path, (end, digest) in before.items():
            assert hashlib.sha256(path.read_bytes()[:end]).hexdigest() == digest, f"{path} was cut into"
    assert checked(volume)["segments"] >= len(CAMERAS) * (KILLS + 1)
    with Judge(volume) as judge:
        for camera in CAMERAS:
            stream = f"{camera.id}.main"
            assert [segment.end_reason for segment in judge.segments(stream)].count("crash") == KILLS
            assert judge.decode_everything(stream) == len(judge.stamps(stream))
            judge.prove_gaps(stream, 50_000)
            judge.prove_clock(stream, 500_000)
            play_with_ffmpeg([segment.path for segment in judge.segments(stream)])


def play_with_ffmpeg(paths: list[Path]) -> None:
    """A player that nobody here wrote, where there is one."""
    if shutil.which("ffmpeg") is None:
        return
    for path in paths:
        command = ["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-f", "null", "-"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, ""), path
