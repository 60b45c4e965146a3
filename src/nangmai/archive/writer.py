"""The two threads of a volume: one writes units as they come, one makes them durable every `flush_seconds`.

The event loop hands over whole units through a queue that is bounded in bytes and never waits. Order of durability:
docs/design/archive.md. Nothing here decides what is recorded where.
"""

from __future__ import annotations

import contextlib
import logging
import mmap
import os
import threading
import time
from queue import Empty, SimpleQueue
from typing import NamedTuple, Protocol

from nangmai.archive.open_segment import OpenSegment
from nangmai.archive.records import Unit
from nangmai.archive.segment_file import Ending
from nangmai.archive.volume import Volume, sync_folder

_log = logging.getLogger(__name__)

QUEUE_BYTES = 64 << 20
#: bytes between two looks at the free space
_MEASURE_BYTES = 8 << 20
#: how long a segment waits for the chain of the one before it, which another volume is still writing
_PARK_S = 10.0


def _release_pages(descriptor: int, size_bytes: int) -> None:
    """Give the page cache back what is on the disk: the next write gets the same pages, and nothing else is pushed out.

    Pages that the machine has to find anew cost up to three times as much as the copying into them
    (docs/design/archive.md). The last page stays, it will be written to again.
    """
    if hasattr(os, "posix_fadvise"):  # not on macOS
        os.posix_fadvise(descriptor, 0, size_bytes // mmap.PAGESIZE * mmap.PAGESIZE, os.POSIX_FADV_DONTNEED)


class _End(NamedTuple):
    end_us: int
    reason: str


class _Abandon(NamedTuple):
    """A sync failed: what the disk holds of the segment is not known any more."""

    cause: str
    detail: str


_Work = Unit | _End | _Abandon


class SegmentEvents(Protocol):
    """What becomes of segments; called from the threads of a volume."""

    def on_durable(self, segments: list[tuple[OpenSegment, str]]) -> None:
        """These have been synced: write their rows with the state given."""

    def on_lost(self, segment: OpenSegment, from_us: int, cause: str, detail: str) -> int:
        """What was handed over from `from_us` on could not be written; returns where the segment ends on record."""

    def on_started(self, segment: OpenSegment) -> None:
        """Its first fragment can be read."""

    def on_chain_break(self, segment: OpenSegment, reason: str) -> None:
        """The chain of the segment before it could not be known."""


class VolumeWriter:
    """Writes the segments of one volume."""

    def __init__(
        self, volume: Volume, events: SegmentEvents, flush_seconds: float, queue_bytes: int = QUEUE_BYTES
    ) -> None:
        self.volume = volume
        self.queue_bytes = queue_bytes
        self._events = events
        self._flush_seconds = flush_seconds
        self._queue: SimpleQueue[tuple[OpenSegment, _Work] | threading.Event | None] = SimpleQueue()
        self._takes_all = False
        self._put_bytes = 0  # changed by the event loop only
        self._done_bytes = 0  # changed by the writer thread only
        self._measured_bytes = 0
        self._parked: dict[OpenSegment, list[_Work]] = {}
        self._parked_since: dict[OpenSegment, float] = {}
        self._dirty: dict[OpenSegment, None] = {}
        self._unended: list[OpenSegment] = []
        self._dirty_lock = threading.Lock()
        self._flush_lock = threading.Lock()
        self._stop = threading.Event()
        self._writer = threading.Thread(target=self._write_loop, name="write", daemon=True)
        self._flusher = threading.Thread(target=self._flush_loop, name="flush", daemon=True)

    def start(self) -> None:
        """Start both threads."""
        self._writer.start()
        self._flusher.start()

    # -- the event loop's side -------------------------------------------------------------------------------------

    @property
    def waiting_bytes(self) -> int:
        """How much has been handed over and is not written."""
        return self._put_bytes - self._done_bytes

    def put(self, segment: OpenSegment, unit: Unit) -> bool:
        """Hand a unit over; False when the buffer is full."""
        size = sum(map(len, unit.parts))
        if self._put_bytes - self._done_bytes + size > self.queue_bytes and not self._takes_all:
            return False
        self._put_bytes += size
        self._queue.put((segment, unit))
        return True

    def take_all(self) -> None:
        """Refuse nothing from now on: the streams end, and what they still hold is in memory already."""
        self._takes_all = True

    def put_end(self, segment: OpenSegment, end_us: int, reason: str) -> None:
        """Have a segment closed after what was handed over."""
        self._queue.put((segment, _End(end_us, reason)))

    def close(self) -> None:
        """Write and sync everything handed over, then stop both threads."""
        self._queue.put(None)
        self._writer.join()
        self._stop.set()
        self._flusher.join()
        self.flush()
        for segment in self._unended:
            segment.close_file()

    def drain(self) -> None:
        """Wait until all that was handed over before is written (not synced)."""
        done = threading.Event()
        self._queue.put(done)
        done.wait()

    # -- the writer thread ---------------------------------------------------------------------------------------

    def _write_loop(self) -> None:
        while True:
            try:
                item = self._queue.get(timeout=1.0 if not self._parked else 0.02)
            except Empty:
                self._unpark()
                continue
            if self._parked:
                self._unpark()
            if item is None:
                self._unpark(is_last=True)
                return
            if isinstance(item, threading.Event):
                item.set()
                continue
            segment, work = item
            try:
                self._take(segment, work)
            except Exception:  # noqa: BLE001 - border of the thread: one segment's mishap must not end the others
                _log.exception("writing %s failed", segment.path.name)
                self._fail(segment, segment.end_us, "disk_failed", "an internal error")
            del item, segment, work

    def _take(self, segment: OpenSegment, work: _Work) -> None:
        if segment in self._parked:
            self._parked[segment].append(work)
        elif segment.previous is not None and not self._link(segment):
            self._parked[segment] = [work]
            self._parked_since[segment] = time.monotonic()
        else:
            self._do(segment, work)

    def _link(self, segment: OpenSegment) -> bool:
        """Take the chain over from the segment before; False while another thread has not finished that one."""
        previous = segment.previous
        if previous is not None:
            if not previous.is_finished:
                return False
            segment.previous_chain = previous.link
            segment.previous = None
        return True

    def _unpark(self, *, is_last: bool = False) -> None:
        for segment in list(self._parked):
            if not self._link(segment):
                if not is_last and time.monotonic() - self._parked_since[segment] < _PARK_S:
                    continue
                segment.previous = None
                self._events.on_chain_break(segment, "the volume of the segment before does not answer")
            del self._parked_since[segment]
            for work in self._parked.pop(segment):
                self._do(segment, work)

    def _do(self, segment: OpenSegment, work: _Work) -> None:
        if isinstance(work, _End):
            self._end(segment, work)
            return
        if isinstance(work, _Abandon):
            if segment.failure is None:
                self._fail(segment, segment.end_us, work.cause, work.detail)
            return
        try:
            if segment.failure is None:
                self._append(segment, work)
        finally:
            self._done_bytes += sum(map(len, work.parts))

    def _append(self, segment: OpenSegment, unit: Unit) -> None:
        if not self._has_room():
            self._fail(segment, unit.start_us, self.volume.cause, self.volume.reason)
            return
        is_first = not segment.has_fragments
        try:
            segment.append(unit)
        except OSError as error:
            self.volume.note_error(error)
            self._fail(segment, unit.start_us, self.volume.cause, error.strerror or str(error))
            return
        self._mark_dirty(segment)
        if is_first:
            self._events.on_started(segment)

    def _has_room(self) -> bool:
        if self._done_bytes - self._measured_bytes >= _MEASURE_BYTES:
            self._measured_bytes = self._done_bytes
            self.volume.measure()
        return self.volume.is_writable

    def _end(self, segment: OpenSegment, end: _End) -> None:
        if segment.failure is not None:
            return
        if not segment.has_fragments:
            segment.is_finished = True
            return
        self._write_end(segment, segment.ending_for(end.end_us, end.reason))
        segment.is_finished = True

    def _write_end(self, segment: OpenSegment, ending: Ending, *, is_retry: bool = False) -> None:
        try:
            if is_retry:
                segment.reopen()
            segment.append_end(ending)
        except OSError as error:
            self.volume.note_error(error)
            with self._dirty_lock:
                self._unended.append(segment)
        self._mark_dirty(segment)

    def _fail(self, segment: OpenSegment, from_us: int, cause: str, detail: str) -> None:
        """Nothing of this segment is written any more; what stands stays, with an end box if one can be written."""
        # 1. the gap record, which says where the segment ends; 2. the flag on which the event loop begins a new one
        first_us = segment.start_us + 1 if segment.has_fragments else segment.start_us
        until_us = self._events.on_lost(segment, max(from_us, first_us), cause, detail)
        segment.failure = cause
        if segment.has_fragments:
            self._write_end(segment, segment.ending_for(until_us, "disk"))
        elif segment.descriptor >= 0:
            segment.close_file()
            with contextlib.suppress(OSError):
                segment.path.unlink()
        segment.is_finished = True

    def _mark_dirty(self, segment: OpenSegment) -> None:
        with self._dirty_lock:
            self._dirty[segment] = None

    # -- the flushing thread -------------------------------------------------------------------------------------

    def _flush_loop(self) -> None:
        while not self._stop.wait(self._flush_seconds):
            try:
                self.flush()
                self._look_after_volume()
            except Exception:  # noqa: BLE001 - border of the thread: the next flush tries again
                _log.exception("flushing %s failed", self.volume.path)

    def flush(self) -> None:
        """Sync every file written to since the last flush, then its folder if it is new, then have the rows written."""
        with self._flush_lock:
            with self._dirty_lock:
                dirty, self._dirty = self._dirty, {}
            durable: list[tuple[OpenSegment, str]] = []
            try:
                for segment in dirty:
                    # It may be marked once more for the very write after which the last flush closed it.
                    state = self._sync(segment) if segment.row_state != "closed" else ""
                    if state and state != segment.row_state:
                        segment.row_state = state
                        durable.append((segment, state))
            except BaseException:
                with self._dirty_lock:
                    self._dirty = dirty | self._dirty
                raise
            finally:
                if durable:
                    self._events.on_durable(durable)

    def _sync(self, segment: OpenSegment) -> str:
        """Make one file durable; the state its row may have now, or nothing when that failed."""
        is_ended = segment.is_end_written
        written_bytes = segment.size_bytes
        try:
            os.fdatasync(segment.descriptor)
            _release_pages(segment.descriptor, written_bytes)
            if not segment.is_folder_synced:
                for folder in (segment.path.parent, segment.path.parent.parent, self.volume.path):
                    sync_folder(folder)
                segment.is_folder_synced = True
        except OSError as error:
            self.volume.note_error(error)
            self._queue.put((segment, _Abandon(self.volume.cause, error.strerror or str(error))))
            return ""
        if is_ended:
            segment.close_file()
            return "closed"
        return "open"

    def _look_after_volume(self) -> None:
        """Measure the space; try a volume that failed again, and then the end boxes that could not be written."""
        before = self.volume.state
        self.volume.measure()
        if before in ("critical", "failed") and self.volume.has_error and self.volume.probe():
            self.volume.note_recovered()
        if self.volume.is_writable and self._unended:
            with self._dirty_lock:
                unended, self._unended = self._unended, []
            for segment in unended:
                if segment.ending is not None:
                    self._write_end(segment, segment.ending, is_retry=True)
