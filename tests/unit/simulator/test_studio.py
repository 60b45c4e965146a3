"""The same recipe gives the same clip, made once."""

from __future__ import annotations

from pathlib import Path

import av
import pytest

from nangmai.simulator.barcode import read_barcode
from nangmai.simulator.studio import ClipNotMade, Recipe, clip_path, encode_clip, make_clip

SMALL = Recipe(width=192, height=108, seconds=2)


def test_a_recipe_encodes_to_the_same_bytes_every_time(tmp_path: Path) -> None:
    for name in ("first.mov", "second.mov"):
        encode_clip(SMALL, tmp_path / name)
    assert (tmp_path / "first.mov").read_bytes() == (tmp_path / "second.mov").read_bytes()


def test_a_clip_is_made_once(clips_folder: Path) -> None:
    first = make_clip(SMALL)
    made = clip_path(SMALL).stat().st_mtime_ns
    assert make_clip(SMALL) == first
    assert clip_path(SMALL).stat().st_mtime_ns == made


def test_nothing_half_made_stays_behind(tmp_path: Path) -> None:
    with pytest.raises(ClipNotMade, match="191"):
        encode_clip(Recipe(width=191, height=107, seconds=1), tmp_path / "odd.mov")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_every_picture_shows_its_number(tmp_path: Path, codec: str) -> None:
    recipe = Recipe(width=320, height=180, seconds=3, codec=codec)  # type: ignore[arg-type]
    encode_clip(recipe, tmp_path / "clip.mov")
    with av.open(str(tmp_path / "clip.mov")) as container:
        numbers = [read_barcode(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
    assert numbers == list(range(30))


@pytest.mark.parametrize("codec", ["h264", "h265"])
def test_a_given_rate_is_nearly_met_from_the_first_gop_on(clips_folder: Path, codec: str) -> None:
    recipe = Recipe(codec=codec, width=640, height=360, fps=25, seconds=4, gop_seconds=2, megabits=1.5, noise=3)  # type: ignore[arg-type]
    clip = make_clip(recipe)
    assert len(clip.pictures) == 100
    assert clip.pictures[0].is_key
    assert 1.2e6 < clip.bitrate_bps < 1.8e6
    sizes = [sum(map(len, picture.nals)) for picture in clip.pictures]
    assert sizes[0] > 2 * sum(sizes[1:50]) / 49


def test_a_clip_with_a_quiet_stretch_has_two_parts_that_start_with_key_pictures(clips_folder: Path) -> None:
    clip = make_clip(Recipe(width=192, height=108, seconds=4, quiet_seconds=2))
    assert clip.parts == (range(20), range(20, 40))
    assert all(clip.pictures[part.start].is_key for part in clip.parts)


def test_long_gops_can_be_had(clips_folder: Path) -> None:
    clip = make_clip(Recipe(width=192, height=108, fps=5, seconds=12, gop_seconds=12))
    assert [picture.is_key for picture in clip.pictures].count(True) == 1
