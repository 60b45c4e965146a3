"""Coverage-guided fuzzing of MP4: `python tests/fuzz/atheris_mp4.py [libFuzzer flags] [corpus]`."""

from __future__ import annotations

import logging
import sys
import tempfile
from pathlib import Path

import atheris

sys.path.insert(0, str(Path(__file__).parents[1]))

with atheris.instrument_imports(include=["nangmai"]):
    from fuzz.media_seeds import mp4_seeds
    from fuzz.media_targets import fuzz_mp4

TARGETS = [fuzz_mp4]


def TestOneInput(data: bytes) -> None:
    """The first byte chooses what the rest is given to."""
    if data:
        TARGETS[data[0] % len(TARGETS)](data[1:])


def write_seeds(folder: Path) -> None:
    """A corpus to start from."""
    for number, (target, seed) in enumerate([(0, seed) for seed in mp4_seeds()]):
        (folder / f"seed-{number}").write_bytes(bytes((target,)) + seed)


def main() -> None:
    """Fuzz until told otherwise; without a corpus, from a fresh one."""
    logging.disable()
    with tempfile.TemporaryDirectory() as made:
        write_seeds(Path(made))
        atheris.Setup([*sys.argv, made], TestOneInput)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
