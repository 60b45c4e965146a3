"""Pictures on disk, counted by their stamps inside `mdat` boxes: exact, and without decoding."""

from __future__ import annotations

import itertools
import mmap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nangmai.simulator.session import Counts
from nangmai.simulator.stamp import stamps


@dataclass(slots=True)
class Tally:
    """Sent against recorded, summed over cameras."""

    sent: int = 0
    on_disk: int = 0
    lost: int = 0  #: sent, or due and held back from a slow client, and not on disk
    lost_at_end: int = 0  #: of these, behind the last picture on disk: what was under way when the side stopped
    held_back: int = 0  #: of these, never sent because the client did not read
    duplicated: int = 0
    disordered: int = 0

    def add(self, other: Tally) -> None:
        """Sum up."""
        self.sent += other.sent
        self.on_disk += other.on_disk
        self.lost += other.lost
        self.lost_at_end += other.lost_at_end
        self.held_back += other.held_back
        self.duplicated += other.duplicated
        self.disordered += other.disordered


def compare(sent: Iterable[Counts], recorded: list[int]) -> Tally:
    """What one camera's sessions sent against the counters found on disk, in their order."""
    expected: set[int] = set()
    pictures = held_back = 0
    for counts in sent:
        pictures += counts.pictures
        held_back += counts.dropped
        if counts.first_counter >= 0:
            expected.update(range(counts.first_counter, counts.last_counter + 1))
    found = set(recorded)
    return Tally(
        sent=pictures,
        on_disk=len(found),
        lost=len(expected - found),
        lost_at_end=sum(number > max(found, default=-1) for number in expected),
        held_back=held_back,
        duplicated=len(recorded) - len(found),
        disordered=sum(after < before for before, after in itertools.pairwise(recorded)),
    )


def counters_in(files: Iterable[Path]) -> list[int]:
    """The counters in MP4 files, in the order of files and bytes."""
    return [stamp.counter for path in files for data in media_of(path) for stamp in stamps(data)]


def media_of(path: Path) -> Iterator[bytes]:
    """The content of each `mdat` box (ISO 14496-12 §8.1.1); a box cut off at the end counts as far as it goes."""
    if path.stat().st_size == 0:
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        offset = 0
        while offset + 8 <= len(data):
            size, kind = int.from_bytes(data[offset : offset + 4], "big"), data[offset + 4 : offset + 8]
            header = 8
            if size == 1:
                size, header = int.from_bytes(data[offset + 8 : offset + 16], "big"), 16
            end = offset + size if size else len(data)
            if kind == b"mdat":
                yield data[offset + header : end]
            if end <= offset:
                return
            offset = end
