"""Opening an archive: state folder, key, locks, volumes, index and journal, before any thread runs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.archive.checkpoints import CHECKPOINT_FOLDER, adopt_checkpoints
from nangmai.archive.index import Index, StreamInfo
from nangmai.archive.index_file import INDEX_NAME, JOURNAL_NAME, open_index, set_complete
from nangmai.archive.index_writer import run_at_once
from nangmai.archive.journal import Journal
from nangmai.archive.keys import KEY_NAME, load_or_make_key
from nangmai.archive.mounts import DiskNotMounted, require_mounted
from nangmai.archive.recovery import Place, reconcile
from nangmai.archive.rows import get_meta, put_volume
from nangmai.archive.stream import StreamStart
from nangmai.archive.timeline import Gap, Timeline
from nangmai.archive.volume import (
    MARKER_NAME,
    Volume,
    VolumeUnknown,
    VolumeUnwritable,
    lock_path,
    make_marker,
    read_marker,
)
from nangmai.base.clock import Clock
from nangmai.base.errors import Error, Kind
from nangmai.custody.chain import CHAIN_START


class StateMissing(Error):
    """{volume} holds an archive whose key and index should lie in {state}, and they do not: is that disk mounted?

    Otherwise bring `state` back from a backup, or name other folders to begin anew.
    """

    kind: ClassVar[Kind] = Kind.PRECONDITION


@dataclass
class Opened:
    """The parts of an archive, ready to be put together."""

    state: Path
    key: Ed25519PrivateKey
    volumes: list[Volume]
    volume_paths: dict[int, Path]
    connection: sqlite3.Connection
    journal: Journal
    index: Index
    locks: list[int]
    events: list[tuple[str, bool, dict[str, Any]]] = field(default_factory=list)
    last_seq: dict[str, int] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    adopted_from_us: dict[str, int] = field(default_factory=dict)
    trusted: tuple[int, int] | None = None  #: the newest moment that retention has believed: wall, monotonic
    is_rebuilding: bool = False  #: the index is new and older files have to be adopted in the background


def state_folder(volumes: Sequence[Path], state: Path | None) -> Path:
    """Where index, journal and key lie."""
    return state or volumes[0] / "state"


def open_parts(volumes: Sequence[Path], *, state: Path | None, recorder: str, clock: Clock) -> Opened:
    """Lock and open everything; on any error nothing stays open."""
    folder = state_folder(volumes, state)
    _refuse_strange_ground(folder, volumes)
    with ExitStack() as undo:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise VolumeUnwritable(path=str(folder), reason=error.strerror) from error
        locks = [lock_path(folder)]
        undo.callback(_close, locks)
        key = load_or_make_key(folder)
        connection, position, is_new, events = open_index(folder)
        undo.callback(connection.close)
        journal = Journal(folder / JOURNAL_NAME, position)
        undo.callback(journal.close)
        found, paths = _open_volumes(volumes, recorder, key, connection, locks)
        places = {number: Place(uuid, paths[number]) for number, uuid in _mounted(connection, found)}
        if is_new:
            notes, public = folder / CHECKPOINT_FOLDER, key.public_key()
            run_at_once(connection, journal, lambda transaction: adopt_checkpoints(transaction, notes, public))
        reconciled = run_at_once(
            connection, journal, lambda transaction: reconcile(transaction, places, is_new_index=is_new)
        )
        if is_new and not any(reconciled.last_seq.values()):
            set_complete(connection)
        undo.pop_all()
    return Opened(
        state=folder,
        key=key,
        volumes=found,
        volume_paths=paths,
        connection=connection,
        journal=journal,
        index=Index(folder / INDEX_NAME, clock),
        locks=locks,
        events=events + reconciled.events,
        last_seq=reconciled.last_seq,
        places=places,
        adopted_from_us=reconciled.adopted_from_us,
        trusted=_trusted(connection, clock),
        is_rebuilding=is_new and any(reconciled.last_seq.values()),
    )


def _refuse_strange_ground(folder: Path, volumes: Sequence[Path]) -> None:
    """An archive whose disk is only not mounted must not be begun anew; asked before anything is made."""
    if (folder / KEY_NAME).exists():
        return
    require_mounted(folder)
    for volume in volumes:
        if (volume / MARKER_NAME).exists():
            raise StateMissing(state=str(folder), volume=str(volume))


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)


def _open_volumes(
    paths: Sequence[Path], recorder: str, key: Ed25519PrivateKey, connection: sqlite3.Connection, locks: list[int]
) -> tuple[list[Volume], dict[int, Path]]:
    """Each folder as a volume; one whose marker is missing or wrong is there as `failed` and is left alone."""
    known = {row[0] for row in connection.execute("SELECT path FROM volume")}
    volumes, numbers = [], {}
    for path in paths:
        try:
            if not (path / MARKER_NAME).exists() and str(path.absolute()) not in known:
                require_mounted(path)
                make_marker(path, recorder, key)
            marker = read_marker(path, key.public_key())
        except (DiskNotMounted, VolumeUnknown, VolumeUnwritable) as error:
            volumes.append(Volume(path, None, reason=str(error)))
            continue
        locks.append(lock_path(path / MARKER_NAME))
        volumes.append(Volume(path, marker))
        number = put_volume(connection, marker.uuid, marker.generation, str(path.absolute()))
        numbers[number] = path
    if not numbers:
        raise _reason(volumes)
    for number, path in connection.execute("SELECT id, path FROM volume"):
        numbers.setdefault(number, Path(path))
    return volumes, numbers


def _trusted(connection: sqlite3.Connection, clock: Clock) -> tuple[int, int] | None:
    """The moment that retention believed last; monotonic time counts from then on only within one boot."""
    kept = get_meta(connection, "trusted")
    if not kept:
        return None
    wall_us, mono_us, boot_id = kept.split(" ", 2)
    return int(wall_us), int(mono_us) if boot_id == clock.boot_id() else clock.mono_us()


def _mounted(connection: sqlite3.Connection, volumes: Sequence[Volume]) -> list[tuple[int, str]]:
    """Number and name of every volume whose marker is there."""
    known = dict(connection.execute("SELECT uuid, id FROM volume"))
    return [(known[volume.uuid], volume.uuid) for volume in volumes if volume.marker is not None]


def _reason(volumes: list[Volume]) -> Error:
    return VolumeUnwritable(path=", ".join(str(volume.path) for volume in volumes), reason=volumes[0].reason)


def stream_start(index: Index, info: StreamInfo, last_seq: int) -> StreamStart:
    """Where a stream's numbers and its chain continue."""
    rows = index.query(
        "SELECT seq, chain_head FROM segment WHERE stream_id = ?1 "
        "UNION SELECT last_seq, chain_head FROM deletion WHERE stream_id = ?1 ORDER BY seq DESC LIMIT 1",
        info.id,
    )
    seq, chain = rows[0] if rows else (0, CHAIN_START)
    return StreamStart(max(seq, last_seq) + 1, chain or CHAIN_START)


def stream_timeline(index: Index, info: StreamInfo) -> Timeline:
    """The gap record as it was left; the time in which no recorder ran becomes a gap of its own."""
    running = index.query(
        "SELECT start_us, end_us, cause, detail FROM gap WHERE stream_id = ? AND end_us IS NULL "
        "ORDER BY start_us DESC LIMIT 1",
        info.id,
    )
    if running:
        return Timeline(Gap._make(running[0]), is_stored=True)
    until = index.query(
        "SELECT max(until) FROM (SELECT max(end_us) AS until FROM segment WHERE stream_id = ?1 "
        "UNION SELECT max(end_us) FROM gap WHERE stream_id = ?1 "
        "UNION SELECT max(last_us) FROM deletion WHERE stream_id = ?1)",
        info.id,
    )[0][0]
    return Timeline.new(info.since_us) if until is None else Timeline(Gap(until, None, "crash"))
