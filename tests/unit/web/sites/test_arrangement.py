"""Areas, plans and channels are changed by people, in one step, with their entry in the ledger."""

from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from PIL import Image

from nangmai.web.accounts.models import User
from nangmai.web.ledger.models import Entry
from nangmai.web.regulation.authorities import Refused
from nangmai.web.sites import arrangement, plans, queries
from nangmai.web.sites.models import Area
from unit.web.recorders import FakeRecorder
from unit.web.roles import Role

MakeUser = Callable[..., User]


@pytest.fixture
def board(make_user: MakeUser) -> User:
    return make_user()


def picture(width: int = 40, height: int = 30, form: str = "PNG") -> io.BytesIO:
    written = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(written, form)
    written.seek(0)
    return written


def test_an_area_cannot_lie_in_what_lies_in_it(board: User) -> None:
    house = arrangement.save_area(by=board, name="Dãy A", kind="building")
    room = arrangement.save_area(by=board, name="Lớp Mầm", kind="room", parent_id=house.pk)
    for parent in (room.pk, house.pk):
        with pytest.raises(arrangement.AreaWithinItself):
            arrangement.save_area(by=board, area=queries.area(house.pk), parent_id=parent)
    assert queries.area(house.pk).parent is None


def test_two_areas_of_one_place_have_two_names(board: User) -> None:
    house = arrangement.save_area(by=board, name="Dãy A", kind="building")
    arrangement.save_area(by=board, name="Lớp Mầm", kind="room", parent_id=house.pk)
    for parent, name in ((house.pk, "Lớp Mầm"), (None, "Dãy A")):
        with pytest.raises(arrangement.AreaNameTaken):
            arrangement.save_area(by=board, name=name, kind="room", parent_id=parent)
    assert arrangement.save_area(by=board, name="Lớp Mầm", kind="room").parent is None


def test_only_an_empty_area_can_be_removed(board: User) -> None:
    FakeRecorder().enrol().send()
    gate = Area.objects.get()
    with pytest.raises(arrangement.AreaInUse, match="1"):
        arrangement.remove_area(by=board, area=gate)
    arrangement.assign_camera(by=board, camera=queries.camera("nvr-1", "cam-01"), area=None, unit="", purposes=[])
    arrangement.remove_area(by=board, area=gate)
    assert not Area.objects.exists()


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
def test_a_plan_is_kept_as_pixels_only(board: User, form: str) -> None:
    area = arrangement.save_area(by=board, name="Tầng 1", kind="floor")
    arrangement.set_plan(by=board, area=area, file=picture(form=form))
    assert (area.plan_width, area.plan_height) == (40, 30)
    assert plans.path(area.plan_sha256).read_bytes().startswith(b"\x89PNG")


def test_a_very_large_plan_is_reduced(board: User) -> None:
    area = arrangement.save_area(by=board, name="Tầng 1", kind="floor")
    arrangement.set_plan(by=board, area=area, file=picture(6000, 30))
    assert (area.plan_width, area.plan_height) == (3000, 15)


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg xmlns='http://www.w3.org/2000/svg'/>", picture().getvalue()[:60], picture(form="GIF").getvalue()],
)
def test_what_is_no_picture_is_refused(board: User, content: bytes) -> None:
    area = arrangement.save_area(by=board, name="Tầng 1", kind="floor")
    with pytest.raises(plans.PlanUnreadable):
        arrangement.set_plan(by=board, area=area, file=io.BytesIO(content))


def test_a_file_that_is_too_large_is_refused_before_it_is_decoded(board: User, monkeypatch: pytest.MonkeyPatch) -> None:
    area = arrangement.save_area(by=board, name="Tầng 1", kind="floor")
    with pytest.raises(plans.PlanTooLarge):
        arrangement.set_plan(by=board, area=area, file=io.BytesIO(bytes(plans.LARGEST_BYTES + 1)))
    monkeypatch.setattr(plans, "LARGEST_PIXELS", 100)
    with pytest.raises(plans.PlanTooLarge):
        arrangement.set_plan(by=board, area=area, file=picture())


def test_a_camera_that_changes_its_plan_leaves_its_spot(board: User) -> None:
    FakeRecorder().enrol().send()
    floors = [arrangement.save_area(by=board, name=name, kind="floor") for name in ("Tầng 1", "Tầng 2")]
    for number, floor in enumerate(floors):
        arrangement.set_plan(by=board, area=floor, file=picture(40 + number, 30))
    room = arrangement.save_area(by=board, name="Phòng 101", kind="room", parent_id=floors[0].pk)
    camera = queries.camera("nvr-1", "cam-01")
    arrangement.assign_camera(by=board, camera=camera, area=room, unit="", purposes=[])
    arrangement.place_camera(by=board, camera=camera, x=0.25, y=0.5)
    arrangement.assign_camera(by=board, camera=camera, area=floors[0], unit="", purposes=[])
    assert (camera.plan_x, camera.plan_y) == (0.25, 0.5)
    arrangement.assign_camera(by=board, camera=camera, area=floors[1], unit="", purposes=[])
    assert (camera.plan_x, camera.plan_y) == (None, None)


def test_each_change_is_one_entry_and_what_changes_nothing_is_none(board: User) -> None:
    FakeRecorder().enrol().send()
    size = Entry.objects.count()
    camera = queries.camera("nvr-1", "cam-01")
    for _ in range(2):
        arrangement.assign_camera(by=board, camera=camera, area=camera.area, unit="kitchen", purposes=[])
    entries = list(Entry.objects.filter(seq__gte=size))
    assert [(entry.act, entry.actor, entry.thing) for entry in entries] == [
        ("camera.assigned", f"p-{board.pk}", "camera:nvr-1/cam-01")
    ]
    told = entries[0].said.facts
    assert (told["unit_before"], told["unit"], told["changed"]) == ("security", "kitchen", ["unit"])
    assert entries[0].said.clauses == ("Đ6.1",)
    assert entries[0].said.assignment.startswith("a-")


def test_the_it_officer_charts_and_does_not_arrange(make_user: Callable[..., User]) -> None:
    officer = make_user(Role.IT_OFFICER)
    FakeRecorder().enrol().send()
    recorder = queries.camera("nvr-1", "cam-01").recorder
    arrangement.set_channels(by=officer, recorder=recorder, channels=32)
    changed = Entry.objects.get(act="recorder.changed")
    assert changed.said.clauses == ("Đ8.1",)
    with pytest.raises(Refused, match=r"Đ6\.1"):
        arrangement.save_area(by=officer, name="Dãy A", kind="building")
    with pytest.raises(Refused, match=r"Đ6\.1"):
        arrangement.save_site(by=officer, contact="x")


def test_a_change_that_fails_leaves_no_entry(board: User) -> None:
    arrangement.save_area(by=board, name="Dãy A", kind="building")
    size = Entry.objects.count()
    with pytest.raises(arrangement.AreaNameTaken):
        arrangement.save_area(by=board, name="Dãy A", kind="building")
    assert Entry.objects.count() == size
