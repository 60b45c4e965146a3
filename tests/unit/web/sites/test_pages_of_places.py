"""The pages of cameras, areas, plans and recorders: what they show, and to whom they offer a change."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from nangmai.web.accounts.models import User
from nangmai.web.people.models import Assignment, Unit
from nangmai.web.sites import arrangement, queries
from nangmai.web.sites.models import Area, Recorder
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role
from unit.web.sites.test_arrangement import picture

SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _cameras() -> None:
    for code, name in (("security", "Tổ bảo vệ"), ("kitchen", "Tổ nuôi dưỡng")):
        Unit.objects.update_or_create(code=code, defaults={"name": name})
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01", "Cổng chính"), camera("cam-02", "Bếp", state="no_signal")))


def read(client: Client, path: str) -> str:
    client.cookies["nangmai_language"] = "en"
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def form_of_area(**fields: object) -> dict[str, object]:
    return {"name": "Dãy A", "kind": "building", "parent": "", "order": 0, "unit": "", "purposes": ""} | fields


def test_more_cameras_ask_no_more_questions(sign_in: SignIn) -> None:
    client = sign_in()
    asked = []
    for number in (2, 12):
        recorder = FakeRecorder("nvr-9").enrol()
        recorder.send(recorder.report(*(camera(f"cam-{one:02}", f"Camera {one}") for one in range(number))))
        client.get("/cameras/")
        with CaptureQueriesContext(connection) as queries_made:
            client.get("/cameras/")
        asked.append(len(queries_made))
    assert asked[0] == asked[1]


def test_the_list_is_grouped_by_unit_and_narrowed_to_one(sign_in: SignIn) -> None:
    client = sign_in()
    post = {"area": Area.objects.get().pk, "unit": "kitchen", "purposes": "P1 P3"}
    assert client.post("/cameras/nvr-1/cam-02/assign", post).status_code == 302
    page = read(client, "/cameras/?by=unit")
    assert page.index("<span>Tổ bảo vệ</span>") < page.index("<span>Tổ nuôi dưỡng</span>")
    page = read(client, "/cameras/?unit=kitchen")
    assert "/cameras/nvr-1/cam-02" in page
    assert 'row"><a href="/cameras/nvr-1/cam-01' not in page
    page = read(client, "/cameras/nvr-1/cam-02")
    assert "Tổ nuôi dưỡng" in page
    assert "P1, P3" in page


def test_the_list_is_narrowed_to_an_area_with_what_lies_in_it(sign_in: SignIn) -> None:
    client, gate = sign_in(), Area.objects.get()
    assert client.post("/cameras/areas", form_of_area()).status_code == 302
    house = Area.objects.get(name="Dãy A")
    client.post(f"/cameras/areas/{gate.pk}/edit", form_of_area(name="Cổng trường", kind="gate", parent=house.pk))
    assert "2 are shown" in read(client, f"/cameras/?area={house.pk}&by=area")
    assert "No camera fits" in read(client, "/cameras/?area=4711")
    assert "2 of 2" not in read(client, "/cameras/?area=x")


#: who charts, beside the board, which arranges as well
CHARTS = Role.IT_OFFICER


@pytest.mark.parametrize("role", [role for role in Role if "principal" not in role])
def test_only_those_who_may_are_offered_a_change_and_can_make_one(sign_in: SignIn, role: Role) -> None:
    client, gate = sign_in(role), Area.objects.get()
    offered = "".join(
        read(client, path)
        for path in ("/cameras/areas", f"/cameras/areas/{gate.pk}", "/cameras/recorders", "/cameras/nvr-1/cam-01")
    )
    assert "/edit" not in offered
    assert "/assign" not in offered
    assert ("/channels" in offered) == (role == CHARTS)
    assert ("/plan/change" in offered) == (role == CHARTS)
    arranging = {
        "/cameras/areas": form_of_area(),
        f"/cameras/areas/{gate.pk}/edit": form_of_area(),
        f"/cameras/areas/{gate.pk}/remove": {},
        "/cameras/nvr-1/cam-01/assign": {"unit": "kitchen"},
        "/cameras/site": {"default_unit": "kitchen"},
    }
    charting = {
        f"/cameras/areas/{gate.pk}/plan/change": {"remove": "1"},
        f"/cameras/areas/{gate.pk}/spot": {"camera": "x"},
        "/cameras/recorders/nvr-1/channels": {"channels": 4},
    }
    refused = arranging if role == CHARTS else arranging | charting
    assert {path: client.post(path, given).status_code for path, given in refused.items()} == dict.fromkeys(
        refused, 403
    )
    if role == CHARTS:
        assert [client.post(path, given).status_code for path, given in charting.items()] == [302, 400, 302]


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"name": ""}, "This field is required."),
        ({"name": "Cổng trường"}, "There is an area called Cổng trường here already."),
        ({"purposes": "P1; drop"}, "is no id of a purpose"),
        ({"parent": "4711"}, "Select a valid choice"),
        ({"order": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_wrong_area_is_explained_beside_the_field(sign_in: SignIn, wrong: dict[str, str], complaint: str) -> None:
    client = sign_in()
    client.cookies["nangmai_language"] = "en"
    answer = client.post("/cameras/areas", form_of_area(**wrong))
    assert answer.status_code == 400
    assert complaint in answer.content.decode()


def test_a_camera_is_put_on_the_plan_by_figures(sign_in: SignIn) -> None:
    client, gate = sign_in(), Area.objects.get()
    plan = SimpleUploadedFile("plan.png", picture(200, 100).getvalue(), "image/png")
    assert client.post(f"/cameras/areas/{gate.pk}/plan/change", {"plan": plan}).status_code == 302
    answer = client.get(f"/cameras/areas/{gate.pk}/plan")
    assert answer["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")
    broken = queries.camera("nvr-1", "cam-02")
    spot = {"camera": broken.pk, "x": "25", "y": "50"}
    assert client.post(f"/cameras/areas/{gate.pk}/spot", spot).status_code == 302
    page = read(client, f"/cameras/areas/{gate.pk}")
    assert "translate(50.0 50.0)" in page
    assert "spot-broken" in page
    assert "<title>Bếp: No signal</title>" in page
    assert client.post(f"/cameras/areas/{gate.pk}/spot", spot | {"y": ""}).status_code == 400
    assert client.post(f"/cameras/areas/{gate.pk}/spot", spot | {"x": "101"}).status_code == 400
    client.post(f"/cameras/areas/{gate.pk}/spot", {"camera": broken.pk, "x": "", "y": ""})
    assert "<title>Bếp" not in read(client, f"/cameras/areas/{gate.pk}")


def test_a_bad_plan_is_explained_and_nothing_is_kept(sign_in: SignIn) -> None:
    client, gate = sign_in(), Area.objects.get()
    client.cookies["nangmai_language"] = "en"
    bad = SimpleUploadedFile("plan.png", b"<svg/>", "image/png")
    answer = client.post(f"/cameras/areas/{gate.pk}/plan/change", {"plan": bad})
    assert answer.status_code == 400
    assert "no picture that can be read" in answer.content.decode()
    assert Area.objects.get().plan_sha256 == ""
    assert client.get(f"/cameras/areas/{gate.pk}/plan").status_code == 404


def test_recorders_tell_what_they_have_to_spare(sign_in: SignIn) -> None:
    client = sign_in()
    assert "Channels not stated" in read(client, "/cameras/recorders")
    for channels, word in ((2, "No channel to spare"), (1, "More cameras than channels"), (32, "<span>30</span>")):
        client.post("/cameras/recorders/nvr-1/channels", {"channels": channels})
        assert word in read(client, "/cameras/recorders")
    assert Recorder.objects.get().channels == 32


def test_my_area_shows_the_cameras_of_ones_unit_and_no_picture(sign_in: SignIn, make_user: Callable[..., User]) -> None:
    found = queries.camera("nvr-1", "cam-02")
    arrangement.assign_camera(by=make_user(), camera=found, area=found.area, unit="kitchen", purposes=[])
    client = sign_in(Role.AREA_UNIT)
    Assignment.objects.filter(person__username="area_unit").update(unit=Unit.objects.get(code="kitchen"))
    page = read(client, "/cameras/mine")
    assert "Tổ nuôi dưỡng" in page
    assert "/cameras/nvr-1/cam-02" in page
    assert "/cameras/nvr-1/cam-01" not in page
    assert "1 camera needs you" in page
    assert "<video-wall" not in page
    assert "You belong to no unit" in read(sign_in(Role.FINANCE), "/cameras/mine")


def test_the_names_on_papers_are_kept(sign_in: SignIn) -> None:
    given = {"school_name": "Trường Mầm non Nắng Mai", "place_name": "Hà Nội", "default_unit": "kitchen"}
    assert sign_in().post("/cameras/site", given).status_code == 302
    assert queries.site().school_name == "Trường Mầm non Nắng Mai"
    assert queries.responsible_unit(queries.camera("nvr-1", "cam-01")) == "kitchen"
