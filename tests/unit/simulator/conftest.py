"""Clips are made once a run, in a folder of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from nangmai.simulator import Clip, Recipe, make_clip


@pytest.fixture(scope="session")
def clips_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("clips")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NANGMAI_CLIPS", str(folder))
        yield folder


@pytest.fixture(scope="session", params=["h264", "h265"])
def clip(request: pytest.FixtureRequest, clips_folder: Path) -> Clip:
    return make_clip(Recipe(codec=request.param, width=192, height=108, seconds=2, audio="aac"))
