"""Coverage-guided fuzzing of session descriptions: `python tests/fuzz/atheris_sdp.py [libFuzzer flags] [corpus]`."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["nangmai"]):
    from fuzz.rtsp_targets import fuzz_sdp


def TestOneInput(data: bytes) -> None:
    """A description."""
    fuzz_sdp(data)


def main() -> None:
    """Fuzz until told otherwise."""
    logging.disable()
    atheris.Setup(sys.argv, TestOneInput)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
