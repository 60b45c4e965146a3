"""A volume: one folder on one disk, known by its signed marker. Says whether it may be written, and its free space.

Without its marker a volume is neither written nor reconciled: an unmounted disk leaves an empty folder behind, and
filling that would fill the wrong disk.
"""

from __future__ import annotations

import errno
import fcntl
import os
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.archive.keys import public_hex
from nangmai.archive.segment_file import BoxMalformed, parse_object
from nangmai.base.canonical import canonical_json
from nangmai.base.errors import Error, Kind

MARKER_NAME = "volume.json"
MIB = 1 << 20
GIB = 1 << 30

State = Literal["ok", "low", "critical", "failed"]

#: folders a volume may hold before it has become one
_FOREIGN = frozenset({"state", "lost+found"})


class VolumeUnwritable(Error):
    """The volume {path} cannot be used: {reason}. Mount its disk, and let the recorder's user write there."""

    kind = Kind.PRECONDITION


class VolumeUnknown(Error):
    """The folder {path} is no volume of this recorder: {reason}. Is its disk mounted?"""

    kind = Kind.PRECONDITION


class ArchiveLocked(Error):
    """Another recorder has {path} open. Stop it first; two cannot write one archive."""

    kind = Kind.CONFLICT


class Marker(NamedTuple):
    """What `volume.json` says."""

    uuid: str
    generation: int
    recorder: str
    public_key: str

    def signed(self, key: Ed25519PrivateKey) -> bytes:
        """The file's bytes."""
        fields = self._asdict()
        return canonical_json(fields | {"signature": key.sign(canonical_json(fields)).hex()}) + b"\n"


@dataclass(frozen=True)
class SpaceLimits:
    """When a volume is low (footage past the floor goes) and when it is critical (nothing is written any more)."""

    low_bytes: int
    critical_bytes: int
    low_files: int = 1000
    critical_files: int = 100

    @classmethod
    def of(cls, size_bytes: int) -> SpaceLimits:
        """5 % and 1 % of the volume, within reason for the very small and the very large."""
        critical = min(max(size_bytes // 100, 8 * MIB), 5 * GIB)
        return cls(min(max(size_bytes // 20, 2 * critical), 50 * GIB), critical)


class Space(NamedTuple):
    """What the file system says."""

    size_bytes: int
    free_bytes: int
    free_files: int | None


def read_marker(path: Path, key: Ed25519PublicKey) -> Marker:
    """The volume's marker, verified."""
    file = path / MARKER_NAME
    try:
        payload = file.read_bytes()
    except FileNotFoundError as error:
        raise VolumeUnknown(path=str(path), reason=f"it has no {MARKER_NAME}") from error
    except OSError as error:
        raise VolumeUnwritable(path=str(path), reason=error.strerror) from error
    try:
        fields = parse_object(payload, MARKER_NAME)
        signature = bytes.fromhex(fields.pop("signature"))
        key.verify(signature, canonical_json(fields))
        return Marker(**fields)
    except (BoxMalformed, KeyError, TypeError, ValueError, InvalidSignature) as error:
        raise VolumeUnknown(path=str(path), reason="its marker is not signed by this recorder's key") from error


def make_marker(path: Path, recorder: str, key: Ed25519PrivateKey) -> Marker:
    """Turn an empty folder into a volume; refuses one that holds anything."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        if {entry.name for entry in path.iterdir()} - _FOREIGN:
            raise VolumeUnknown(path=str(path), reason=f"it is not empty and has no {MARKER_NAME}")
        marker = Marker(str(uuid.uuid4()), 1, recorder, public_hex(key.public_key()))
        with (path / MARKER_NAME).open("xb") as file:
            file.write(marker.signed(key))
            file.flush()
            os.fsync(file.fileno())
        sync_folder(path)
    except OSError as error:
        raise VolumeUnwritable(path=str(path), reason=error.strerror) from error
    return marker


def sync_folder(path: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def lock_path(path: Path) -> int:
    """Hold a file or folder for this process alone, until the descriptor is closed."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise ArchiveLocked(path=str(path)) from error
    return descriptor


class Volume:
    """One volume with its state; asked by all threads, told by its writer."""

    def __init__(self, path: Path, marker: Marker | None, limits: SpaceLimits | None = None, reason: str = "") -> None:
        self.path = path
        self.marker = marker
        self._limits = limits
        self._lock = threading.Lock()
        self._error: tuple[State, str] | None = None if marker else ("failed", reason)
        self._space_state: State = "ok"
        self.space = Space(0, 0, None)
        self.on_change: Callable[[Volume, State, State, str], None] = lambda *_: None

    @property
    def uuid(self) -> str:
        """The name that stays when the disk is mounted elsewhere."""
        return self.marker.uuid if self.marker else ""

    @property
    def state(self) -> State:
        """`ok`, `low`, `critical` (no room) or `failed` (write errors, or the marker is not there)."""
        return self._error[0] if self._error else self._space_state

    @property
    def reason(self) -> str:
        """Why it is not ok, in words."""
        return self._error[1] if self._error else ("" if self._space_state == "ok" else "little space is left")

    @property
    def has_error(self) -> bool:
        """Whether a write failed and none has succeeded since."""
        return self._error is not None

    @property
    def is_writable(self) -> bool:
        """Whether segments may be written to it now."""
        return self.state in ("ok", "low")

    @property
    def cause(self) -> str:
        """The gap cause while nothing can be written here."""
        return "disk_full" if self.state == "critical" else "disk_failed"

    def needed_bytes(self) -> int:
        """How much has to be freed to leave the low state for good (a tenth more than its border)."""
        limits = self._limits
        if limits is None or self._space_state == "ok":
            return 0
        return max(0, limits.low_bytes + limits.low_bytes // 10 - self.space.free_bytes)

    def room_bytes(self) -> int:
        """How much can be written before the volume is low."""
        return self.space.free_bytes - (self._limits.low_bytes if self._limits else 0)

    def measure(self) -> State:
        """Ask the file system for its free space, and move between ok, low and critical."""
        try:
            found = os.statvfs(self.path)
        except OSError as error:
            self.note_error(error)
            return self.state
        size = found.f_blocks * found.f_frsize
        files = found.f_favail if found.f_files else None
        self.space = Space(size, found.f_bavail * found.f_frsize, files)
        if self._limits is None:
            self._limits = SpaceLimits.of(size)
        before = self.state
        with self._lock:
            self._space_state = self._judge(self.space, self._limits)
        self._tell(before)
        return self.state

    def _judge(self, space: Space, limits: SpaceLimits) -> State:
        files = space.free_files if space.free_files is not None else limits.low_files
        # Leaving a state takes a little more room than entering it, or it would flap with every deletion.
        slack = 1.05 if self._space_state != "ok" else 1.0
        if space.free_bytes < limits.critical_bytes * (slack if self._space_state == "critical" else 1):
            return "critical"
        if files < limits.critical_files:
            return "critical"
        if space.free_bytes < limits.low_bytes * slack or files < limits.low_files:
            return "low"
        return "ok"

    def note_error(self, error: OSError) -> None:
        """A write failed: no room is critical, everything else takes the volume out of service."""
        before = self.state
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        with self._lock:
            self._error = ("critical" if full else "failed", error.strerror or str(error))
        self._tell(before)

    def note_recovered(self) -> None:
        """A write succeeded again."""
        before = self.state
        with self._lock:
            self._error = None
        self._tell(before)

    def probe(self) -> bool:
        """Whether a volume that failed can be written again: its marker is there and a block can be synced."""
        test = self.path / ".nangmai-probe"
        try:
            if self.marker is None or not (self.path / MARKER_NAME).exists():
                return False
            with test.open("wb") as file:
                file.write(bytes(65536))
                file.flush()
                os.fsync(file.fileno())
            test.unlink()
        except OSError:
            return False
        return True

    def _tell(self, before: State) -> None:
        after = self.state
        if after != before:
            self.on_change(self, before, after, self.reason)
