"""Every camera has exactly one responsible unit, and whoever names a unit for an area gives it what hangs there."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from nangmai.web.sites import arrangement, queries
from nangmai.web.sites.models import Area, Camera
from nangmai.web.sites.places import Places
from unit.web.recorders import FakeRecorder
from unit.web.recorders import camera as reported

UNITS = st.sampled_from(["", "", "a", "b", "c"])


@st.composite
def trees(draw: st.DrawFn) -> list[Area]:
    """Any areas with any parents: rings, holes and areas that are not there among them."""
    count = draw(st.integers(0, 8))
    parents = st.none() | st.integers(1, count + 2)
    return [Area(pk=pk, name=str(pk), parent_id=draw(parents), unit=draw(UNITS)) for pk in range(1, count + 1)]


@given(trees(), st.none() | st.integers(1, 10), UNITS)
def test_the_responsible_unit_is_total_for_any_tree(areas: list[Area], area_id: int | None, own: str) -> None:
    places = Places(areas, "security")
    unit = places.responsible_unit(Camera(area_id=area_id, unit=own))
    by_id = {area.pk: area for area in areas}
    expected, seen = own, set()
    while not expected and area_id in by_id and area_id not in seen:
        seen.add(area_id)
        expected, area_id = by_id[area_id].unit, by_id[area_id].parent_id
    assert unit == (expected or "security")


@given(trees())
def test_what_lies_within_an_area_is_what_has_it_on_its_path(areas: list[Area]) -> None:
    places = Places(areas, "security")
    for area in areas:
        assert places.within(area.pk) == {one.pk for one in areas if area in places.upwards(one.pk)} | {area.pk}


def the_camera() -> Camera:
    return queries.camera("nvr-1", "cam-01")


def test_a_new_camera_is_securitys() -> None:
    FakeRecorder().enrol().send()
    assert queries.responsible_unit(the_camera()) == "security"


def test_the_nearest_area_decides_and_the_cameras_own_unit_before_it(make_user) -> None:  # type: ignore[no-untyped-def]
    FakeRecorder().enrol().send()
    board = make_user()
    campus = arrangement.save_area(by=board, name="Trường", kind="campus", unit="kindergarten")
    gate = arrangement.save_area(by=board, area=the_camera().area, parent_id=campus.pk)
    assert queries.responsible_unit(the_camera()) == "kindergarten"
    arrangement.save_area(by=board, area=gate, unit="kitchen")
    assert queries.responsible_unit(the_camera()) == "kitchen"
    arrangement.assign_camera(by=board, camera=the_camera(), area=gate, unit="it", purposes=[])
    assert queries.responsible_unit(the_camera()) == "it"


def test_cameras_of_a_unit_are_those_it_answers_for(make_user) -> None:  # type: ignore[no-untyped-def]
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(reported("cam-01"), replace(reported("cam-02", "Bếp"), area="Nhà ăn")))
    arrangement.save_area(by=make_user(), area=queries.camera("nvr-1", "cam-02").area, unit="kitchen")
    assert [camera.camera_id for camera in queries.cameras_of(frozenset({"kitchen"}))] == ["cam-02"]
    assert [camera.camera_id for camera in queries.cameras_of(frozenset({"security"}))] == ["cam-01"]
    assert queries.cameras_of(frozenset()) == []


def test_purposes_come_from_the_nearest_area_that_names_some(make_user) -> None:  # type: ignore[no-untyped-def]
    FakeRecorder().enrol().send()
    board = make_user()
    campus = arrangement.save_area(by=board, name="Trường", kind="campus", purposes=["P1", "P2"])
    gate = arrangement.save_area(by=board, area=the_camera().area, parent_id=campus.pk)
    assert queries.places().purposes(the_camera()) == ("P1", "P2")
    arrangement.assign_camera(by=board, camera=the_camera(), area=gate, unit="", purposes=["P3"])
    assert queries.places().purposes(the_camera()) == ("P3",)
