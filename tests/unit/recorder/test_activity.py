"""Activity from coded sizes: still scenes are quiet whatever their bit rate, movement shows, dusk is learned."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.recorder.activity import ActivityMeter


def measured(sizes: list[float]) -> list[int]:
    meter = ActivityMeter()
    return [meter.measure(round(size) * 24, 24) for size in sizes]


@pytest.mark.parametrize("level", [200, 5_000, 100_000])
def test_a_still_scene_is_quiet_at_any_bit_rate(level: int) -> None:
    noise = random.Random(1)
    assert max(measured([level * noise.uniform(0.9, 1.1) for _ in range(600)])) < 50


@pytest.mark.parametrize(("level", "least"), [(200, 200), (5_000, 350), (100_000, 350)])
def test_a_person_who_passes_shows_and_is_gone_afterwards(level: int, least: int) -> None:
    figures = measured([level] * 60 + [level * 4] * 10 + [level] * 60)
    assert min(figures[60:70]) > least
    assert max(figures[:60] + figures[70:]) == 0


@pytest.mark.parametrize("level", [1_000, 5_000, 100_000])
def test_ordinary_motion_lies_in_the_middle_and_the_top_is_left_to_rare_peaks(level: int) -> None:
    one, several, crowd = (measured([level] * 60 + [level * times])[-1] for times in (4, 8, 16))
    assert 300 < one < several < crowd < 900
    assert measured([level] * 60 + [level * 40])[-1] == 1000


def test_a_picture_without_any_noise_makes_no_giant_of_a_small_thing() -> None:
    assert measured([25] * 60 + [100])[-1] < 50
    assert measured([25] * 60 + [2_000])[-1] < 750


def test_more_movement_is_more_activity() -> None:
    figures = measured([1000] * 60 + [1500, 2000, 4000, 8000, 40000])
    assert figures[60:] == sorted(figures[60:])
    assert figures[-1] == 1000


def test_noise_that_stays_becomes_the_new_quiet() -> None:
    figures = measured([1000] * 60 + [2500] * 3600)
    assert figures[61] > 150
    assert figures[-1] == 0


def test_rest_is_learned_at_once() -> None:
    figures = measured([8000] * 60 + [1000] * 60 + [4000] * 5)
    assert figures[-1] > 300


@given(st.lists(st.tuples(st.integers(0, 2**31), st.integers(0, 1000))))
def test_it_is_always_between_0_and_1000(fragments: list[tuple[int, int]]) -> None:
    meter = ActivityMeter()
    assert all(0 <= meter.measure(*fragment) <= 1000 for fragment in fragments)
