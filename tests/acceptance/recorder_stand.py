"""A recorder as a process of its own before simulated cameras, and judges that look at what it left on the disk.

Every simulated picture carries a counter and the wall time it was sent at, so a recording proves its completeness, its
order and its clock by itself; PyAV decodes it, `nangmai check` verifies it.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import av

from nangmai.archive.archive import Archive
from nangmai.archive.index import Index
from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.simulator import Simulator, Stamp, stamps

PATIENCE_S = 60.0  #: far more than anything takes; tests end as soon as they know


def wait_until(is_met: Callable[[], Any], what: str) -> None:
    """Poll; fail with `what` when it never becomes true."""
    end = time.monotonic() + PATIENCE_S
    while not is_met():
        assert time.monotonic() < end, f"never: {what}"
        time.sleep(0.05)


def write_config(
    folder: Path, cameras: dict[str, str], *, archive: Sequence[str] = ("archive",), more: str = "", camera: str = ""
) -> Path:
    """A recorder's file for these cameras; `more` goes into `[recorder]`, `camera` into each camera's table."""
    tables = "".join(
        f'[[camera]]\nid = "{name}"\nname = "{name}"\nmain = "{url}"\n{camera}\n' for name, url in cameras.items()
    )
    path = folder / "nvr.toml"
    volumes = json.dumps(list(archive))
    path.write_text(
        f'[recorder]\nname = "nvr-1"\narchive = {volumes}\nlisten = "127.0.0.1:0"\nflush_seconds = 1\n{more}\n{tables}',
        encoding="utf-8",
    )
    return path


class RecorderProcess:
    """`nangmai recorder --config FILE`."""

    def __init__(self, config: Path) -> None:
        self._log_path = config.with_suffix(".log")
        with self._log_path.open("ab") as log:
            self._position = log.tell()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "nangmai", "recorder", "--config", str(config)], stderr=log, cwd="/"
            )
        try:
            wait_until(lambda: self.address or self._process.poll() is not None, "the recorder listens")
            assert self._process.poll() is None, self.log
        except BaseException:
            self.kill()
            raise

    @property
    def log(self) -> str:
        """What it has said since it was started."""
        return self._log_path.read_bytes()[self._position :].decode()

    @property
    def address(self) -> str | None:
        """Where it listens."""
        match = re.search(r"listens on (http://\S+)", self.log)
        return match[1] if match else None

    def kill(self) -> None:
        """As by `kill -9`."""
        self._process.kill()
        self._process.wait()

    def stop(self) -> int:
        """As by a service manager; returns the exit code."""
        self._process.send_signal(signal.SIGTERM)
        return self._process.wait(PATIENCE_S)


def cameras_of(simulator: Simulator) -> dict[str, str]:
    """Every camera with its address."""
    return {name: simulator.url(name) for name in simulator.cameras}


def checked(*volumes: Path, state: Path | None = None) -> dict[str, Any]:
    """The report of `nangmai check`, which must be clean."""
    arguments = [argument for volume in volumes for argument in ("--archive", str(volume))]
    if state is not None:
        arguments += ["--state", str(state)]
    command = [sys.executable, "-m", "nangmai", "check", "--json", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stdout, done.stderr
    report: dict[str, Any] = json.loads(done.stdout)
    assert report["faults"] == []
    assert done.returncode == 0
    return report


class Judge:
    """Looks at an archive that nobody writes to."""

    def __init__(self, *volumes: Path, state: Path | None = None) -> None:
        self._archive = Archive.open(volumes, state=state, recorder="nvr-1", clock=SystemClock())
        self.index: Index = self._archive.index

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self._archive.close()

    def segments(self, stream: str) -> list[Any]:
        """All segments of a stream."""
        return list(self.index.segments(stream, 0, 2**62))

    def stamps(self, stream: str) -> list[Stamp]:
        """The stamps of all recorded pictures, in the order of the disk."""
        return [stamp for segment in self.segments(stream) for stamp in stamps(segment.path.read_bytes())]

    def decode_everything(self, stream: str) -> int:
        """Decode all segments without an error; returns how many pictures there were."""
        pictures = 0
        for segment in self.segments(stream):
            with av.open(str(segment.path)) as container:
                decoded = sum(1 for _ in container.decode(video=0))
            assert decoded == sum(record.pictures for record in segment.fragments), segment.path
            pictures += decoded
        return pictures

    def prove_gaps(self, stream: str, interval_us: int) -> None:
        """What is missing on the disk is in the gap record, to the second, and nothing else is."""
        segments, found = self.segments(stream), self.stamps(stream)
        counters = [stamp.counter for stamp in found]
        assert counters == sorted(set(counters)), "a picture twice, or out of order"
        gaps = self.index.gaps(stream, segments[0].start_us, segments[-1].end_us)
        missing_us = sum((after.counter - before.counter - 1) * interval_us for before, after in pairwise(found))
        gaps_us = sum((gap.end_us or 0) - gap.start_us for gap in gaps)
        assert abs(missing_us - gaps_us) < US_PER_S * (1 + len(gaps))
        for before, after in pairwise(found):
            if after.counter - before.counter > 1:
                middle_us = (before.wall_ns + after.wall_ns) // 2000
                assert any(gap.start_us <= middle_us <= (gap.end_us or 0) for gap in gaps), "a hole without a gap"

    def prove_clock(self, stream: str, within_us: int) -> None:
        """The wall time of each segment's first picture is when the camera sent it."""
        for segment in self.segments(stream):
            first = stamps(segment.read_units(0, 0))[0]
            assert abs(segment.start_us - first.wall_ns // 1000) < within_us


def has_root() -> bool:
    """Whether file systems can be mounted here."""
    return os.geteuid() == 0
