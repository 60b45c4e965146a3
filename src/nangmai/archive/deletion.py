"""Carries out what retention plans, in small steps that never hold up a writer. It decides nothing itself.

Order (docs/design/archive.md): row marked -> files unlinked -> folders synced -> row gone, deletion on record.
"""

from __future__ import annotations

import contextlib
import logging
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

from nangmai.archive.forecast import CameraIngest, Forecast, forecast
from nangmai.archive.index import Index
from nangmai.archive.index_writer import IndexWriter, Transaction
from nangmai.archive.retention import Candidate, HeldSpan, RetentionRules, plan_deletion
from nangmai.archive.segment_file import segment_path
from nangmai.archive.volume import Volume, sync_folder
from nangmai.base.clock import Clock
from nangmai.base.errors import Error
from nangmai.base.units import US_PER_DAY, US_PER_S

_log = logging.getLogger(__name__)

_PASS_S = 20.0
_STEP = 200
_CANDIDATES = 2000
#: expired footage goes once an hour, so that the deletion record stays short
_EXPIRY_BATCH_US = 3600 * US_PER_S
_FORECAST_US = 3600 * US_PER_S
#: how much faster than the clock retention may believe time to pass: a wrong clock must not empty the archive
_CATCH_UP = 24

Notify = Callable[..., None]


class _Row(NamedTuple):
    id: int
    stream: str
    seq: int
    volume: str
    start_us: int
    end_us: int
    size_bytes: int
    previous_chain: bytes
    link: bytes  #: its chain head, or what the next one names instead where a crash or a disk wrote the end later


_ROWS = """
SELECT segment.id, stream.name, seq, volume.uuid, start_us, end_us, size_bytes, previous_chain,
    CASE WHEN end_reason IN ('disk', 'crash') THEN coalesce((SELECT after.previous_chain FROM segment AS after
        WHERE after.id > segment.id AND after.stream_id = segment.stream_id ORDER BY after.id LIMIT 1), chain_head)
    ELSE chain_head END
FROM segment JOIN stream ON stream.id = stream_id JOIN volume ON volume.id = volume_id
"""


class Deleter:
    """The thread that deletes and forecasts."""

    def __init__(
        self,
        *,
        index: Index,
        writer: IndexWriter,
        volumes: Sequence[Volume],
        rules: RetentionRules,
        clock: Clock,
        trusted: tuple[int, int] | None,
        notify: Notify,
    ) -> None:
        self._index = index
        self._writer = writer
        self._volumes = {volume.uuid: volume for volume in volumes if volume.marker is not None}
        self.rules = rules
        self._clock = clock
        self._base = trusted or (clock.wall_us(), clock.mono_us())
        self._notify = notify
        self._lock = threading.Lock()
        self._trust_lock = threading.Lock()
        self._wake = threading.Event()
        self._is_stopped = False
        self._short: dict[str, int] = {}
        self._forecast_mono_us = 0
        self._is_warned = False
        self.forecast: Forecast | None = None
        self._thread = threading.Thread(target=self._run, name="retention", daemon=True)

    def start(self) -> None:
        """From now on footage past its time goes."""
        self._thread.start()

    def wake(self) -> None:
        """Look now: a volume is running low."""
        self._wake.set()

    def close(self) -> None:
        """Finish the step at hand and stop."""
        self._is_stopped = True
        self._wake.set()
        self._thread.join()

    def trusted_us(self) -> int:
        """The wall clock, but never further ahead of what is known than time could have passed (24 times)."""
        with self._trust_lock:
            base_us, mono_us = self._base
            now_mono_us = self._clock.mono_us()
            believed_us = min(self._clock.wall_us(), base_us + _CATCH_UP * max(0, now_mono_us - mono_us))
            self._base = (believed_us, now_mono_us)
            return believed_us

    def _run(self) -> None:
        while not self._is_stopped:
            try:
                self.run_once()
            except Error as error:
                _log.warning("retention waits: %s", error)
            except Exception:  # noqa: BLE001 - border of the thread: the next pass tries again
                _log.exception("retention failed")
            self._wake.wait(_PASS_S)
            self._wake.clear()

    def run_once(self, *, is_prompt: bool = False) -> int:
        """One pass; returns how many segments went. `is_prompt`: expired footage goes at once, not with its hour."""
        with self._lock:
            self._finish_marked()
            now_us = self.trusted_us()
            needed = {uuid: volume.needed_bytes() for uuid, volume in self._volumes.items()}
            count = 0
            for batch in self._planned(now_us, needed, is_prompt):
                count += self._delete(batch)
                if self._is_stopped:
                    break
            for volume in self._volumes.values():
                volume.measure()
            if self._clock.mono_us() - self._forecast_mono_us >= _FORECAST_US or self.forecast is None:
                self._forecast_mono_us = self._clock.mono_us()
                self.forecast = self._make_forecast(now_us)
            return count

    # -- deciding ------------------------------------------------------------------------------------------------

    def _planned(self, now_us: int, needed: dict[str, int], is_prompt: bool) -> Iterator[tuple[str, list[Candidate]]]:
        is_needed = any(needed.values())
        candidates = list(self._candidates(now_us, is_needed, 0 if is_prompt or is_needed else _EXPIRY_BATCH_US))
        holds = [HeldSpan(hold.camera, hold.from_us, hold.to_us) for hold in self._index.holds()]
        plan = plan_deletion(candidates, self.rules, holds, now_us, needed)
        self._tell_short(plan.short_bytes)
        order = sorted(plan.deletions, key=lambda item: (item[1], item[0].stream, item[0].seq))
        for reason, items in groupby(order, key=lambda item: item[1]):
            chosen = [item for item, _ in items]
            for first in range(0, len(chosen), _STEP):
                yield reason, chosen[first : first + _STEP]

    def _candidates(self, now_us: int, is_needed: bool, batch_us: int) -> Iterator[Candidate]:
        """The oldest footage of each stream that could go at all."""
        for info in self._index.streams():
            floor_us, ceiling_us = self.rules.floor_us(info.camera), self.rules.ceiling_us(info.camera)
            age_us = floor_us if is_needed or ceiling_us is None else ceiling_us
            if not is_needed and ceiling_us is None:
                continue
            rows = self._index.query(
                "SELECT segment.id & 4294967295, start_us, end_us, size_bytes, uuid FROM segment "
                "JOIN volume ON volume.id = volume_id WHERE stream_id = ? AND start_us < ? AND state = 'closed' "
                "ORDER BY start_us LIMIT ?",
                info.id,
                now_us - age_us,
                _CANDIDATES,
            )
            if rows and rows[0][2] <= now_us - age_us - batch_us:
                for seq, start_us, end_us, size_bytes, volume in rows:
                    yield Candidate(info.name, info.camera, seq, start_us, end_us, size_bytes, volume)

    def _tell_short(self, short: dict[str, int]) -> None:
        for uuid, missing in short.items():
            if uuid not in self._short:
                path = str(self._volumes[uuid].path)
                self._notify("archive:retention:stopped", alarm=True, volume=path, missing_bytes=missing)
        for uuid in self._short.keys() - short.keys():
            self._notify("archive:retention:resumed", alarm=False, volume=str(self._volumes[uuid].path))
        self._short = short

    # -- doing ---------------------------------------------------------------------------------------------------

    def _finish_marked(self) -> None:
        """Deletions that a crash interrupted."""
        rows = [_Row._make(row) for row in self._index.query(_ROWS + "WHERE state <> 'closed' AND state = 'deleting'")]
        if rows:
            self._carry_out(rows, "interrupted")

    def _delete(self, batch: tuple[str, list[Candidate]]) -> int:
        reason, items = batch
        wanted = [(item.stream, item.seq) for item in items]

        def mark(transaction: Transaction) -> list[_Row]:
            marked = []
            for stream, seq in wanted:
                row = transaction.connection.execute(
                    _ROWS + "WHERE stream.name = ? AND segment.id = (stream.id << 32) + ? AND state = 'closed'",
                    (stream, seq),
                ).fetchone()
                if row is not None:
                    transaction.connection.execute("UPDATE segment SET state = 'deleting' WHERE id = ?", row[:1])
                    marked.append(_Row._make(row))
            return marked

        return self._carry_out(self._writer.call(mark), reason)

    def _carry_out(self, rows: list[_Row], reason: str) -> int:
        gone = [row for row in rows if row.volume in self._volumes and self._unlink(row)]
        folders = {self._path(row).parent for row in gone}
        for folder in folders:
            with contextlib.suppress(FileNotFoundError):
                sync_folder(folder)
        at_us = self._clock.wall_us()

        def record(transaction: Transaction) -> None:
            for stream, of_stream in groupby(sorted(gone, key=lambda row: row.id), key=lambda row: row.stream):
                runs = [_run_of(run) for run in _runs(of_stream)]
                transaction.journal("deleted", stream=stream, runs=runs, reason=reason, at_us=at_us)

        if gone:
            self._writer.call(record)
        for folder in folders:
            self._remove_folder(folder)
        return len(gone)

    def _path(self, row: _Row) -> Path:
        return segment_path(self._volumes[row.volume].path, row.stream, row.seq)

    def _unlink(self, row: _Row) -> bool:
        try:
            self._path(row).unlink(missing_ok=True)
        except OSError as error:
            self._volumes[row.volume].note_error(error)
            return False
        return True

    def _remove_folder(self, folder: Path) -> None:
        """An empty folder goes, unless it is the newest of its stream, where the writer may be about to make a file."""
        with contextlib.suppress(OSError):
            newest = max(entry.name for entry in folder.parent.iterdir())
            if folder.name != newest:
                folder.rmdir()

    # -- forecasting ---------------------------------------------------------------------------------------------

    def _make_forecast(self, now_us: int) -> Forecast:
        cameras = self._ingest(now_us)
        used = sum(sum(item.bytes_by_age) for item in cameras)
        room = sum(max(0, volume.room_bytes()) for volume in self._volumes.values())
        found = forecast(cameras, used + room, self.rules, now_us)
        is_warning = found.floor_breaks_us is not None
        if is_warning and not self._is_warned:
            self._notify("archive:retention:forecast", alarm=True, **found.as_dict())
        self._is_warned = is_warning
        return found

    def _ingest(self, now_us: int) -> list[CameraIngest]:
        by_camera: dict[str, dict[int, int]] = {}
        for info in self._index.streams():
            rows = self._index.query(
                "SELECT max(0, (?2 - start_us) / ?3), sum(size_bytes) FROM segment WHERE stream_id = ?1 GROUP BY 1",
                info.id,
                now_us,
                US_PER_DAY,
            )
            ages = by_camera.setdefault(info.camera, {})
            for age, size_bytes in rows:
                ages[age] = ages.get(age, 0) + size_bytes
        return [
            CameraIngest(camera, ages.get(0, 0), [ages.get(age, 0) for age in range(max(ages, default=0) + 1)])
            for camera, ages in sorted(by_camera.items())
        ]


def _runs(rows: Iterable[_Row]) -> Iterator[list[_Row]]:
    """Neighbours in the chain, so that one record stands for all of them."""
    run: list[_Row] = []
    for row in rows:
        if run and row.previous_chain != run[-1].link:
            yield run
            run = []
        run.append(row)
    if run:
        yield run


def _run_of(rows: Sequence[_Row]) -> dict[str, Any]:
    """What the deletion record keeps of a run."""
    first, last = rows[0], rows[-1]
    return {
        "first_seq": first.seq,
        "last_seq": last.seq,
        "segments": len(rows),
        "bytes": sum(row.size_bytes for row in rows),
        "first_us": first.start_us,
        "last_us": last.end_us,
        "previous_chain": first.previous_chain.hex(),
        "chain_head": last.link.hex(),
    }
