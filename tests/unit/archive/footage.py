"""Makes units as ingest does, without a camera: real boxes, random samples, times as asked for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nangmai.archive.archive import Archive
from nangmai.archive.records import FLAG_KEY, Unit
from nangmai.archive.stream import StreamWriter
from nangmai.base.clock import ManualClock
from nangmai.base.units import US_PER_S
from nangmai.media.isobmff import Sample, TrackRun, fragment_header, init_segment, prft
from nangmai.media.isobmff.boxes import box
from nangmai.media.picture import VideoParameters

FPS = 10
START_US = 1_790_000_000 * US_PER_S


def parameters(width: int = 640, height: int = 360) -> VideoParameters:
    """Parameters that no decoder will ever see."""
    return VideoParameters("h264", width, height, float(FPS), "avc1.4d401e", box(b"avc1", bytes(78)), 0)


def make_unit(
    start_us: int,
    start_90k: int,
    *,
    pictures: int = FPS,
    sample_bytes: int = 300,
    is_key: bool = True,
    activity: int = 5,
    flags: int = 0,
) -> Unit:
    """One fragment; its samples are random, so that no two are alike."""
    sizes = [sample_bytes * (4 if is_key and number == 0 else 1) for number in range(pictures)]
    samples = [random.randbytes(size) for size in sizes]
    run = TrackRun(start_90k, [Sample(size, 90_000 // FPS, 0, is_key and n == 0) for n, size in enumerate(sizes)])
    header = fragment_header(1, run, None)
    parts = [prft(start_us, start_90k), header, *samples]
    return Unit(
        parts=parts,
        start_us=start_us,
        start_90k=start_90k,
        duration_90k=pictures * 90_000 // FPS,
        key_size=sizes[0] if is_key else 0,
        data_offset=len(parts[0]) + len(header),
        pictures=pictures,
        activity=activity,
        flags=flags | (FLAG_KEY if is_key else 0),
    )


class Camera:
    """Feeds one stream, one second a unit, on the clock given."""

    def __init__(self, writer: StreamWriter, clock: ManualClock, **unit: Any) -> None:
        self.writer = writer
        self.clock = clock
        self.unit = unit
        self._start_us = 0
        self._begun_mono_us = 0

    @property
    def now_us(self) -> int:
        """The wall time of the next picture: where the segment really began, and on from there."""
        return self._start_us + self.clock.mono_us() - self._begun_mono_us

    def begin(self, width: int = 640) -> None:
        """Open a segment now."""
        video = parameters(width)
        self._begun_mono_us = self.clock.mono_us()
        self._start_us = self.writer.begin(
            init_segment(video, None), video, None, self.clock.wall_us(), self._begun_mono_us, None
        )

    def record(self, seconds: int) -> bool:
        """Write a unit a second; False as soon as one is refused."""
        for _ in range(seconds):
            start_us = self.now_us
            unit = make_unit(start_us, (start_us - self._start_us) * 9 // 100, **self.unit)
            if not self.writer.write(unit):
                return False
            self.clock.advance(US_PER_S)
        return True

    def segment(self, seconds: int, reason: str = "rotated", width: int = 640) -> None:
        """A whole segment."""
        self.begin(width)
        self.record(seconds)
        self.writer.end(self.now_us, reason)


def open_archive(folder: Path, clock: ManualClock, *more: Path, **options: Any) -> Archive:
    """An archive in `folder`, flushed only when a test says so."""
    options = {"recorder": "nvr-1", "flush_seconds": 3600} | options
    return Archive.open([folder, *more], clock=clock, **options)


def files(folder: Path) -> list[Path]:
    """All segment files below a volume."""
    return sorted(folder.glob("*/*/*.mp4"))


def tiles(archive: Archive, stream: str, until_us: int) -> Iterator[tuple[int, int, str]]:
    """Recorded intervals and gaps of a stream in order of time."""
    index = archive.index
    since_us = index.stream(stream).since_us
    found = [(view.start_us, view.end_us, "recorded") for view in index.segments(stream, since_us, until_us)]
    found += [(gap.start_us, gap.end_us or 0, gap.cause) for gap in index.gaps(stream, since_us, until_us)]
    return iter(sorted(found))


def assert_tiled(archive: Archive, stream: str, until_us: int) -> list[tuple[int, int, str]]:
    """Recorded + gaps = the whole time, exactly; where footage was deleted, the deletion record stands in."""
    index = archive.index
    info = index.stream(stream)
    moment_us = info.since_us
    deleted = index.query("SELECT first_us, last_us FROM deletion WHERE stream_id = ?", info.id)
    found = list(tiles(archive, stream, until_us))
    for start_us, end_us, _ in found:
        assert start_us == moment_us or any(a <= moment_us < start_us <= b for a, b in deleted)
        assert end_us > start_us
        moment_us = end_us
    assert moment_us == until_us
    return found
