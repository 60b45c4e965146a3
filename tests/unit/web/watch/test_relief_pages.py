"""Swaps, presence, relief and printed minutes in the browser's hands."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.web.accounts.models import User
from nangmai.web.documents.models import Document
from nangmai.web.documents.services import set_letterhead
from nangmai.web.ledger.models import Checkpoint, Entry, Witness
from nangmai.web.watch import services
from nangmai.web.watch.models import Handover, Post, Presence, Shift, Swap
from unit.web.conftest import PASSWORD
from unit.web.documents import pdf_text
from unit.web.roles import Role
from unit.web.watch.test_watch_pages import published, read

SignIn = Callable[..., Client]


@pytest.fixture
def post(make_user: Callable[..., User]) -> Post:
    return services.add_post(by=make_user(Role.HEAD_OF_SECURITY, "planner"), name="Phòng trực")


@pytest.fixture
def guard(sign_in: SignIn) -> Client:
    return sign_in(Role.GUARD, "first")


@pytest.fixture
def first(guard: Client) -> User:
    return User.objects.get(username="first")


def test_a_swap_is_asked_agreed_and_approved_by_forms(guard: Client, first: User, sign_in: SignIn, post: Post) -> None:
    second, head = sign_in(Role.GUARD, "second"), sign_in(Role.HEAD_OF_SECURITY, "head")
    taker = User.objects.get(username="second")
    shift = published(first, post, 60, 120)
    assert "Ask a colleague" in read(guard, "/watch/swaps")
    given = {"shift": shift.pk, "taker": taker.pk, "in_return": "", "reason": "Đi khám bệnh"}
    assert guard.post("/watch/swaps/ask", given | {"reason": ""}).status_code == 400
    assert guard.post("/watch/swaps/ask", given).status_code == 302
    again = guard.post("/watch/swaps/ask", given)
    assert again.status_code == 400
    assert "being swapped already" in again.content.decode()
    swap = Swap.objects.get()
    answer = f"/watch/swaps/{swap.pk}/answer"
    assert "Agree" not in read(guard, "/watch/swaps")
    assert "Agree" in read(second, "/watch/swaps")
    assert guard.post(answer, {"event": "approve"}).status_code == 403
    second.post(answer, {"event": "agree"})
    assert "Approve the swap" in read(head, "/watch/swaps")
    head.post(answer, {"event": "approve"})
    shift.refresh_from_db()
    assert shift.person == taker
    assert "Approved" in read(guard, "/watch/swaps")
    assert second.post(answer, {"event": "vanish"}).status_code == 404
    assert sign_in(Role.FINANCE).get("/watch/swaps").status_code == 403


def test_the_wall_asks_who_is_on_watch_when_the_time_has_come(guard: Client, first: User, post: Post) -> None:
    shift = published(first, post, -60, 300)
    guard.post("/watch/shift/take", {})
    assert " hidden role" in read(guard, "/watch").replace("  ", " ")
    Shift.objects.update(taken_at=timezone.now() - timedelta(minutes=21))
    page = read(guard, "/watch")
    assert "data-presence" in page
    assert " hidden role" not in page
    answer = guard.post("/watch/presence", headers={"X-Partial": "1"})
    assert 1190 < answer.json()["again_s"] <= 1200
    assert Presence.objects.get().shift == shift
    assert guard.post("/watch/presence").status_code == 302
    assert Presence.objects.count() == 1


def test_who_is_not_on_watch_is_not_asked(sign_in: SignIn, post: Post) -> None:
    client = sign_in(Role.GUARD, "idle")
    assert "data-presence" not in read(client, "/watch")
    assert client.post("/watch/presence").status_code == 409


def test_somebody_stands_in_where_nobody_came(guard: Client, first: User, sign_in: SignIn, post: Post) -> None:
    published(first, post, -30, 300)
    helper = sign_in(Role.GUARD, "helper")
    page = read(helper, "/watch/shift")
    assert "Stand in at Phòng trực" in page
    path = f"/watch/shift/stand-in/{post.pk}"
    assert helper.post(path, {"reason": ""}).status_code == 400
    assert helper.post(path, {"reason": "Bạn trực ốm"}).status_code == 302
    record = Handover.objects.get()
    assert (record.incoming.person.username, record.reason) == ("helper", "Bạn trực ốm")
    assert "Bạn trực ốm" in read(helper, f"/watch/handovers/{record.pk}")
    refused = guard.post(path, {"reason": "x"})
    assert refused.status_code in (302, 400)
    assert Handover.objects.count() == 1


def test_a_colleague_who_says_why_takes_over_at_the_console(
    guard: Client, first: User, make_user: Callable[..., User], post: Post
) -> None:
    helper = make_user(Role.GUARD, "helper")
    published(first, post, -60, 300)
    guard.post("/watch/shift/take", {})
    given = {"username": "helper", "password": PASSWORD}
    assert guard.post("/watch/shift/hand-over", given).status_code == 400
    assert guard.post("/watch/shift/hand-over", given | {"reason": "Nghỉ giữa ca"}).status_code == 302
    assert Shift.objects.get(state="on_watch").person == helper


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


@pytest.mark.usefixtures("letterhead")
def test_the_minutes_are_numbered_once_and_printed_as_often_as_asked(
    guard: Client, first: User, sign_in: SignIn, post: Post
) -> None:
    published(first, post, -60, 300)
    guard.post("/watch/shift/take", {"note": "Cổng phụ khóa."})
    record = Handover.objects.get()
    assert "Print the minutes" in read(guard, "/watch/shift")
    paper = f"/watch/handovers/{record.pk}/minutes.pdf"
    assert guard.get(paper).status_code == 404
    answer = guard.post(f"/watch/handovers/{record.pk}/print")
    assert answer["Location"] == paper
    guard.post(f"/watch/handovers/{record.pk}/print")
    document = Document.objects.get(kind="handover_minutes")
    assert document.number_text == "01/BB-MNNM"
    assert [field.user for field in document.fields.all()] == [first]
    text = pdf_text.text(guard.get(paper).content)
    stamp = Checkpoint.objects.get(size=record.checkpoint_size)
    for told in ("Cổng phụ khóa.", str(stamp.size), stamp.note.splitlines()[2], "NGƯỜI NHẬN CA"):
        assert told in text, told
    assert Witness.objects.get(kind="paper").checkpoint == stamp
    assert Entry.objects.get(act="handover.printed").said.clauses == ("Đ4.3",)
    assert sign_in(Role.FINANCE).get(paper).status_code == 403
    assert sign_in(Role.PRINCIPAL).get(paper).status_code == 200
