"""The text a recorder reports finds its area, makes one that is not placed, and never loses a camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from nangmai.web.accounts.models import User
from nangmai.web.sites import arrangement, queries
from nangmai.web.sites.models import Area
from unit.web.recorders import FakeRecorder, camera

MakeUser = Callable[..., User]


def report(recorder: FakeRecorder, area: str) -> Area | None:
    recorder.send(recorder.report(replace(camera(), area=area)))
    return queries.camera("nvr-1", "cam-01").area


@pytest.fixture
def recorder() -> FakeRecorder:
    return FakeRecorder().enrol()


def test_an_unknown_text_makes_an_area_that_is_not_placed(recorder: FakeRecorder) -> None:
    area = report(recorder, "Cổng trường")
    assert area is not None
    assert (area.name, area.is_placed, area.parent) == ("Cổng trường", False, None)
    assert queries.places().not_placed() == [area]


def test_a_text_finds_the_area_of_this_name_whatever_its_case_and_accents(
    recorder: FakeRecorder, make_user: MakeUser
) -> None:
    gate = arrangement.save_area(by=make_user(), name="Cổng trường", kind="gate")
    assert report(recorder, " cổng TRƯỜNG") == gate  # the accents are typed as letters of their own


def test_a_text_that_two_areas_share_is_left_to_a_person_and_a_path_is_not(
    recorder: FakeRecorder, make_user: MakeUser
) -> None:
    board = make_user()
    houses = [arrangement.save_area(by=board, name=name, kind="building") for name in ("Dãy A", "Dãy B")]
    halls = [arrangement.save_area(by=board, name="Hành lang", kind="floor", parent_id=house.pk) for house in houses]
    unclear = report(recorder, "Hành lang")
    assert unclear is not None
    assert unclear not in halls
    assert not unclear.is_placed
    assert report(recorder, "Dãy B / Hành lang") == halls[1]


def test_a_renamed_area_is_still_meant_by_the_text_that_made_it(recorder: FakeRecorder, make_user: MakeUser) -> None:
    area = report(recorder, "Cổng trường")
    assert area is not None
    arrangement.save_area(by=make_user(), area=area, name="Cổng số 1")
    recorder.send(recorder.report(replace(camera("cam-02"), area="Cổng trường")))
    assert queries.camera("nvr-1", "cam-02").area == area


def test_a_camera_follows_its_text_until_a_person_has_chosen(recorder: FakeRecorder, make_user: MakeUser) -> None:
    first, second = report(recorder, "Bếp"), report(recorder, "Sân")
    assert first is not None
    assert second is not None
    assert second.name == "Sân"
    found = queries.camera("nvr-1", "cam-01")
    arrangement.assign_camera(by=make_user(), camera=found, area=first, unit="", purposes=[])
    assert report(recorder, "Phòng nhạc") == first


def test_a_camera_without_a_text_has_no_area_and_still_a_unit(recorder: FakeRecorder) -> None:
    assert report(recorder, "  ") is None
    assert queries.responsible_unit(queries.camera("nvr-1", "cam-01")) == "security"


def test_a_report_that_says_the_same_again_changes_nothing(recorder: FakeRecorder) -> None:
    assert report(recorder, "Bếp") == report(recorder, "Bếp")
    assert Area.objects.count() == 1


def test_cameras_reported_before_there_were_areas_find_theirs() -> None:
    from importlib import import_module

    from django.apps import apps

    from nangmai.web.sites.models import Camera, Recorder

    nvr = Recorder.objects.create(name="nvr-9")
    for number, text in enumerate(["Bếp", "Bếp", " "]):
        Camera.objects.create(recorder=nvr, camera_id=f"cam-{number}", name="x", reported_area=text)
    import_module("nangmai.web.sites.migrations.0003_areas_from_reports").areas_from_reports(apps, None)
    assert [camera.area_name for camera in nvr.cameras.order_by("camera_id")] == ["Bếp", "Bếp", ""]
    assert Area.objects.get().is_placed is False
