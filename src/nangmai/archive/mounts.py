"""Whether a folder lies where a disk should be mounted and is not (recorder rule 19). Mounts and writes nothing.

The table of the system is the one witness that is not on the missing disk itself; what is mounted by other means
(a mount unit of systemd) it does not know.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import ClassVar

from nangmai.base.errors import Error, Kind


class DiskNotMounted(Error):
    """{path} is a disk of its own by /etc/fstab, and nothing is mounted there: mount it. Nothing was written."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


FSTAB = Path("/etc/fstab")
_ESCAPE = re.compile(r"\\([0-7]{3})")  #: a blank in a path is written \040 (fstab(5))


def require_mounted(path: Path) -> None:
    """Raise when `path` lies on a mount point of /etc/fstab at which nothing is mounted."""
    wanted = path.absolute()
    points = [point for point in _mount_points() if point == wanted or point in wanted.parents]
    deepest = max(points, key=lambda point: len(point.parts), default=None)
    if deepest is not None and not os.path.ismount(deepest):
        raise DiskNotMounted(path=str(deepest))


def _mount_points() -> list[Path]:
    try:
        lines = FSTAB.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return []
    fields = [line.split() for line in lines if not line.lstrip().startswith("#")]
    names = [_ESCAPE.sub(lambda found: chr(int(found[1], 8)), part[1]) for part in fields if len(part) > 1]
    return [Path(name) for name in names if name.startswith("/") and name != "/"]
