"""Joins fragments of one or many segments into one plain MP4, without touching a sample.

The result is `ftyp moov mdat` with sample tables in front: it opens at once in every player, also over a network, and
its length is known before the first byte is sent. That takes two passes: first the heads of the units (about 1 kB
each) are added, then `head()` is written and the ranges of `chunks` are copied behind it. Memory grows with the
number of samples, 20 bytes each (2 MB an hour), never with their size.

Time is kept: where footage is missing, the picture before the gap lasts until the one after it.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any, ClassVar, NamedTuple

from nangmai.base.errors import Error, Kind
from nangmai.base.units import TIMESCALE_90K, US_PER_S
from nangmai.media.isobmff.boxes import BoxInvalid, box, find, full_box
from nangmai.media.isobmff.init import AUDIO_TRACK, VIDEO_TRACK, mvhd, stsd, trak
from nangmai.media.isobmff.moof import ParsedRun, parse_moof
from nangmai.media.isobmff.movie import parse_init
from nangmai.media.picture import AudioParameters, VideoParameters

_FTYP = box(b"ftyp", b"isom", (512).to_bytes(4, "big"), b"isom", b"iso2", b"mp41")
_EPOCH_1904_S = 2_082_844_800  # 1904 to 1970
_LATEST = 1 << 56  # of any time; 25,000 years at 90 kHz
_LARGEST_PLAIN = (1 << 32) - (1 << 20)


class NothingToJoin(Error):
    """There are no pictures in this range; choose one that the timeline shows as recorded."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND


class Chunk(NamedTuple):
    """Bytes to copy: `size` of them from `offset` of whatever the caller calls `source`."""

    source: Any
    offset: int
    size: int


class JoinedMovie:
    """Add segments and the heads of their units in order of time; then write `head()` and copy `chunks`."""

    def __init__(self, start_us: int = 0, *, is_silent: bool = False) -> None:
        self._is_silent = is_silent  #: no sample of a sound track is copied
        self._start_us = start_us  #: wall time of the movie's time 0, for its creation time
        self._video: _Track | None = None
        self._audio: _Track | None = None
        self._offset_90k = 0
        self.chunks: list[Chunk] = []
        self._media_bytes = 0

    def add_segment(self, init: bytes, start_90k: int) -> None:
        """What is added next is coded as `init` says, and its times count from `start_90k` of the movie."""
        video, audio = parse_init(init)
        self._offset_90k = start_90k
        if video is not None:
            self._video = self._video or _Track(VIDEO_TRACK, video, TIMESCALE_90K)
            self._video.use(video, TIMESCALE_90K)
        if audio is not None and not self._is_silent:
            self._audio = self._audio or _Track(AUDIO_TRACK, audio, audio.sample_rate)
            self._audio.use(audio, audio.sample_rate)

    def add_unit(self, head: bytes, source: Any, offset: int) -> None:
        """A unit that lies at `offset` of `source`; `head` holds its bytes up to the first sample."""
        moof = find(head[: _end_of_moof(head)], b"moof")
        if moof is None:
            return
        fragment = parse_moof(head[moof.start : moof.end])
        runs = [(track, run) for track in (self._video, self._audio) if track and (run := fragment.run(track.id))]
        if not runs:
            return
        begin = min(run.data_offset for _, run in runs)
        end = max(run.data_offset + run.size for _, run in runs)
        for track, run in runs:
            track.add(run, self._offset_90k, self._media_bytes + run.data_offset - begin)
        self.chunks.append(Chunk(source, offset + moof.start + begin, end - begin))
        self._media_bytes += end - begin

    def head(self) -> bytes:
        """`ftyp`, `moov` and the header of the `mdat` whose content are the chunks."""
        tracks = [track for track in (self._video, self._audio) if track is not None and track.sizes]
        if self._video not in tracks:
            raise NothingToJoin()
        is_large = self._media_bytes > _LARGEST_PLAIN
        mdat = _mdat_header(self._media_bytes, is_large)
        moov_bytes = len(self._moov(tracks, 0, is_large))
        return _FTYP + self._moov(tracks, len(_FTYP) + moov_bytes + len(mdat), is_large) + mdat

    @property
    def media_bytes(self) -> int:
        """How many bytes the chunks hold together."""
        return self._media_bytes

    def _moov(self, tracks: list[_Track], media_offset: int, is_large: bool) -> bytes:
        start_90k = min(track.start_90k for track in tracks)
        duration_90k = max(track.end_90k for track in tracks) - start_90k
        created_s = self._start_us // US_PER_S + _EPOCH_1904_S if self._start_us else 0
        traks = [track.trak(start_90k, media_offset, is_large) for track in tracks]
        return box(b"moov", mvhd(duration_90k, TIMESCALE_90K, created_s), *traks)


def _end_of_moof(head: bytes) -> int:
    """The header of an `mdat` at the end of `head` claims bytes that are not there: leave it out."""
    at = 0
    while at + 8 <= len(head) and head[at + 4 : at + 8] != b"mdat":
        at += max(int.from_bytes(head[at : at + 4], "big"), 8)
    return min(at, len(head))


def _mdat_header(size: int, is_large: bool) -> bytes:
    return struct.pack(">I4sQ", 1, b"mdat", 16 + size) if is_large else struct.pack(">I4s", 8 + size, b"mdat")


class _Track:
    """One track's samples, in arrays."""

    def __init__(self, track: int, parameters: VideoParameters | AudioParameters, timescale: int) -> None:
        self.id = track
        self._parameters = parameters
        self._timescale = timescale
        self._run_timescale = timescale
        self._entries: list[bytes] = []
        self._entry = 0
        self.sizes = array("I")
        self._times = array("q")
        self._offsets = array("i")
        self._keys = array("B")
        self._chunk_samples = array("I")
        self._chunk_entries = array("I")
        self._chunk_offsets = array("Q")
        self._end = 0
        self._shown_end = 0

    def use(self, parameters: VideoParameters | AudioParameters, timescale: int) -> None:
        """The samples that follow are coded like this."""
        if parameters.sample_entry not in self._entries:
            self._entries.append(parameters.sample_entry)
        self._entry = self._entries.index(parameters.sample_entry) + 1
        self._run_timescale = timescale

    def add(self, run: ParsedRun, offset_90k: int, data_offset: int) -> None:
        if not run.samples:
            return
        time = offset_90k * self._timescale // TIMESCALE_90K + self._scaled(run.base_decode_time)
        if not -_LATEST < time < _LATEST:
            raise BoxInvalid(offset=0, what=f"a fragment has the decode time {run.base_decode_time}")
        for size, duration, cts_offset, is_key in run.samples:
            if self._times and time <= self._times[-1]:
                time = self._times[-1] + 1
            self.sizes.append(size)
            self._times.append(time)
            self._offsets.append(cts_offset if self._run_timescale == self._timescale else 0)
            self._keys.append(is_key)
            duration = max(self._scaled(duration), 1)
            self._shown_end = max(self._shown_end, time + self._offsets[-1] + duration)
            time += duration
        self._end = time
        self._chunk_samples.append(len(run.samples))
        self._chunk_entries.append(self._entry)
        self._chunk_offsets.append(data_offset)

    def _scaled(self, time: int) -> int:
        return time if self._run_timescale == self._timescale else time * self._timescale // self._run_timescale

    def _in_90k(self, time: int) -> int:
        return time * TIMESCALE_90K // self._timescale

    @property
    def _first_shown(self) -> int:
        """Presentation time of the first sample, which is a key picture and shown first."""
        return self._times[0] + self._offsets[0]

    @property
    def start_90k(self) -> int:
        return self._in_90k(self._first_shown)

    @property
    def end_90k(self) -> int:
        """When the last picture shown ends; with reordering that need not be the last one decoded."""
        return self._in_90k(self._shown_end)

    def trak(self, movie_start_90k: int, media_offset: int, is_large: bool) -> bytes:
        delay_90k = self.start_90k - movie_start_90k
        shown_90k = max(self.end_90k - self.start_90k, 0)
        edits = [struct.pack(">QqI", delay_90k, -1, 0x10000)] if delay_90k else []
        edits.append(struct.pack(">QqI", shown_90k, max(self._offsets[0], 0), 0x10000))
        elst = box(b"edts", full_box(b"elst", 1, 0, len(edits).to_bytes(4, "big"), *edits))
        return trak(
            self.id,
            self._parameters,
            self._timescale,
            self._sample_table(media_offset, is_large),
            self._end - self._times[0],
            delay_90k + shown_90k,
            elst,
        )

    def _sample_table(self, media_offset: int, is_large: bool) -> bytes:
        tables = [stsd(*self._entries), _runs_box(b"stts", 0, _runs(self._durations()))]
        if any(self._offsets):
            tables.append(_runs_box(b"ctts", 1, _runs(self._offsets)))
        if not all(self._keys):
            keys = array("I", (number for number, is_key in enumerate(self._keys, 1) if is_key))
            tables.append(full_box(b"stss", 0, 0, len(keys).to_bytes(4, "big"), _big_endian(keys)))
        tables.append(full_box(b"stsz", 0, 0, bytes(4), len(self.sizes).to_bytes(4, "big"), _big_endian(self.sizes)))
        tables.append(self._stsc())
        offsets = array("Q" if is_large else "I", (media_offset + offset for offset in self._chunk_offsets))
        kind = b"co64" if is_large else b"stco"
        tables.append(full_box(kind, 0, 0, len(offsets).to_bytes(4, "big"), _big_endian(offsets)))
        return box(b"stbl", *tables)

    def _durations(self) -> Iterator[int]:
        times = self._times
        for index in range(1, len(times)):
            yield times[index] - times[index - 1]
        yield self._end - times[-1]

    def _stsc(self) -> bytes:
        rows: list[int] = []
        before = (0, 0)
        for number, row in enumerate(zip(self._chunk_samples, self._chunk_entries, strict=True), 1):
            if row != before:
                rows += (number, *row)
                before = row
        return full_box(b"stsc", 0, 0, (len(rows) // 3).to_bytes(4, "big"), struct.pack(f">{len(rows)}I", *rows))


def _runs(values: Iterable[int]) -> Iterator[tuple[int, int]]:
    for value, group in groupby(values):
        yield sum(1 for _ in group), value


def _runs_box(kind: bytes, version: int, runs: Iterable[tuple[int, int]]) -> bytes:
    packed = [struct.pack(">II", count, value & 0xFFFFFFFF) for count, value in runs]
    return full_box(kind, version, 0, len(packed).to_bytes(4, "big"), *packed)


def _big_endian(values: array[int]) -> bytes:
    swapped = array(values.typecode, values)
    swapped.byteswap()
    return swapped.tobytes()
