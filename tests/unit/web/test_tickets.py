"""Who gets a ticket for what, and what the recorder reads in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.protocol.keys import parse_public_key
from nangmai.protocol.messages import Desired
from nangmai.protocol.tickets import Ticket, TicketRevoked, verify_ticket
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.policies import GRANTS, WITHHELD, Right, Role
from unit.web.recorders import FakeRecorder, camera

HOUR_US = 3600 * US_PER_S


@pytest.fixture
def recorder() -> FakeRecorder:
    made = FakeRecorder().enrol()
    assert made.send(made.report(camera("cam-01"), camera("cam-02"))).status_code == 200
    return made


def ask(client: Client, right: str, cameras: Any = ("cam-01",), language: str = "en", **fields: Any) -> Any:
    client.cookies["nangmai_language"] = language
    body = {"right": right, "recorder": "nvr-1", "cameras": list(cameras)} | fields
    return client.post("/footage/ticket", json.dumps(body), content_type="application/json")


def verified(answer: Any, recorder: FakeRecorder, revoked: tuple[str, ...] = ()) -> Ticket:
    desired = Desired.from_json(recorder.send(recorder.report(camera("cam-01"), camera("cam-02"))).json())
    keys = {kid: parse_public_key(text, kid) for kid, text in desired.ticket_keys.items()}
    return verify_ticket(answer.json()["ticket"], keys, "nvr-1", SystemClock().wall_us(), revoked or desired.revoked)


def test_a_guard_gets_a_live_ticket_that_the_recorder_accepts(
    sign_in: Callable[..., Client], recorder: FakeRecorder
) -> None:
    answer = ask(sign_in(Role.GUARD), "live", ("cam-01", "cam-02"))
    assert answer.status_code == 200
    ticket = verified(answer, recorder)
    assert (ticket.right, ticket.cameras, ticket.basis, ticket.person) == (
        "live",
        ("cam-01", "cam-02"),
        "Đ7.1",
        "guard",
    )
    assert ticket.expires_s - ticket.issued_s <= 900


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("right", [Right.LIVE, Right.REPLAY, Right.PLAYBACK, Right.EXPORT])
def test_the_table_alone_decides(
    sign_in: Callable[..., Client], recorder: FakeRecorder, role: Role, right: Right
) -> None:
    now_us = SystemClock().wall_us()
    answer = ask(sign_in(role), right.value, from_us=now_us - 60 * US_PER_S, to_us=now_us)
    if right in GRANTS[role]:
        assert answer.status_code == 200
        assert verified(answer, recorder).basis == GRANTS[role][right].clause
    else:
        assert answer.status_code == 403
        assert answer.json()["error"] == "denied"
        assert answer.json()["clause"] == WITHHELD[right][0]
        assert not IssuedTicket.objects.exists()


def test_the_table_says_what_the_regulation_says() -> None:
    allowed = {role: {right.value for right in rights} for role, rights in GRANTS.items()}
    board = {"live", "replay", "playback", "register"}
    assert allowed == {
        Role.PRINCIPAL: board,
        Role.VICE_PRINCIPAL: board,
        Role.HEAD_OF_SECURITY: {"live", "replay"},
        Role.GUARD: {"live", "replay"},
        Role.IT_OFFICER: {"live"},
        Role.FINANCE: set(),
        Role.AREA_UNIT: set(),
    }


def test_instant_replay_is_cut_to_its_half_hour(sign_in: Callable[..., Client], recorder: FakeRecorder) -> None:
    now_us = SystemClock().wall_us()
    answer = ask(sign_in(Role.GUARD), "replay", from_us=now_us - HOUR_US, to_us=now_us + HOUR_US)
    ticket = verified(answer, recorder)
    assert ticket.from_us is not None
    assert ticket.to_us is not None
    assert 0 <= ticket.from_us - (now_us - HOUR_US // 2) < 60 * US_PER_S
    assert ticket.to_us <= now_us + 11 * 60 * US_PER_S
    assert (answer.json()["from_us"], answer.json()["to_us"]) == (ticket.from_us, ticket.to_us)


def test_replay_of_yesterday_is_refused_with_its_clause(sign_in: Callable[..., Client], recorder: FakeRecorder) -> None:
    now_us = SystemClock().wall_us()
    answer = ask(sign_in(Role.GUARD), "replay", from_us=now_us - 24 * HOUR_US, to_us=now_us - 23 * HOUR_US)
    assert answer.status_code == 403
    assert answer.json()["error"] == "replay_too_far"
    assert "30 minutes" in answer.json()["message"]


def test_refusals_speak_the_language_of_the_page(sign_in: Callable[..., Client], recorder: FakeRecorder) -> None:
    client = sign_in(Role.FINANCE)
    assert ask(client, "live").json()["message"].startswith("Live view is not among the duties")
    in_vietnamese = ask(client, "live", language="vi").json()["message"]
    assert in_vietnamese == "Xem trực tiếp không thuộc nhiệm vụ của Tài chính kế toán (Đ4.2)."


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"right": "everything"}, "right"),
        ({"right": "register"}, "right"),
        ({"cameras": []}, "cameras"),
        ({"cameras": "cam-01"}, "cameras"),
        ({"cameras": [1]}, "cameras"),
        ({"right": "playback"}, "from_us"),
        ({"right": "playback", "from_us": 5, "to_us": 5}, "from_us"),
        ({"right": "playback", "from_us": "5", "to_us": 9}, "from_us"),
        ({"right": "playback", "from_us": True, "to_us": 9}, "from_us"),
        ({"right": "playback", "from_us": -1, "to_us": 9}, "from_us"),
    ],
)
def test_an_incomplete_wish_names_the_field(
    sign_in: Callable[..., Client], recorder: FakeRecorder, fields: dict[str, Any], complaint: str
) -> None:
    body = {"right": "live", "recorder": "nvr-1", "cameras": ["cam-01"]} | fields
    answer = sign_in().post("/footage/ticket", json.dumps(body), content_type="application/json")
    assert answer.status_code == 400
    assert complaint in answer.json()["facts"]["complaint"]


@pytest.mark.parametrize("body", ["", "[1]", "{", '"live"'])
def test_a_body_that_is_no_wish_is_refused(sign_in: Callable[..., Client], body: str) -> None:
    assert sign_in().post("/footage/ticket", body, content_type="application/json").status_code == 400


@pytest.mark.parametrize(("recorder_name", "camera_id"), [("nvr-1", "cam-99"), ("nvr-9", "cam-01")])
def test_a_camera_that_is_not_there_gets_no_ticket(
    sign_in: Callable[..., Client], recorder: FakeRecorder, recorder_name: str, camera_id: str
) -> None:
    body = {"right": "live", "recorder": recorder_name, "cameras": [camera_id]}
    answer = sign_in().post("/footage/ticket", json.dumps(body), content_type="application/json")
    assert answer.status_code == 404
    assert answer.json()["error"] == "camera_unknown"


def test_signing_out_revokes_what_the_session_held(sign_in: Callable[..., Client], recorder: FakeRecorder) -> None:
    client, other = sign_in(Role.GUARD), sign_in(Role.PRINCIPAL)
    answer, kept = ask(client, "live"), ask(other, "live")
    verified(answer, recorder)
    client.post("/account/sign-out")
    with pytest.raises(TicketRevoked):
        verified(answer, recorder)
    assert verified(kept, recorder).person == "principal"


def test_ending_a_session_elsewhere_revokes_its_tickets_too(
    sign_in: Callable[..., Client], recorder: FakeRecorder
) -> None:
    client = sign_in(Role.GUARD)
    answer = ask(client, "live")
    elsewhere = Client()
    elsewhere.post("/account/sign-in", {"username": "guard", "password": "a password of a test"})
    row = IssuedTicket.objects.get()
    from nangmai.web.accounts.models import SignIn

    first = SignIn.objects.get(session_key=row.session_key)
    assert elsewhere.post(f"/account/sessions/{first.pk}/end").status_code == 302
    with pytest.raises(TicketRevoked):
        verified(answer, recorder)
    assert client.get("/account/").status_code == 302


def test_nobody_ends_the_session_of_another(sign_in: Callable[..., Client]) -> None:
    from nangmai.web.accounts.models import SignIn

    sign_in(Role.GUARD)
    other = sign_in(Role.PRINCIPAL)
    row = SignIn.objects.get(user__username="guard")
    other.post(f"/account/sessions/{row.pk}/end")
    assert SignIn.objects.filter(pk=row.pk).exists()


def test_the_signing_key_is_a_file_only_its_owner_reads(
    sign_in: Callable[..., Client], recorder: FakeRecorder, data_folder: Any
) -> None:
    ask(sign_in(), "live")
    (key,) = (data_folder / "ticket-keys").glob("*.key")
    assert key.stat().st_mode & 0o777 == 0o600
    assert (data_folder / "secret.key").stat().st_mode & 0o777 == 0o600
