"""The roster and the shift in the browser's hands: every step by forms, every refusal beside them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from nangmai.web.accounts import factors
from nangmai.web.accounts.models import User
from nangmai.web.watch import queries, services
from nangmai.web.watch.models import Handover, Post, RosterWeek, Shift
from unit.web.conftest import PASSWORD
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role

SignIn = Callable[..., Client]


@pytest.fixture
def head(sign_in: SignIn) -> Client:
    client = sign_in(Role.HEAD_OF_SECURITY)
    client.cookies["nangmai_language"] = "en"
    return client


def the_week() -> str:
    return queries.monday(timezone.localdate()).isoformat()


def read(client: Client, path: str) -> str:
    client.cookies["nangmai_language"] = "en"
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def plan(client: Client, person: User, begin: str, end: str, *, days: int = 7) -> None:
    monday = queries.monday(timezone.localdate())
    given = {
        "post": Post.objects.get().pk,
        "person": person.pk,
        "begin": begin,
        "end": end,
        "days": [(monday + timedelta(days=number)).isoformat() for number in range(days)],
    }
    assert client.post(f"/watch/roster/{the_week()}/shifts", given).status_code == 302


def move(client: Client, event: str) -> None:
    client.post(f"/watch/roster/{the_week()}/move", {"event": event})


def test_a_week_is_planned_checked_approved_and_published_by_forms(
    head: Client, sign_in: SignIn, make_user: Callable[..., User]
) -> None:
    board = sign_in(Role.PRINCIPAL)
    assert "No post yet" in read(head, "/watch/roster")
    head.post("/watch/roster/posts", {"name": "Phòng trực", "is_continuous": "on"})
    plan(head, make_user(Role.GUARD, "day"), "07:00", "19:00")
    plan(head, make_user(Role.GUARD, "night"), "19:00", "07:00")
    page = read(head, "/watch/roster")
    assert "161 of 168 hours covered" in page
    assert "Nobody is planned at Phòng trực from" in page
    move(head, "check")
    assert RosterWeek.objects.get().state == "draft"
    plan(head, make_user(Role.GUARD, "third"), "00:00", "07:00", days=1)
    assert "168 of 168 hours covered" in read(head, "/watch/roster")
    move(head, "check")
    assert "Approve the roster" not in read(head, "/watch/roster")
    assert "Approve the roster" in read(board, "/watch/roster")
    move(board, "approve")  # leads to the proof of identity first
    assert RosterWeek.objects.get().state == "checked"
    session = board.session
    session["stepped_up_s"] = timezone.now().timestamp()
    session.save()
    move(board, "approve")
    move(head, "publish")
    assert RosterWeek.objects.get().state == "published"
    assert "Plan shifts" not in read(head, "/watch/roster")


@pytest.mark.parametrize("role", [Role.GUARD, Role.FINANCE, Role.PRINCIPAL])
def test_the_roster_is_read_by_all_and_changed_by_who_may(head: Client, sign_in: SignIn, role: Role) -> None:
    head.post("/watch/roster/posts", {"name": "Phòng trực"})
    client = sign_in(role, "other")
    page = read(client, "/watch/roster")
    assert "Phòng trực" in page
    assert "Plan shifts" not in page
    week = the_week()
    for path in ("/watch/roster/posts", f"/watch/roster/{week}/shifts", f"/watch/roster/{week}/copy"):
        assert client.post(path, {"name": "x"}).status_code == 403


def test_wrong_input_is_explained(head: Client) -> None:
    assert head.get("/watch/roster?week=yesterday").status_code == 404
    head.post("/watch/roster/posts", {"name": "Phòng trực"})
    answer = head.post(f"/watch/roster/{the_week()}/shifts", {"begin": "25:00", "days": ["2020-01-01"]})
    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Enter a valid time." in page
    assert "2020-01-01 is not one of the available choices" in page
    head.post("/watch/roster/posts", {"name": "Phòng trực"})
    assert "There is a post called Phòng trực already." in read(head, "/watch/roster")


@pytest.fixture
def post(make_user: Callable[..., User]) -> Post:
    return services.add_post(by=make_user(Role.HEAD_OF_SECURITY, "planner"), name="Phòng trực")


def published(person: User, post: Post, begin_minutes: int, end_minutes: int) -> Shift:
    """A shift of this week or the next, from now on so many minutes."""
    now = timezone.now()
    begin, end = (now + timedelta(minutes=number) for number in (begin_minutes, end_minutes))
    week, _made = RosterWeek.objects.get_or_create(begins=queries.monday(timezone.localtime(begin).date()))
    if week.state != "published":
        week.state, week.approved_by, week.approved_at = "published", person, now
        week.save()
    return Shift.objects.create(week=week, post=post, person=person, starts_at=begin, ends_at=end)


def test_a_shift_is_taken_and_handed_over_at_one_console(
    sign_in: SignIn, make_user: Callable[..., User], post: Post
) -> None:
    recorder = FakeRecorder().enrol()
    recorder.send(recorder.report(camera(), camera("cam-02", "Bếp", state="no_signal")))
    client = sign_in(Role.GUARD, "first")
    comer = make_user(Role.GUARD, "second")
    first = published(User.objects.get(username="first"), post, -60, 5)
    second = published(comer, post, 5, 600)
    page = read(client, "/watch/shift")
    assert "Camera Bếp (nvr-1/cam-02): No signal" in page
    refused = client.post("/watch/shift/take", {"note": ""})
    assert refused.status_code == 400
    assert "1 things of the handover are not confirmed" in refused.content.decode()
    ticked = {"confirmed": ["camera_down:nvr-1/cam-02"]}
    assert client.post("/watch/shift/take", ticked).status_code == 302
    assert "<strong>guard</strong>" in read(client, "/watch")

    wrong = ticked | {"username": "second", "password": "wrong"}
    answer = client.post("/watch/shift/hand-over", wrong)
    assert answer.status_code == 400
    assert "do not fit" in answer.content.decode()
    assert "wrong" not in answer.content.decode().replace("field-wrong", "").replace('class="wrong"', "")
    first.refresh_from_db()
    assert first.state == "on_watch"

    right = wrong | {"password": PASSWORD, "note": "Cổng phụ khóa."}
    answer = client.post("/watch/shift/hand-over", right, follow=True)
    record = Handover.objects.get(outgoing=first)
    assert record.incoming == second
    page = answer.content.decode()
    assert record.checkpoint_root in page
    assert "Cổng phụ khóa." in page
    assert client.get("/account/").wsgi_request.user == comer
    assert queries.on_shift(comer, timezone.now() + timedelta(seconds=1))


def test_who_has_an_authenticator_app_gives_its_code_as_well(
    sign_in: SignIn, make_user: Callable[..., User], post: Post
) -> None:
    client, comer = sign_in(Role.GUARD, "first"), make_user(Role.GUARD, "second")
    secret = factors.new_secret()
    before = pyotp.TOTP(secret).at(timezone.now() - timedelta(seconds=30))
    assert factors.add_totp(user=comer, secret=secret, code=before)
    published(User.objects.get(username="first"), post, -60, 5)
    published(comer, post, 5, 600)
    client.post("/watch/shift/take", {})
    given = {"username": "second", "password": PASSWORD}
    assert client.post("/watch/shift/hand-over", given).status_code == 400
    assert client.post("/watch/shift/hand-over", given | {"code": before}).status_code == 400
    code = pyotp.TOTP(secret).now()
    assert client.post("/watch/shift/hand-over", given | {"code": code}).status_code == 302
    assert client.get("/account/").wsgi_request.user == comer


def test_somebody_without_a_shift_cannot_take_over(sign_in: SignIn, make_user: Callable[..., User], post: Post) -> None:
    client = sign_in(Role.GUARD, "first")
    client.cookies["nangmai_language"] = "en"
    make_user(Role.FINANCE, "stranger")
    published(User.objects.get(username="first"), post, -60, 5)
    client.post("/watch/shift/take", {})
    answer = client.post("/watch/shift/hand-over", {"username": "stranger", "password": PASSWORD})
    assert answer.status_code == 400
    assert "has no shift at Phòng trực now" in answer.content.decode()


def test_who_stays_says_why_and_who_leaves_too(sign_in: SignIn, post: Post) -> None:
    client = sign_in(Role.GUARD, "first")
    shift = published(User.objects.get(username="first"), post, -60, 5)
    client.post("/watch/shift/take", {})
    client.post("/watch/shift/stay", {"minutes": "60", "reason": ""})
    shift.refresh_from_db()
    assert shift.extended_to is None
    client.post("/watch/shift/stay", {"minutes": "60", "reason": "Chưa có người thay"})
    shift.refresh_from_db()
    assert shift.extended_to == shift.ends_at + timedelta(minutes=60)
    client.post("/watch/shift/leave", {"reason": "Ốm"})
    shift.refresh_from_db()
    assert (shift.state, shift.note) == ("closed", "Ốm")
    assert "Nobody is on watch" in read(client, "/watch")


def test_where_there_is_no_post_the_wall_has_no_bar(sign_in: SignIn) -> None:
    assert "shift-bar" not in read(sign_in(Role.GUARD), "/watch")
