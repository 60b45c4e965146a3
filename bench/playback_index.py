"""Find and seek in an index of 78 cameras and 20 days (2.25 million segments), made through the real schema.

The rows are true to form, not to footage: the files they name do not exist. Run alone for its figures as JSON:
`python -m bench.playback_index [--cameras 78] [--days 20] [--keep FOLDER]`.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import sqlite3
import statistics
import struct
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

from nangmai.archive.archive import Archive
from nangmai.archive.index import Index
from nangmai.archive.index_file import INDEX_NAME
from nangmai.archive.records import FLAG_KEY
from nangmai.archive.schema import connect, prepare
from nangmai.base.clock import ManualClock, SystemClock
from nangmai.base.units import US_PER_DAY, US_PER_S

SEGMENT_US = 60 * US_PER_S
FRAGMENT_S = 2
FRAGMENTS = SEGMENT_US // US_PER_S // FRAGMENT_S
FRAGMENT_BYTES = 2_000_000
BOOT_ID = "00000000-0000-0000-0000-000000000001"
VOLUME = "00000000-0000-0000-0000-0000000000aa"
SAMPLES = 300

INIT = '{"video":{"codec":"h265","codecs":"hvc1.1.6.L153.B0","width":3840,"height":2160,"fps":25.0},"audio":null}'
_INSERT = "INSERT INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"


def make_index(path: Path, *, cameras: int, days: int, end_us: int) -> int:
    """Write an index of its own; returns the number of segments."""
    with closing(connect(path)) as connection:
        prepare(connection, path)
        connection.execute("INSERT INTO volume VALUES (1, ?, 1, '/footage')", (VOLUME,))
        return add_history(connection, volume=1, cameras=cameras, days=days, end_us=end_us)


def make_archive(folder: Path, *, recorder: str, cameras: int, days: int, end_us: int) -> int:
    """An archive that a recorder can go on with, whose index knows of days for which no file is there."""
    clock = SystemClock()
    Archive.open([folder], recorder=recorder, clock=clock).close()
    with closing(connect(folder / "state" / INDEX_NAME)) as connection:
        volume = connection.execute("SELECT id FROM volume").fetchone()[0]
        return add_history(connection, volume=volume, cameras=cameras, days=days, end_us=end_us)


def add_history(connection: sqlite3.Connection, *, volume: int, cameras: int, days: int, end_us: int) -> int:
    """Rows of every minute of all cameras; returns their number."""
    per_stream = days * US_PER_DAY // SEGMENT_US
    start_us = end_us - days * US_PER_DAY
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("BEGIN")
    connection.execute("INSERT INTO init VALUES ('0123456789abcdef', x'00', x'00', ?)", (INIT,))
    for camera in range(1, cameras + 1):
        name = f"cam-{camera:02d}"
        connection.execute("INSERT INTO stream VALUES (?, ?, ?, 'main', ?)", (camera, f"{name}.main", name, start_us))
        connection.executemany(_INSERT, _segments(camera, volume, start_us, per_stream))
    connection.execute("COMMIT")
    return cameras * per_stream


def _segments(stream: int, volume: int, start_us: int, count: int) -> Iterator[tuple[Any, ...]]:
    shapes = [_fragments(random.Random(stream * 100 + shape)) for shape in range(16)]
    chain = hashlib.sha256(bytes(stream)).digest()
    for number in range(count):
        seq = number + 1
        following = hashlib.sha256(chain).digest()
        packed, activity = shapes[number % len(shapes)]
        begin_us = start_us + number * SEGMENT_US
        yield (
            stream << 32 | seq, stream, seq, volume, begin_us, begin_us + SEGMENT_US, number * SEGMENT_US, BOOT_ID,
            "0123456789abcdef", FRAGMENTS * FRAGMENT_BYTES, FRAGMENTS * FRAGMENT_S * 25,
            90_000 * SEGMENT_US // US_PER_S, activity, 0, "rotated", "closed", following, chain, packed,
        )  # fmt: skip
        chain = following


def _fragments(chance: random.Random) -> tuple[bytes, int]:
    records, peak = [], 0
    for number in range(FRAGMENTS):
        activity = chance.randrange(1000)
        peak = max(peak, activity)
        fields = (
            number * FRAGMENT_S * US_PER_S, number * FRAGMENT_S * 90_000, FRAGMENT_S * 90_000,
            2000 + number * FRAGMENT_BYTES, FRAGMENT_BYTES, 1200, 150_000, FRAGMENT_S * 25, activity, FLAG_KEY,
        )  # fmt: skip
        records.append(struct.pack("<7I3H6x", *fields))
    return b"".join(records), peak


def run(*, quick: bool = False, cameras: int = 78, days: int = 20, folder: Path | None = None) -> dict[str, Any]:
    """Make the index and measure what a player asks of it; milliseconds, p50 and p95 over random moments."""
    if quick:
        cameras, days = min(cameras, 8), min(days, 5)
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        path = Path(scratch) / "index.sqlite3"
        clock = ManualClock()
        started = time.perf_counter()
        segments = make_index(path, cameras=cameras, days=days, end_us=clock.wall_us())
        made_s = time.perf_counter() - started
        index = Index(path, clock)
        index.attach(None, {1: Path("/footage")})
        figures = _measure(index, clock.wall_us(), cameras, days)
        index.close()
        return {
            "segments": segments,
            "cameras": cameras,
            "days": days,
            "index_bytes": path.stat().st_size,
            "make_s": round(made_s, 1),
            "sqlite": sqlite3.sqlite_version,
            **figures,
            "claims": {
                "find a moment and its fragment, ms (p95)": _claim(figures["find_and_seek_ms"]["p95"], 1.0),
                "activity of all days of one camera, ms (p50)": _claim(figures["activity_of_all_days_ms"]["p50"], 100),
            },
        }


def _claim(measured: float, limit: float) -> dict[str, Any]:
    return {"measured": measured, "limit": limit, "holds": measured <= limit}


def _measure(index: Index, now_us: int, cameras: int, days: int) -> dict[str, Any]:
    chance = random.Random(1)
    first_us = now_us - days * US_PER_DAY

    def anywhere() -> tuple[str, int]:
        return f"cam-{chance.randint(1, cameras):02d}.main", chance.randrange(first_us, now_us)

    def seek() -> None:
        stream, at_us = anywhere()
        view = index.segment_at(stream, at_us)
        assert view is not None
        number = view.key_at(at_us)
        assert number is not None
        assert view.byte_range(number, number)[1] == FRAGMENT_BYTES

    def hour() -> None:
        stream, at_us = anywhere()
        sum(len(view.fragments) for view in index.segments(stream, at_us, at_us + 3600 * US_PER_S))

    def hour_of_activity() -> None:
        stream, at_us = anywhere()
        index.activity(stream, at_us, at_us + 3600 * US_PER_S, 800)

    def all_of_activity() -> None:
        index.activity(anywhere()[0], first_us, now_us, 800)

    def all_of_completeness() -> None:
        index.completeness(anywhere()[0], first_us, now_us)

    return {
        "find_and_seek_ms": _timed(seek, SAMPLES),
        "index_of_an_hour_ms": _timed(hour, SAMPLES // 3),
        "activity_of_an_hour_ms": _timed(hour_of_activity, SAMPLES // 3),
        "activity_of_all_days_ms": _timed(all_of_activity, 40),
        "completeness_of_all_days_ms": _timed(all_of_completeness, 40),
    }


def _timed(work: Callable[[], None], samples: int) -> dict[str, float]:
    taken = []
    for _ in range(samples):
        started = time.perf_counter()
        work()
        taken.append((time.perf_counter() - started) * 1000)
    return {"p50": round(statistics.median(taken), 3), "p95": round(sorted(taken)[int(samples * 0.95)], 3)}


def main() -> None:
    """Print the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cameras", type=int, default=78)
    parser.add_argument("--days", type=int, default=20)
    parser.add_argument("--keep", type=Path, help="where the index is made while it is measured")
    chosen = parser.parse_args()
    print(json.dumps(run(cameras=chosen.cameras, days=chosen.days, folder=chosen.keep), indent=2))


if __name__ == "__main__":
    main()
