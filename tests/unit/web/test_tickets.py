"""Who gets a ticket for what, and what the recorder reads in it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.protocol.keys import parse_public_key
from nangmai.protocol.messages import Desired
from nangmai.protocol.tickets import Ticket, TicketRevoked, verify_ticket
from nangmai.web.accounts.models import User
from nangmai.web.directions.models import Direction
from nangmai.web.footage.models import IssuedTicket
from nangmai.web.footage.policies import ACTS, Right
from nangmai.web.regulation import facts
from nangmai.web.regulation.models import Acknowledgement
from nangmai.web.sites.models import Camera
from unit.web.recorders import FakeRecorder, camera
from unit.web.roles import Role
from unit.web.test_access import MATRIX, REGULATION

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
def test_the_matrix_alone_decides(
    sign_in: Callable[..., Client], recorder: FakeRecorder, role: Role, right: Right
) -> None:
    now_us = SystemClock().wall_us()
    client = sign_in(role)
    cell = MATRIX[ACTS[right]][role]
    state_purpose(client, "quality_check" if "for_quality_check" in cell.conditions else "P1")
    answer = ask(client, right.value, from_us=now_us - 60 * US_PER_S, to_us=now_us)
    if cell.answer == "allow":
        assert answer.status_code == 200
        assert verified(answer, recorder).basis == ", ".join(cell.clauses)
    else:
        assert answer.status_code == 403
        assert set(answer.json()["clause"].split(", ")) <= {clause.id for clause in REGULATION.clauses}
        assert answer.json()["ways"]
        assert not IssuedTicket.objects.exists()


def state_purpose(client: Client, purpose: str) -> None:
    session = client.session
    session["purpose"] = [purpose, int(time.time())]
    session.save()


def test_playback_waits_until_its_purpose_is_stated(sign_in: Callable[..., Client], recorder: FakeRecorder) -> None:
    now_us = SystemClock().wall_us()
    client = sign_in(Role.PRINCIPAL)
    state_purpose(client, "")
    period = {"from_us": now_us - HOUR_US, "to_us": now_us - 60 * US_PER_S}
    refused = ask(client, "playback", **period)
    assert (refused.status_code, refused.json()["clause"]) == (403, "Đ1.2")
    asked = client.get("/watch/review")
    assert asked.status_code == 302
    page = client.get(asked["Location"]).content.decode()
    assert 'value="P1"' in page
    assert 'value="quality_check"' not in page
    answer = client.post(asked["Location"], {"purpose": "P1", "next": "/watch/review"})
    assert answer["Location"] == "/watch/review"
    assert ask(client, "playback", **period).status_code == 200


def test_a_guard_off_shift_sees_nothing_and_is_told_why(
    sign_in: Callable[..., Client], recorder: FakeRecorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(facts._facts, "on_shift", lambda moment: False)
    client = sign_in(Role.GUARD)
    answer = ask(client, "live")
    assert answer.status_code == 403
    assert "Đ7.1" in answer.json()["clause"]
    assert "during the own shift" in answer.json()["message"]
    assert client.get("/watch").status_code == 403


def test_nobody_sees_anything_before_the_text_is_acknowledged(
    sign_in: Callable[..., Client], recorder: FakeRecorder
) -> None:
    client = sign_in(Role.PRINCIPAL)
    Acknowledgement.objects.all().delete()
    answer = ask(client, "live")
    assert (answer.status_code, answer.json()["error"]) == (403, "text_not_acknowledged")
    page = client.get("/regulation/acknowledge").content.decode()
    sha256 = re.search(r'name="sha256" value="([0-9a-f]{64})"', page)
    assert sha256
    client.post("/regulation/acknowledge", {"sha256": sha256[1], "read": "1"})
    assert ask(client, "live").status_code == 200


def test_a_direction_opens_its_cameras_and_its_period_and_nothing_else(
    sign_in: Callable[..., Client], make_user: Callable[..., User], recorder: FakeRecorder
) -> None:
    now_us = SystemClock().wall_us()
    client = sign_in(Role.HEAD_OF_SECURITY)
    state_purpose(client, "P1")
    span = {"from_us": now_us - 10 * HOUR_US, "to_us": now_us - 9 * HOUR_US}
    assert ask(client, "playback", **span).status_code == 403
    direction = Direction.objects.create(
        person=User.objects.get(username="head_of_security"),
        from_us=now_us - 10 * HOUR_US,
        to_us=now_us - 9 * HOUR_US,
        purpose="P1",
        text="Xem lại sự việc tại cổng",
        signed_by=make_user(Role.PRINCIPAL),
        signed_at=timezone.now(),
        until_at=timezone.now() + timedelta(hours=1),
    )
    direction.cameras.add(Camera.objects.get(camera_id="cam-01"))
    assert verified(ask(client, "playback", **span), recorder).basis == "Đ4.1"
    wide = ask(client, "playback", from_us=now_us - 12 * HOUR_US, to_us=now_us - 8 * HOUR_US)
    ticket = verified(wide, recorder)
    assert (ticket.from_us, ticket.to_us) == (direction.from_us, direction.to_us)
    assert ask(client, "playback", ("cam-02",), **span).status_code == 403
    assert ask(client, "playback", from_us=now_us - 8 * HOUR_US, to_us=now_us - 7 * HOUR_US).status_code == 403
    Direction.objects.update(withdrawn_at=timezone.now(), withdrawn_by=direction.signed_by)
    assert ask(client, "playback", **span).status_code == 403


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
    assert answer.json()["error"] == "refused_unless"
    assert "within the replay window" in answer.json()["message"]


def test_refusals_speak_the_language_of_the_page(sign_in: Callable[..., Client], recorder: FakeRecorder) -> None:
    client = sign_in(Role.FINANCE)
    assert ask(client, "live").json()["message"].startswith("Live view is not among the duties")
    in_vietnamese = ask(client, "live", language="vi").json()["message"]
    assert in_vietnamese.startswith("Không được phép: “Xem trực tiếp” không thuộc nhiệm vụ")


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
