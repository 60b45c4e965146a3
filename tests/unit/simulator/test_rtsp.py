"""Requests are cut out however they arrive, and only the right credentials open the door."""

from __future__ import annotations

import base64
import hashlib
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nangmai.simulator.rtsp import REALM, AuthScheme, Gatekeeper, Request, RequestParser, answer

WIRE = (
    b"OPTIONS rtsp://h/cam RTSP/1.0\r\nCSeq: 1\r\n\r\n"
    b"$\x01\x00\x05abcde"
    b"SET_PARAMETER rtsp://h/cam RTSP/1.0\r\nCSeq: 2\r\nContent-Length: 4\r\n\r\nbody"
    b"PLAY rtsp://h/cam/ RTSP/1.0\r\ncseq:3\r\nSession: ab\r\n\r\n"
)


@given(st.lists(st.integers(0, len(WIRE)), max_size=12))
def test_requests_are_whole_however_the_bytes_are_cut(cuts: list[int]) -> None:
    parser = RequestParser()
    edges = [0, *sorted(cuts), len(WIRE)]
    requests = [r for a, b in itertools.pairwise(edges) for r in parser.push(WIRE[a:b])]
    assert [request.method for request in requests] == ["OPTIONS", "SET_PARAMETER", "PLAY"]
    assert [request.headers["cseq"] for request in requests] == ["1", "2", "3"]
    assert [request.path for request in requests] == ["cam", "cam", "cam"]
    assert parser.interleaved_frames == 1


def test_an_answer_repeats_the_sequence_number_and_says_how_long_it_is() -> None:
    text = answer(Request("DESCRIBE", "rtsp://h/cam", {"cseq": "7"}), 200, {"A": "b"}, "häl").decode()
    assert text.startswith("RTSP/1.0 200 OK\r\nCSeq: 7\r\nA: b\r\nContent-Length: 4\r\n\r\n")


def digest(scheme: AuthScheme, gatekeeper: Gatekeeper, password: str, *, qop: bool = False) -> Request:
    def h(text: str) -> str:
        return hashlib.new("sha256" if scheme == "digest-sha256" else "md5", text.encode()).hexdigest()

    first, second = h(f"admin:{REALM}:{password}"), h("DESCRIBE:rtsp://h/cam")
    middle = f"{gatekeeper.nonce}:00000001:xyz:auth" if qop else gatekeeper.nonce
    value = (
        f'Digest username="admin", realm="{REALM}", nonce="{gatekeeper.nonce}", uri="rtsp://h/cam", '
        f'response="{h(f"{first}:{middle}:{second}")}"' + (', qop=auth, nc=00000001, cnonce="xyz"' if qop else "")
    )
    return Request("DESCRIBE", "rtsp://h/cam", {"authorization": value})


@pytest.mark.parametrize("scheme", ["digest", "digest-sha256"])
@pytest.mark.parametrize("qop", [False, True])
def test_the_right_digest_is_admitted_and_a_wrong_password_is_not(scheme: AuthScheme, qop: bool) -> None:
    gatekeeper = Gatekeeper("admin", "secret", scheme)
    assert gatekeeper.admits(digest(scheme, gatekeeper, "secret", qop=qop))
    assert not gatekeeper.admits(digest(scheme, gatekeeper, "Secret", qop=qop))


def test_an_old_nonce_is_refused_as_stale() -> None:
    gatekeeper = Gatekeeper("admin", "secret")
    request = digest("digest", gatekeeper, "secret")
    gatekeeper.renew_nonce()
    assert not gatekeeper.admits(request)
    assert gatekeeper.is_stale(request)
    assert "stale=TRUE" in gatekeeper.challenge(stale=True)


def test_basic_credentials_are_compared_as_a_whole() -> None:
    gatekeeper = Gatekeeper("admin", "secret", "basic")
    for password, admitted in (("secret", True), ("secre", False), ("", False)):
        value = "Basic " + base64.b64encode(f"admin:{password}".encode()).decode()
        assert gatekeeper.admits(Request("DESCRIBE", "rtsp://h/cam", {"authorization": value})) is admitted


def test_a_request_without_credentials_is_not_admitted() -> None:
    assert not Gatekeeper("admin", "secret").admits(Request("DESCRIBE", "rtsp://h/cam", {}))
