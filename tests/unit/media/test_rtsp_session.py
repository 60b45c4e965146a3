"""The client's side of a session, driven by hand: each test is the server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nangmai.base.errors import Error
from nangmai.media.rtsp import Headers, Request, Response, RtspUrl, parse_url
from nangmai.media.rtsp_session import (
    CameraBusy,
    CameraRefused,
    CameraRefusedPassword,
    CameraWantsPassword,
    ClientSession,
    Exchange,
    Prepared,
    RequestRefused,
    SessionLost,
    StreamNotFound,
    TransportRefused,
    reply_to,
)
from nangmai.media.sdp import SdpUnusable

SDP = (
    b"v=0\r\na=control:*\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\na=control:trackID=1\r\n"
    b"m=audio 0 RTP/AVP 0\r\na=control:trackID=2\r\n"
)
DIGEST = ("WWW-Authenticate", 'Digest realm="r", nonce="n1"')

Answer = Callable[[Request], Response]


def answer(status: int = 200, *fields: tuple[str, str], body: bytes = b"", reason: str = "") -> Response:
    return Response(status, reason, Headers(list(fields)), body)


class Camera:
    """Answers by method; keeps what was asked."""

    def __init__(self, **answers: Response | list[Response]) -> None:
        self.requests: list[Request] = []
        self._answers: dict[str, Response | list[Response]] = {
            "OPTIONS": answer(200, ("Public", "OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN")),
            "DESCRIBE": answer(200, ("Content-Base", "rtsp://h/s/"), ("Server", "Cam/1.0"), body=SDP),
            "SETUP": answer(200, ("Session", "77;timeout=30")),
            "PLAY": answer(200),
            "GET_PARAMETER": answer(200),
            **answers,
        }

    def carry_out(self, exchange: Exchange[Any]) -> Any:
        try:
            request = next(exchange)
            while True:
                self.requests.append(request)
                ready = self._answers[request.method]
                request = exchange.send(ready.pop(0) if isinstance(ready, list) else ready)
        except StopIteration as finished:
            return finished.value

    @property
    def asked(self) -> list[tuple[str, str]]:
        return [(request.method, request.uri) for request in self.requests]

    def values(self, name: str) -> list[str]:
        return [request.headers.get(name) for request in self.requests]


def session(url: str = "rtsp://u:secret@h/s", transport: str = "tcp") -> ClientSession:
    return ClientSession(
        parse_url(url),
        choose=lambda description: description.media,
        offer=lambda index, media: f"RTP/AVP/TCP;unicast;interleaved={2 * index}-{2 * index + 1}",
        transport=transport,
    )


def open_fully(camera: Camera, client: ClientSession | None = None) -> Prepared:
    client = client or session()
    prepared = camera.carry_out(client.prepare())
    assert isinstance(prepared, Prepared)
    camera.carry_out(client.play())
    return prepared


def test_a_session_is_opened_step_by_step() -> None:
    camera = Camera()
    prepared = open_fully(camera)
    assert camera.asked == [
        ("OPTIONS", "rtsp://h/s"),
        ("DESCRIBE", "rtsp://h/s"),
        ("SETUP", "rtsp://h/s/trackID=1"),
        ("SETUP", "rtsp://h/s/trackID=2"),
        ("PLAY", "rtsp://h/s/"),
    ]
    assert camera.values("CSeq") == ["1", "2", "3", "4", "5"]
    assert camera.values("Session") == ["", "", "", "77", "77"]
    assert camera.values("Transport")[2:4] == [
        "RTP/AVP/TCP;unicast;interleaved=0-1",
        "RTP/AVP/TCP;unicast;interleaved=2-3",
    ]
    assert [track.transport.channels for track in prepared.tracks] == [(0, 1), (2, 3)]
    assert prepared.server == "Cam/1.0"


def test_credentials_never_stand_in_a_request_line() -> None:
    camera = Camera(DESCRIBE=[answer(401, DIGEST), answer(200, body=SDP)])
    open_fully(camera)
    assert not any("secret" in request.encode().decode() for request in camera.requests)
    assert not any("@" in uri for _, uri in camera.asked)


def test_a_challenge_is_answered_and_stays_answered() -> None:
    camera = Camera(DESCRIBE=[answer(401, DIGEST), answer(200, body=SDP)])
    client = session()
    open_fully(camera, client)
    assert [value[:6] for value in camera.values("Authorization")] == ["", "", "Digest", "Digest", "Digest", "Digest"]
    assert client.is_proven


def test_a_challenge_to_options_is_answered_by_the_next_request() -> None:
    camera = Camera(OPTIONS=answer(401, DIGEST))
    open_fully(camera)
    assert [method for method, _ in camera.asked[:2]] == ["OPTIONS", "DESCRIBE"]
    assert camera.values("Authorization")[1].startswith("Digest")


def test_a_wrong_password_is_tried_once() -> None:
    camera = Camera(DESCRIBE=answer(401, DIGEST))
    with pytest.raises(CameraRefusedPassword):
        camera.carry_out(session().prepare())
    assert len(camera.requests) == 3
    assert sum(1 for value in camera.values("Authorization") if value) == 1


def test_a_wrong_password_is_tried_once_though_every_401_brings_a_new_nonce() -> None:
    nonces = [answer(401, ("WWW-Authenticate", f'Digest realm="r", nonce="{number}"')) for number in range(5)]
    camera = Camera(OPTIONS=nonces.pop(0), DESCRIBE=nonces)
    with pytest.raises(CameraRefusedPassword):
        camera.carry_out(session().prepare())
    assert sum(1 for value in camera.values("Authorization") if value) == 1


def test_a_stale_nonce_is_renewed_but_not_for_ever() -> None:
    stale = [answer(401, ("WWW-Authenticate", f'Digest realm="r", nonce="{n}", stale=true')) for n in range(9)]
    camera = Camera(OPTIONS=stale.pop(0), DESCRIBE=[stale.pop(0), answer(200, body=SDP)])
    open_fully(camera)
    with pytest.raises(CameraRefusedPassword):
        Camera(DESCRIBE=stale).carry_out(session().prepare())


def test_a_nonce_that_ages_during_the_session_is_renewed() -> None:
    camera = Camera(
        DESCRIBE=[answer(401, DIGEST), answer(200, body=SDP)],
        GET_PARAMETER=[answer(401, ("WWW-Authenticate", 'Digest realm="r", nonce="n2"')), answer(200)],
    )
    client = session()
    open_fully(camera, client)
    camera.carry_out(client.keep_alive())
    assert 'nonce="n2"' in camera.values("Authorization")[-1]


def test_a_camera_that_wants_a_password_says_so() -> None:
    with pytest.raises(CameraWantsPassword):
        Camera(DESCRIBE=answer(401, DIGEST)).carry_out(session("rtsp://h/s").prepare())


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ({"DESCRIBE": answer(404)}, StreamNotFound),
        ({"DESCRIBE": answer(403)}, CameraRefused),
        ({"DESCRIBE": answer(503, reason="Busy")}, CameraBusy),
        ({"SETUP": answer(453, reason="Not Enough Bandwidth")}, CameraBusy),
        ({"SETUP": answer(461)}, TransportRefused),
        ({"SETUP": answer(200, ("Transport", "RTP/AVP;server_port=1-2"))}, TransportRefused),
        ({"DESCRIBE": answer(500, reason="Oh")}, RequestRefused),
        ({"DESCRIBE": answer(300)}, RequestRefused),
        ({"PLAY": answer(455)}, RequestRefused),
        ({"PLAY": answer(302, ("Location", "rtsp://h/other"))}, RequestRefused),
        ({"DESCRIBE": answer(200, body=b"<html>")}, SdpUnusable),
        ({"DESCRIBE": answer(200)}, SdpUnusable),
    ],
)
def test_each_refusal_is_one_clear_error(answers: dict[str, Response], error: type[Error]) -> None:
    with pytest.raises(error) as raised:
        open_fully(Camera(**answers))  # type: ignore[arg-type]
    assert type(raised.value) is error
    assert "secret" not in str(raised.value)
    assert "{" not in str(raised.value)


def test_sound_that_is_refused_leaves_the_pictures() -> None:
    camera = Camera(SETUP=[answer(200, ("Session", "7")), answer(500)])
    assert [track.media.kind for track in open_fully(camera).tracks] == ["video"]


@pytest.mark.parametrize("status", [301, 302, 303, 307])
def test_a_redirect_names_the_next_address(status: int) -> None:
    camera = Camera(DESCRIBE=answer(status, ("Location", "rtsp://h:8554/new")))
    there = camera.carry_out(session().prepare())
    assert isinstance(there, RtspUrl)
    assert there.request_uri == "rtsp://h:8554/new"
    assert there.credentials is not None


def test_channels_that_the_server_changed_are_taken() -> None:
    camera = Camera(
        SETUP=[answer(200, ("Session", "7"), ("Transport", f"RTP/AVP/TCP;interleaved={n}-{n + 1}")) for n in (4, 8)]
    )
    assert [track.transport.channels for track in open_fully(camera).tracks] == [(4, 5), (8, 9)]


@pytest.mark.parametrize(
    ("field", "uri"),
    [
        (("Content-Base", "rtsp://h/base"), "rtsp://h/base/trackID=1"),
        (("Content-Location", "rtsp://h/place/"), "rtsp://h/place/trackID=1"),
        (("Content-Base", "garbage"), "rtsp://h/s/trackID=1"),
        (("Content-Base", "rtsp://u:secret@h/base/"), "rtsp://h/base/trackID=1"),
        (("X", ""), "rtsp://h/s/trackID=1"),
    ],
)
def test_tracks_hang_on_the_base_that_the_camera_gave(field: tuple[str, str], uri: str) -> None:
    camera = Camera(DESCRIBE=answer(200, field, body=SDP))
    open_fully(camera)
    assert camera.asked[2] == ("SETUP", uri)


def test_a_keep_alive_comes_at_half_the_time_that_the_camera_allows() -> None:
    camera, client = Camera(), session()
    assert client.keep_alive_s == 30
    open_fully(camera, client)
    assert client.keep_alive_s == 15
    camera.carry_out(client.keep_alive())
    assert camera.asked[-1] == ("GET_PARAMETER", "rtsp://h/s/")
    assert camera.values("Session")[-1] == "77"


def test_keep_alive_falls_back_to_options() -> None:
    camera, client = Camera(GET_PARAMETER=answer(451)), session()
    open_fully(camera, client)
    camera.carry_out(client.keep_alive())
    camera.carry_out(client.keep_alive())
    assert [method for method, _ in camera.asked[-2:]] == ["GET_PARAMETER", "OPTIONS"]


def test_a_session_that_the_camera_forgot_is_an_error() -> None:
    camera, client = Camera(GET_PARAMETER=answer(454)), session()
    open_fully(camera, client)
    with pytest.raises(SessionLost):
        camera.carry_out(client.keep_alive())


def test_there_is_nothing_to_tear_down_before_a_session() -> None:
    client = session()
    assert client.teardown() is None
    open_fully(Camera(), client)
    farewell = client.teardown()
    assert farewell is not None
    assert (farewell.method, farewell.uri, farewell.headers.get("Session")) == ("TEARDOWN", "rtsp://h/s/", "77")


def test_requests_of_the_server_are_answered() -> None:
    alive = reply_to(Request("OPTIONS", "*", Headers([("CSeq", "5")])))
    assert (alive.status, alive.cseq) == (200, 5)
    assert reply_to(Request("ANNOUNCE", "*")).status == 405
