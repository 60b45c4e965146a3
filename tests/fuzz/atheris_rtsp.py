"""Coverage-guided fuzzing of RTSP: `python tests/fuzz/atheris_rtsp.py [libFuzzer flags] [corpus]`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["nangmai"]):
    from fuzz.rtsp_targets import RTSP

TARGETS = list(RTSP.values())


def TestOneInput(data: bytes) -> None:
    """The first byte chooses what the rest is given to."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


def main() -> None:
    """Fuzz until told otherwise."""
    logging.disable()
    atheris.Setup(sys.argv, TestOneInput)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
