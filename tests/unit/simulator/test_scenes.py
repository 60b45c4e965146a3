"""Places look alive, and their quiet and busy stretches join."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest

from nangmai.simulator.demo import PLACES, demo_cameras
from nangmai.simulator.drawing import plain_text
from nangmai.simulator.scenes import SCENES, draw_pictures
from nangmai.simulator.studio import Recipe


def pictures_of(scene: str) -> list[np.ndarray[Any, Any]]:
    """Grey pictures without the barcode and the clock."""
    recipe = Recipe(scene=scene, width=192, height=108, fps=5, seconds=16, quiet_seconds=6)
    pictures = [picture.mean(axis=2) for picture in draw_pictures(recipe)]
    for picture in pictures:
        picture[:4, :80] = 0
        picture[-12:, -50:] = 0
    return pictures


@pytest.mark.parametrize("scene", SCENES)
def test_nobody_stands_in_the_picture_where_stretches_join(scene: str) -> None:
    pictures = pictures_of(scene)
    for joint in (30, -1):
        assert np.abs(pictures[joint] - pictures[0]).mean() < 0.5


@pytest.mark.parametrize("scene", SCENES)
def test_a_busy_stretch_moves_more_than_a_quiet_one(scene: str) -> None:
    pictures = pictures_of(scene)
    changes = [float(np.abs(after - before).mean()) for before, after in itertools.pairwise(pictures)]
    assert sum(changes[30:]) / 50 > 1.3 * sum(changes[:30]) / 30


def test_places_look_different() -> None:
    first = [next(draw_pictures(Recipe(scene=scene, width=192, height=108))) for scene in SCENES]
    for number, picture in enumerate(first):
        for other in first[number + 1 :]:
            assert np.abs(picture.astype(int) - other).mean() > 8


def test_names_lose_their_marks_but_nothing_else() -> None:
    assert plain_text("Cổng chính đường 2") == "CONG CHINH DUONG 2"


def test_the_demonstration_gives_every_camera_its_own_name_and_both_streams() -> None:
    cameras = demo_cameras(40)
    assert len({camera.id for camera in cameras}) == len({camera.place.name for camera in cameras}) == 40
    assert {camera.place.scene for camera in cameras[: len(PLACES)]} == set(SCENES)
    assert all(camera.main.id + "-sub" == camera.sub.id for camera in cameras)


def test_main_and_sub_of_a_demonstration_camera_keep_step() -> None:
    for camera in demo_cameras(5):
        assert (camera.main.rhythm, camera.main.phase) == (camera.sub.rhythm, camera.sub.phase)
