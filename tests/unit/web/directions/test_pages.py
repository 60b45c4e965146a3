"""Pages of requests and directions: what is typed wrong is said at its field, what is refused names its clause."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.web.directions import services
from nangmai.web.directions.models import Asked, Direction
from unit.web.directions.conftest import Board

PAGES = "/directions/"


def entered(board: Board, who: str, *, is_stepped_up: bool = True) -> Client:
    client = Client()
    client.cookies["nangmai_language"] = "en"
    client.force_login(getattr(board, who))
    if is_stepped_up:
        session = client.session
        session["stepped_up_s"] = timezone.now().timestamp()
        session.save()
    return client


def typed(board: Board, **other: Any) -> dict[str, Any]:
    now = timezone.localtime()
    form = "%Y-%m-%dT%H:%M:%S"
    return {
        "cameras": [board.cameras[0].pk], "purpose": "P1", "reason": "Trèo rào", "text": "Xem lại", "answer": "Không",
        "from_at": (now - timedelta(hours=3)).strftime(form), "to_at": (now - timedelta(hours=2)).strftime(form),
        "until_at": (now + timedelta(hours=2)).strftime(form), "person": board.guard.pk,
    } | other  # fmt: skip


def test_a_request_goes_to_the_board_and_comes_back_as_a_direction(board: Board) -> None:
    guard, principal = entered(board, "guard"), entered(board, "principal")
    assert guard.post(f"{PAGES}ask?act=playback.view", typed(board))["Location"] == PAGES
    asked = Asked.objects.get()
    assert "Trèo rào" in principal.get(PAGES).content.decode()
    page = principal.get(f"{PAGES}sign?asked={asked.pk}").content.decode()
    assert "Trèo rào" in page
    assert principal.post(f"{PAGES}sign?asked={asked.pk}", typed(board))["Location"] == PAGES
    assert Direction.objects.get().asked == asked
    assert "Xem lại" in guard.get(PAGES).content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"cameras": []}, "Choose at least one camera."),
        ({"cameras": [999]}, "Select a valid choice. 999"),
        ({"from_at": "2026-01-02T00:00:00", "to_at": "2026-01-01T00:00:00"}, "The end lies before the beginning."),
        ({"from_at": "2025-01-01T00:00:00", "to_at": "2026-01-01T00:00:00"}, "Ask for a month at most"),
        ({"from_at": "yesterday"}, "Enter a valid date/time."),
        ({"purpose": "curiosity"}, "curiosity"),
        ({"reason": " ", "text": " "}, "This field is required."),
        ({"reason": "x" * 2001, "text": "x" * 2001}, "at most 2000 characters"),
    ],
)
def test_what_is_typed_wrong_is_said_once_and_nothing_is_kept(board: Board, wrong: dict[str, Any], said: str) -> None:
    for who, page in (("guard", "ask"), ("principal", "sign")):
        answer = entered(board, who).post(f"{PAGES}{page}", typed(board, **wrong))
        assert answer.status_code == 200
        assert answer.content.decode().count(said) == 1, (page, said)
    assert not Asked.objects.exists()
    assert not Direction.objects.exists()


def test_a_direction_that_has_ended_already_or_goes_to_oneself_is_not_signed(board: Board) -> None:
    principal = entered(board, "principal")
    page = principal.post(f"{PAGES}sign", typed(board, until_at="2020-01-01T00:00:00")).content.decode()
    assert "The end lies in the past." in page
    page = principal.post(f"{PAGES}sign", typed(board, person=board.principal.pk)).content.decode()
    assert "Select a valid choice" in page
    assert not Direction.objects.exists()


def test_without_the_second_proof_the_page_leads_to_it_and_keeps_what_was_typed(board: Board) -> None:
    asked, direction = board.ask(), board.give()
    client = entered(board, "principal", is_stepped_up=False)
    for address in ("sign", f"asked/{asked.pk}/refuse", f"{direction.pk}/withdraw"):
        answer = client.post(f"{PAGES}{address}", typed(board))
        assert answer.status_code == 302, address
        assert "step-up" in answer["Location"]
    asked.refresh_from_db()
    direction.refresh_from_db()
    assert (asked.state, direction.withdrawn_at, Direction.objects.count()) == ("open", None, 1)


def test_the_board_refuses_with_a_reason_and_withdraws_what_it_gave(board: Board) -> None:
    asked, direction = board.ask(), board.give()
    principal = entered(board, "principal")
    assert principal.post(f"{PAGES}asked/{asked.pk}/refuse", {"answer": ""}).status_code == 200
    assert principal.post(f"{PAGES}asked/{asked.pk}/refuse", {"answer": "Không"}).status_code == 302
    assert principal.post(f"{PAGES}{direction.pk}/withdraw").status_code == 302
    assert principal.post(f"{PAGES}asked/{asked.pk}/refuse", {"answer": "Không"}).status_code == 409
    asked.refresh_from_db()
    direction.refresh_from_db()
    assert (asked.state, direction.withdrawn_by) == ("refused", board.principal)


def test_who_is_not_of_the_board_is_shown_the_clause(board: Board) -> None:
    asked, direction = board.ask(), board.give()
    guard = entered(board, "guard")
    for address in ("sign", f"asked/{asked.pk}/refuse", f"{direction.pk}/withdraw"):
        answer = guard.post(f"{PAGES}{address}", typed(board))
        assert answer.status_code == 403
        assert re.search(r'<span class="clause">Đ\d', answer.content.decode()), address


def test_what_is_not_there_is_not_found(board: Board) -> None:
    principal = entered(board, "principal")
    for address in ("asked/99/refuse", "99/withdraw", "sign?asked=99", "sign?asked=x"):
        assert principal.post(f"{PAGES}{address}", typed(board)).status_code == 404, address
    services.withdraw_asked(asked=board.ask(), by=board.guard)
    assert principal.get(f"{PAGES}sign?asked={Asked.objects.get().pk}").status_code == 404, "answered already"
