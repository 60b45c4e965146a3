"""Everybody reads the text in force without signing in, and a sign at the cameras leads there."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from nangmai.web.compliance.checks import CHECKS
from nangmai.web.compliance.findings import State
from nangmai.web.compliance.survey import Survey
from nangmai.web.documents.services import set_letterhead
from nangmai.web.regulation import versions
from nangmai.web.regulation.models import Version
from nangmai.web.regulation.services import adopt
from nangmai.web.sites import queries
from nangmai.web.sites.models import Site
from unit.web.documents import pdf_text
from unit.web.recorders import FakeRecorder, camera
from unit.web.regulations import SHIPPED
from unit.web.roles import Role


@pytest.fixture
def letterhead() -> None:
    set_letterhead(
        by=None,
        in_force_from=datetime.date(2020, 1, 1),
        governing_body="Ủy ban nhân dân quận Long Biên",
        institution="Trường Mầm non Nắng Mai",
        abbreviation="MNNM",
        place="Long Biên",
        public_address="https://camera.example.vn/",
    )


def test_a_stranger_reads_every_clause_and_no_norm_or_person(make_user: Callable[..., object]) -> None:
    make_user(Role.GUARD, "bao-ve-ca-dem")
    page = Client().get("/public/regulation")
    assert page.status_code == 200
    text = page.content.decode()
    regulation = versions.text_of(Version.objects.get())
    for clause in regulation.clauses:
        assert f'id="{clause.id}"' in text
    assert "tối thiểu 20 ngày" in text
    assert Version.objects.get().sha256 in text
    for kept in ("bao-ve-ca-dem", 'class="norms"', "Đ7.1/live", "/watch", "/cameras/"):
        assert kept not in text, kept


def test_the_page_speaks_both_languages_and_has_no_pdf_before_there_is_a_letterhead() -> None:
    client = Client()
    client.cookies["nangmai_language"] = "en"
    text = client.get("/public/regulation").content.decode()
    assert "Footage is kept for 20 days at least" in text
    assert "regulation.pdf" not in text


@pytest.mark.usefixtures("letterhead")
def test_the_text_can_be_taken_home_as_pdf() -> None:
    assert "regulation.pdf" in Client().get("/public/regulation").content.decode()
    answer = Client().get("/public/regulation.pdf")
    assert answer["Content-Type"] == "application/pdf"
    text = pdf_text.text(answer.content)
    assert "Mục đích và phân công" in text
    assert "139/QĐ-MNNM" in text
    assert Client().get("/public/regulation.pdf").content == answer.content


def test_without_a_text_in_force_there_is_nothing_to_read() -> None:
    Version.objects.all().delete()
    assert Client().get("/public/regulation").status_code == 404
    assert Client().get("/public/regulation.pdf").status_code == 404


def test_the_board_says_that_the_text_is_published_once_the_ledger_tells_of_it() -> None:
    def found() -> State:
        survey = Survey()
        norm = next(one for one in survey.regulation.norms if one.id == "QĐ.3/publish")
        return CHECKS["published_text"](survey, norm).state

    assert found() == State.BROKEN
    Version.objects.all().delete()
    adopt(text=SHIPPED.read_text(encoding="utf-8"), where=SHIPPED.name)
    assert found() == State.KEPT


@pytest.mark.usefixtures("letterhead")
def test_the_sign_of_an_area_says_what_for_how_long_and_where_to_complain(sign_in: Callable[..., Client]) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera("cam-01", "Cổng chính")))
    area = queries.camera("nvr-1", "cam-01").area
    assert area is not None
    area.purposes = ["P1"]
    area.save()
    Site.objects.update(contact="Văn phòng, 024 3872 0000")
    client = sign_in(Role.AREA_UNIT)
    assert f"/regulation/notices/{area.pk}.pdf" in client.get("/regulation/notices").content.decode()
    text = pdf_text.text(client.get(f"/regulation/notices/{area.pk}.pdf").content)
    for told in ("CAMERA GIÁM SÁT", area.name, "Giữ an ninh", "tối đa 30 ngày", "Văn phòng, 024 3872 0000"):
        assert told in text, told
    assert "chuyên môn" not in text
    assert "/public/regulation" in text
    assert client.get("/regulation/notices/4711.pdf").status_code == 404
