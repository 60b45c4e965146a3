"""RTSP messages, URLs and headers, as they should be and as cameras send them."""

from __future__ import annotations

import pytest

from nangmai.media.auth import Credentials
from nangmai.media.rtsp import (
    MAX_BODY_BYTES,
    MAX_HEAD_BYTES,
    Headers,
    Request,
    Response,
    RtspMalformed,
    Transport,
    UrlInvalid,
    parse_message,
    parse_session,
    parse_transport,
    parse_url,
)


def response(data: bytes) -> Response:
    parsed = parse_message(data, 0, len(data))
    assert parsed is not None
    message, stop = parsed
    assert stop == len(data)
    assert isinstance(message, Response)
    return message


def test_a_response_is_read() -> None:
    read = response(b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nv=0\n")
    assert (read.status, read.reason, read.cseq, read.body) == (200, "OK", 2, b"v=0\n")


@pytest.mark.parametrize(
    "data",
    [
        b"RTSP/1.0 200\r\nCSeq:2\r\n\r\n",
        b"RTSP/1.0 200 OK\nCSeq: 2\n\n",
        b"rtsp/1.0   200   OK\r\ncseq :  2 \r\n\r\n",
        b"RTSP/1.0 200 OK\r\nX-Long: a\r\n  b\r\n\tc\r\nCSEQ: 2\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nno colon here\r\nCSeq: 2\r\nContent-length: nonsense\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nCSeq: 9\r\nName: caf\xe9\r\n\r\n",
    ],
)
def test_sloppy_responses_are_read(data: bytes) -> None:
    read = response(data)
    assert (read.status, read.cseq) == (200, 2)


def test_a_folded_header_is_one_value() -> None:
    assert response(b"RTSP/1.0 200 OK\r\nPublic: OPTIONS,\r\n PLAY\r\n\r\n").headers.get("public") == "OPTIONS, PLAY"


def test_a_message_in_pieces_waits_for_its_end() -> None:
    whole = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nv=0\nRTSP/1.0 404 Not Found\r\n\r\n"
    first_end = whole.index(b"RTSP/1.0 404")
    assert all(parse_message(whole[:end], 0, end) is None for end in range(first_end))
    parsed = parse_message(whole, 0, len(whole))
    assert parsed is not None
    assert parsed[1] == first_end
    following = parse_message(whole, first_end, len(whole))
    assert following is not None
    assert isinstance(following[0], Response)
    assert (following[0].status, following[1]) == (404, len(whole))


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\r\n\r\n",
        b"RTSP/1.0\r\n\r\n",
        b"RTSP/1.0 20 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nContent-Length: " + str(MAX_BODY_BYTES + 1).encode() + b"\r\n\r\n",
        b"RTSP/1.0 200 OK\r\nA: " + b"a" * MAX_HEAD_BYTES,
    ],
)
def test_what_never_becomes_a_message_is_refused(data: bytes) -> None:
    with pytest.raises(RtspMalformed):
        parse_message(data, 0, len(data))


def test_a_request_of_the_servers_is_read() -> None:
    data = b"OPTIONS rtsp://10.0.0.2/ RTSP/1.0\r\nCSeq: 7\r\n\r\n"
    parsed = parse_message(data, 0, len(data))
    assert parsed is not None
    message = parsed[0]
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.headers.get("CSeq")) == ("OPTIONS", "rtsp://10.0.0.2/", "7")


def test_messages_survive_the_wire() -> None:
    request = Request("PLAY", "rtsp://h/x", Headers([("CSeq", "1"), ("Range", "npt=0-")]), b"body")
    data = request.encode()
    parsed = parse_message(data, 0, len(data))
    assert parsed is not None
    assert isinstance(parsed[0], Request)
    assert (parsed[0].method, parsed[0].uri, parsed[0].body) == ("PLAY", "rtsp://h/x", b"body")


def test_a_header_cannot_smuggle_in_another() -> None:
    assert Request("PLAY", "rtsp://h/", Headers([("A", "b\r\nEvil: 1")])).encode().count(b"\r\n") == 3


@pytest.mark.parametrize(
    ("text", "host", "port", "uri", "credentials"),
    [
        ("rtsp://h/s", "h", 554, "rtsp://h/s", None),
        (" rtsp://h:8554 ", "h", 8554, "rtsp://h:8554/", None),
        ("RTSP://H/s", "h", 554, "rtsp://h/s", None),
        ("rtsps://h/s", "h", 322, "rtsps://h/s", None),
        ("rtsp://u:p@h/s", "h", 554, "rtsp://h/s", ("u", "p")),
        ("rtsp://u@h/s", "h", 554, "rtsp://h/s", ("u", "")),
        ("rtsp://u:p%40%2F@h/s", "h", 554, "rtsp://h/s", ("u", "p@/")),
        ("rtsp://u:p@ss@h:99/s", "h", 99, "rtsp://h:99/s", ("u", "p@ss")),
        ("rtsp://u:p#1?@h/s", "h", 554, "rtsp://h/s", ("u", "p#1?")),
        ("rtsp://u:p/w@h/s", "h", 554, "rtsp://h/s", ("u", "p/w")),
        ("rtsp://u:p@/w@h:1/s", "h", 1, "rtsp://h:1/s", ("u", "p@/w")),
        ("rtsp://h/s@2x", "h", 554, "rtsp://h/s@2x", None),
        ("rtsp://h:554/a@b/c?d=@e", "h", 554, "rtsp://h:554/a@b/c?d=@e", None),
        ("rtsp://[fe80::1]:554/s", "fe80::1", 554, "rtsp://[fe80::1]:554/s", None),
        ("rtsp://10.0.0.8:554/cam/realmonitor?channel=1&subtype=0", "10.0.0.8", 554, None, None),
        ("rtsp://h?x=1", "h", 554, "rtsp://h?x=1", None),
    ],
)
def test_urls_are_taken_apart(
    text: str, host: str, port: int, uri: str | None, credentials: tuple[str, str] | None
) -> None:
    url = parse_url(text)
    assert (url.host, url.port) == (host, port)
    assert url.request_uri == (uri or text)
    assert url.credentials == (Credentials(*credentials) if credentials else None)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "",
            "h/s",
            "http://h/",
            "rtsp:/h",
            "rtsp://",
            "rtsp:///s",
            "rtsp://h:port/",
            "rtsp://h:99999/",
            "rtsp://h:0/",
        ),
        *("rtsp://[::1/", "rtsp://h/a b", "rtsp://h/\r\nX: y", "rtsp://u:secret@", "ftp://u:secret@h/"),
    ],
)
def test_urls_that_lead_nowhere_are_one_clear_error_without_a_password(text: str) -> None:
    with pytest.raises(UrlInvalid, match="cannot be used") as error:
        parse_url(text)
    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "text",
    [
        "rtsp://admin:secret@h/s",
        "rtsp://admin:sec@secret@h/s",
        "rtsp://admin:secret/secret@h/s",
        "rtsp://h/user=admin_password=secret_channel=1_stream=0.sdp?real_stream",
        "rtsp://h/s?user=admin&password=secret&channel=1",
        "rtsp://h/s?usr=admin&PWD=secret",
    ],
)
def test_a_url_shown_to_people_holds_no_password(text: str) -> None:
    url = parse_url(text)
    assert "secret" not in str(url)
    assert "secret" not in repr(url.credentials)


def test_a_certificate_is_trusted_by_its_fingerprint() -> None:
    digits = "ab" * 32
    url = parse_url(f"rtsps://u:p@h/s#sha256={digits.upper()}")
    assert url.pin == digits
    assert url.request_uri == "rtsps://h/s"
    assert parse_url("rtsps://h/s#sha256=" + ":".join(["AB"] * 32)).pin == digits
    assert parse_url("rtsps://h/s#sha256=ab").pin is None


@pytest.mark.parametrize(
    ("location", "uri", "keeps_password"),
    [
        ("rtsp://h:9/other", "rtsp://h:9/other", True),
        ("/other", "rtsps://h/other", True),
        ("rtsps://h/other", "rtsps://h/other", True),
        ("rtsps://elsewhere/other", "rtsps://elsewhere/other", False),
    ],
)
def test_a_redirect_takes_the_password_along_to_the_same_host_only(
    location: str, uri: str, keeps_password: bool
) -> None:
    start = parse_url("rtsps://u:p@h/s")
    there = start.redirected(location)
    if location.startswith("rtsp://"):
        keeps_password = False  # from TLS to none
    assert there.request_uri == uri
    assert (there.credentials is not None) == keeps_password


@pytest.mark.parametrize(
    ("value", "transport"),
    [
        ("RTP/AVP/TCP;unicast;interleaved=0-1", Transport(True, (0, 1))),
        ("RTP/AVP/TCP;unicast;interleaved=4-5;ssrc=1A2B3C4D", Transport(True, (4, 5), ssrc=0x1A2B3C4D)),
        ("rtp/avp/tcp; Interleaved = 2 - 3 ; mode=play", Transport(True, (2, 3))),
        ("RTP/AVP/TCP;interleaved=6", Transport(True, (6, 7))),
        ("RTP/AVP/TCP;interleaved=0-256", Transport(True, None)),
        ("RTP/AVP/TCP", Transport(True, None)),
        (
            "RTP/AVP;unicast;client_port=5000-5001;server_port=6970-6971;source=10.0.0.1",
            Transport(False, None, (6970, 6971), "10.0.0.1"),
        ),
        ("RTP/AVP/UDP;server_port=99999-5", Transport(False)),
        ("", Transport(False)),
        ("RTP/AVP;ssrc=nonsense;server_port=;source=", Transport(False)),
    ],
)
def test_transports_are_read(value: str, transport: Transport) -> None:
    assert parse_transport(value) == transport


@pytest.mark.parametrize(
    ("value", "session"),
    [
        ("12345678", ("12345678", None)),
        ("12345678;timeout=30", ("12345678", 30)),
        (" abc ; Timeout = 60 ; x=y", ("abc", 60)),
        ('abc;timeout="45"', ("abc", 45)),
        ("abc;timeout=0", ("abc", None)),
        ("abc;timeout=soon", ("abc", None)),
        ("", ("", None)),
    ],
)
def test_sessions_are_read(value: str, session: tuple[str, int | None]) -> None:
    assert parse_session(value) == session
