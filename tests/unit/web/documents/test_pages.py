"""Pages about papers: who reads what, what the page behind a QR code says, and what it keeps to itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nangmai.web.accounts.models import User
from nangmai.web.documents import files, services
from nangmai.web.documents.models import Letterhead
from unit.web.documents.conftest import clock_at, report


def client_of(person: User) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def paper(issue: Callable[..., Any]) -> Any:
    """A report that the guard has to sign."""
    return issue("guard", data=report(subject="Về việc riêng của tổ bảo vệ"))


def step_up(client: Client) -> None:
    import time

    session = client.session
    session["stepped_up_s"] = time.time()
    session.save()


def test_those_who_read_all_find_a_paper_by_number_subject_kind_year_and_state(
    paper: Any, people: dict[str, User]
) -> None:
    client = client_of(people["vice"])
    for query in ("q=01/BC", "q=riêng", "kind=matters_report", "year=2026", "state=unsigned"):
        assert paper.subject in client.get(f"/documents/?{query}").content.decode(), query
    for query in ("q=99/BC", "kind=checkpoint_slip", "state=annulled", "state=in_force"):
        assert paper.subject not in client.get(f"/documents/?{query}").content.decode(), query


def test_others_read_only_what_they_issued_or_sign(
    issue: Callable[..., Any], paper: Any, people: dict[str, User]
) -> None:
    other = issue("vice", data=report(subject="Về việc của Ban giám hiệu"))
    client = client_of(people["guard"])
    page = client.get("/documents/").content.decode()
    assert paper.subject in page
    assert other.subject not in page
    for path in ("", "/file.pdf", "/pages/1.png"):
        assert client.get(f"/documents/{paper.token}{path}").status_code == 200, path
        assert client.get(f"/documents/{other.token}{path}").status_code == 404, path
    assert client.get("/documents/registers").status_code == 403
    assert client.get("/documents/letterhead").status_code == 403


def test_a_page_of_a_paper_is_a_picture_and_there_is_none_beyond_the_last(paper: Any, people: dict[str, User]) -> None:
    client = client_of(people["vice"])
    assert client.get(f"/documents/{paper.token}/pages/1.png").content.startswith(b"\x89PNG")
    assert client.get(f"/documents/{paper.token}/pages/2.png").status_code == 404
    assert client.get(f"/documents/{paper.token}/pages/0.png").status_code == 404


def test_the_picture_shows_the_signature(paper: Any, people: dict[str, User]) -> None:
    client = client_of(people["guard"])
    before = client.get(f"/documents/{paper.token}/pages/1.png").content
    services.sign(paper, by=people["guard"], factor="totp", clock=clock_at(2026, 2, 6))
    assert client.get(f"/documents/{paper.token}/pages/1.png").content != before


def test_signing_asks_for_a_proof_first(paper: Any, people: dict[str, User]) -> None:
    client = client_of(people["guard"])
    answer = client.post(f"/documents/{paper.token}/sign")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/")
    paper.refresh_from_db()
    assert paper.state == "unsigned"
    step_up(client)
    assert client.post(f"/documents/{paper.token}/sign")["Location"] == f"/documents/{paper.token}"
    page = client.get(f"/documents/{paper.token}").content.decode()
    assert "Nguyên vẹn" in page
    assert "Có hiệu lực" in page


def test_a_paper_whose_file_was_changed_says_so(paper: Any, people: dict[str, User]) -> None:
    path = files.path_of(paper.pdf_sha256)
    kept = path.read_bytes()
    path.write_bytes(kept + b" ")
    try:
        page = client_of(people["vice"]).get(f"/documents/{paper.token}")
        assert page.status_code == 200
        assert "không còn đúng như khi ban hành" in page.content.decode()
    finally:
        path.write_bytes(kept)


def test_the_board_annuls_and_names_the_paper_in_its_place(
    issue: Callable[..., Any], paper: Any, people: dict[str, User]
) -> None:
    new = issue()
    client = client_of(people["vice"])
    wrong = client.post(f"/documents/{paper.token}/annul", {"reason": "Sai", "replaced_by": "99/BC-MNNM"})
    assert wrong.status_code == 400
    client.post(f"/documents/{paper.token}/annul", {"reason": "Sai số liệu", "replaced_by": new.number_text})
    paper.refresh_from_db()
    assert (paper.state, paper.replaced_by, paper.annulled_by) == ("annulled", new, people["vice"])
    assert "Sai số liệu" in client.get(f"/documents/{paper.token}").content.decode()
    assert client_of(people["guard"]).post(f"/documents/{paper.token}/annul", {"reason": "x"}).status_code == 403


def test_the_public_page_says_number_signers_state_and_hash_and_nothing_of_the_content(
    paper: Any, people: dict[str, User]
) -> None:
    services.sign(paper, by=people["guard"], factor="totp", clock=clock_at(2026, 2, 6))
    paper.refresh_from_db()
    page = Client().get(f"/public/documents/{paper.token}").content.decode()
    for told in ("01/BC-MNNM", "Đỗ Văn Bằng", "Có hiệu lực", paper.pdf_sha256, paper.issued_sha256, paper.code):
        assert told in page, told
    for kept in (paper.subject, "Camera bị che", "Ban giám hiệu", "Như trên"):
        assert kept not in page, kept
    services.annul(paper, by=people["principal"], reason="Lý do nội bộ", clock=clock_at(2026, 2, 8))
    page = Client().get(f"/public/documents/{paper.token}").content.decode()
    assert "Đã hủy bỏ" in page
    assert "Lý do nội bộ" not in page
    assert Client().get("/public/documents/none").status_code == 404


def test_the_register_lists_numbers_in_order(issue: Callable[..., Any], people: dict[str, User]) -> None:
    for _ in range(3):
        issue()
    page = client_of(people["vice"]).get("/documents/registers").content.decode()
    places = [page.index(f"0{number}/BC-MNNM") for number in (1, 2, 3)]
    assert places == sorted(places)


def test_the_letterhead_is_set_on_its_page(people: dict[str, User]) -> None:
    client = client_of(people["vice"])
    given = {"institution": "Trường", "abbreviation": "T", "place": "Hà Nội", "in_force_from": "2026-01-01"}
    assert "https://" in client.post("/documents/letterhead", {**given, "public_address": "ftp://x"}).content.decode()
    assert not Letterhead.objects.exists()
    for place in ("Hà Nội", "Huế"):  # the second of a day takes the place of the first
        answer = client.post(
            "/documents/letterhead", {**given, "place": place, "public_address": "http://may-chu:8000/"}
        )
        assert answer.status_code == 302
    row = Letterhead.objects.get()
    assert (row.place, row.public_address) == ("Huế", "http://may-chu:8000")
