"""`check` beside a recorder that works hard: rotations, gaps, deletions, flushes all the time, and no false alarm."""

from __future__ import annotations

import random
import threading
import time
from pathlib import Path

from nangmai.archive.archive import Archive
from nangmai.archive.check import check_archive
from nangmai.archive.retention import RetentionRules
from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.media.isobmff import init_segment
from unit.archive.footage import make_unit, parameters

CHECKS = 12
UNIT_US = US_PER_S // 10


def work(archive: Archive, clock: SystemClock, stop: threading.Event) -> None:
    """Four streams in fast motion: a unit of a tenth of a second at a time, segments of a few of them."""
    chance = random.Random(1)
    writers = [archive.add_stream(f"cam-{n}.main", f"cam-{n}", "main") for n in range(4)]
    video = parameters()
    init = init_segment(video, None)
    while not stop.is_set():
        for writer in writers:
            start_us = writer.begin(init, video, None, clock.wall_us(), clock.mono_us(), None)
            for n in range(chance.randint(1, 4)):
                unit = make_unit(start_us + n * UNIT_US, n * 9000, pictures=1, sample_bytes=500)
                assert writer.write(unit)
                time.sleep(0.005)
            end_us = max(clock.wall_us(), start_us + 4 * UNIT_US)
            if chance.random() < 0.5:
                writer.end(end_us, "signal_lost")
                writer.missing("no_signal")
            else:
                writer.end(end_us, "rotated")


def test_a_check_beside_a_busy_recorder_finds_nothing(tmp_path: Path) -> None:
    clock = SystemClock()
    rules = RetentionRules(min_days=0, max_days=2 / 86_400)
    archive = Archive.open([tmp_path], recorder="nvr-1", clock=clock, flush_seconds=0.05, retention=rules)
    stop = threading.Event()
    worker = threading.Thread(target=work, args=(archive, clock, stop))
    worker.start()
    deleted = 0
    try:
        for _ in range(CHECKS):
            time.sleep(0.3)
            report = check_archive([tmp_path], now_us=clock.wall_us())
            assert report.faults == []
            assert report.is_recording
            deleted += archive.retain()
    finally:
        stop.set()
        worker.join()
        archive.close()
    report = check_archive([tmp_path], now_us=clock.wall_us() + 60 * US_PER_S)
    assert report.faults == []
    assert deleted > 0
    assert report.segments > 0
