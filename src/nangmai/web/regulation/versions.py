"""The versions as rulebooks: compiled once a process, and again when a version has been added.

Reads the database; never decides and never writes.
"""

from __future__ import annotations

import functools
import threading

from nangmai.regulation.decisions import Regulations
from nangmai.regulation.form import read
from nangmai.regulation.model import Regulation
from nangmai.web.regulation.models import Version

_lock = threading.Lock()
_known: tuple[object, Regulations] | None = None


def regulations() -> Regulations:
    """All versions by their intervals."""
    global _known
    state = list(Version.objects.values_list("sha256", "in_force_from_us", "in_force_until_us"))
    with _lock:
        if _known is None or _known[0] != state:
            _known = state, Regulations([_as_kept(version) for version in Version.objects.all()])
        return _known[1]


def in_force(at_us: int) -> Version | None:
    """The version in force at a moment."""
    begun = Version.objects.filter(in_force_from_us__lte=at_us)
    return begun.exclude(in_force_until_us__lte=at_us).order_by("-in_force_from_us").first()


def text_of(version: Version) -> Regulation:
    """The text and norms of a version, as they were signed."""
    return _read(version.sha256, version.text)


def _as_kept(version: Version) -> Regulation:
    """With the interval it really had: the next version may have ended it."""
    return text_of(version).in_interval(version.in_force_from_us, version.in_force_until_us)


@functools.lru_cache(maxsize=64)
def _read(sha256: str, text: str) -> Regulation:
    return read(text, f"the version {sha256[:12]}")
