"""The papers of people and of the sign-off are offered, issued with their number, and not twice for one state."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest
from django.test import Client

from nangmai.web.accounts.models import User
from nangmai.web.documents import files, services
from nangmai.web.documents.models import Document
from nangmai.web.people.models import Assignment
from nangmai.web.regulation import printing
from nangmai.web.regulation.authorities import Refused
from nangmai.web.regulation.models import Acknowledgement
from unit.web.documents import pdf_text
from unit.web.roles import Role


@pytest.fixture(autouse=True)
def _letterhead() -> None:
    services.set_letterhead(
        by=None,
        in_force_from=datetime.date(2020, 1, 1),
        governing_body="Ủy ban nhân dân quận Long Biên",
        institution="Trường Mầm non Nắng Mai",
        abbreviation="MNNM",
        place="Long Biên",
        public_address="https://camera.example.vn/",
    )


def text_of(document: Document) -> str:
    return " ".join(pdf_text.text(files.load(document.pdf_sha256)).split())


def test_the_decision_names_everybody_assigned_and_rests_on_the_clause(make_user: Callable[..., User]) -> None:
    principal, guard = make_user(Role.PRINCIPAL), make_user(Role.GUARD)
    User.objects.filter(pk=guard.pk).update(display_name="Đỗ Văn Bằng")
    paper = printing.print_assignments(by=principal)
    text = text_of(paper)
    assert paper.number_text == "01/QĐ-MNNM"
    for told in ("Đỗ Văn Bằng", "Nhân viên bảo vệ", "Khoản 1 Điều 1", "HIỆU TRƯỞNG TRƯỜNG MẦM NON NẮNG MAI"):
        assert told in text, told
    assert [(field.user, field.capacity) for field in paper.fields.all()] == [(principal, ["Hiệu trưởng"])]
    services.sign(paper, by=principal, factor="totp")


def test_the_same_state_is_issued_once_and_a_new_one_anew(make_user: Callable[..., User]) -> None:
    principal, guard = make_user(Role.PRINCIPAL), make_user(Role.GUARD)
    first = printing.print_assignments(by=principal)
    assert printing.print_assignments(by=principal) == first
    Assignment.objects.filter(person=guard).delete()
    assert printing.print_assignments(by=principal).number_text == "02/QĐ-MNNM"


def test_a_vice_principal_signs_for_the_principal(make_user: Callable[..., User]) -> None:
    paper = printing.print_assignments(by=make_user(Role.VICE_PRINCIPAL))
    assert paper.fields.get().capacity == ["KT. Hiệu trưởng", "Phó hiệu trưởng"]


def test_the_register_tells_who_has_signed_and_who_has_not(make_user: Callable[..., User]) -> None:
    principal, clerk = make_user(Role.PRINCIPAL), make_user(Role.CLERK)
    Acknowledgement.objects.filter(person=clerk).delete()
    paper = printing.print_register(by=principal)
    text = text_of(paper)
    assert paper.number_text == ""
    for told in ("Văn thư", "Chưa ký nhận", "của sổ cái", "đã ký nhận: 1 người; chưa ký nhận: 1 người"):
        assert told in text, told


def test_only_who_issues_papers_is_offered_them(sign_in: Callable[..., Client]) -> None:
    board, head = sign_in(Role.VICE_PRINCIPAL), sign_in(Role.HEAD_OF_SECURITY)
    for page, path in (
        ("/people/", "/regulation/papers/assignments"),
        ("/regulation/versions", "/regulation/papers/sign-off"),
    ):
        assert path in board.get(page).content.decode()
        assert path not in head.get(page).content.decode()
        assert head.post(path).status_code == 403
        assert board.post(path)["Location"].startswith("/documents/")
    with pytest.raises(Refused):
        printing.print_register(by=User.objects.get(username=Role.HEAD_OF_SECURITY))
