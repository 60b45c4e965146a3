"""What a burst left behind goes back to the machine."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from nangmai.recorder.node import trim_heap


def resident_bytes() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * 4096


@pytest.mark.skipif(not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="another C library")
def test_pages_of_freed_pictures_are_given_back() -> None:
    pictures = [b"x" * 40_000 for _ in range(3000)]
    kept = pictures[::100]
    before = resident_bytes()
    pictures.clear()
    trim_heap()
    assert len(kept) == 30
    assert before - resident_bytes() > 60_000_000
