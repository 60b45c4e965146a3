"""The forecast: arithmetic that a person can follow."""

from __future__ import annotations

import pytest

from nangmai.archive.forecast import CameraIngest, forecast
from nangmai.archive.retention import CameraRetention, RetentionRules
from nangmai.base.units import US_PER_DAY

RULES = RetentionRules(min_days=20, max_days=30)


def test_with_room_enough_every_camera_reaches_its_ceiling() -> None:
    found = forecast([CameraIngest("cam-01", 10, [10]), CameraIngest("cam-02", 20, [20])], 10_000, RULES, 0)
    assert found.days == {"cam-01": 30, "cam-02": 30}
    assert found.floor_breaks_us is None


def test_between_floor_and_ceiling_the_disk_decides() -> None:
    found = forecast([CameraIngest("cam-01", 10, [10]), CameraIngest("cam-02", 30, [30])], 1000, RULES, 0)
    assert found.days == {"cam-01": pytest.approx(25, abs=0.01), "cam-02": pytest.approx(25, abs=0.01)}


def test_a_floor_that_does_not_fit_breaks_when_the_disk_is_full_of_protected_footage() -> None:
    found = forecast([CameraIngest("cam-01", 100, [100])], 1000, RULES, 5 * US_PER_DAY)
    # A day is there already, a hundred bytes come every day: after nine more days the thousand are reached.
    assert found.floor_breaks_us == pytest.approx(5 * US_PER_DAY + 9 * US_PER_DAY, abs=US_PER_DAY / 2)


def test_a_higher_floor_of_one_camera_leaves_less_to_the_others() -> None:
    rules = RetentionRules(1, 30, {"cam-02": CameraRetention(20, 30)})
    found = forecast([CameraIngest("cam-01", 10, [10]), CameraIngest("cam-02", 10, [10])], 300, rules, 0)
    assert found.days == {"cam-01": pytest.approx(10, abs=0.01), "cam-02": 20}


def test_no_cameras_no_forecast_of_harm() -> None:
    assert forecast([], 0, RULES, 0).floor_breaks_us is None
