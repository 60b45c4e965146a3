"""Challenges as servers write them, answers as the RFCs compute them."""

from __future__ import annotations

import pytest

from nangmai.media.auth import (
    AuthenticationUnknown,
    Authenticator,
    Challenge,
    Credentials,
    choose_challenge,
    digest_response,
    parse_challenges,
)

RFC7616 = {
    "realm": "http-auth@example.org",
    "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
    "qop": "auth, auth-int",
    "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
}


@pytest.mark.parametrize(
    ("algorithm", "response"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616_come_out(algorithm: str, response: str) -> None:
    challenge = Challenge("digest", {**RFC7616, "algorithm": algorithm})
    who = Credentials("Mufasa", "Circle of Life")
    nonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    assert digest_response(challenge, who, "GET", "/dir/index.html", count=1, client_nonce=nonce) == response


def test_the_example_of_rfc_2617_comes_out() -> None:
    challenge = Challenge(
        "digest", {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093", "qop": "auth,auth-int"}
    )
    who = Credentials("Mufasa", "Circle Of Life")
    response = digest_response(challenge, who, "GET", "/dir/index.html", count=1, client_nonce="0a4f113b")
    assert response == "6629fae49393a05397450978507c4ef1"


def test_without_qop_the_old_form_is_computed() -> None:
    challenge = Challenge("digest", {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"})
    response = digest_response(
        challenge, Credentials("Mufasa", "CircleOfLife"), "GET", "/dir/index.html", count=1, client_nonce="unused"
    )
    assert response == "1949323746fe6a43ef61f9606e7febea"


@pytest.mark.parametrize(
    ("values", "schemes"),
    [
        (['Digest realm="a, Basic realm=b", nonce="n"'], ["digest"]),
        (['Basic realm="a"', 'Digest realm="b", nonce="n"'], ["basic", "digest"]),
        (['Digest realm="IP Camera(C1234)", nonce="abc", stale="FALSE", Basic realm="x"'], ["digest", "basic"]),
        (["Basic"], ["basic"]),
        (['Digest  realm = "x" ,nonce= "y",algorithm=MD5 ,stale=TRUE'], ["digest"]),
        (["NTLM, Basic realm=x"], ["ntlm", "basic"]),
        ([""], []),
        ([",,,= = ="], []),
    ],
)
def test_challenges_are_told_apart(values: list[str], schemes: list[str]) -> None:
    assert [challenge.scheme for challenge in parse_challenges(values)] == schemes


def test_parameters_are_read_with_and_without_quotes() -> None:
    challenge = parse_challenges([r'Digest realm="a \"b\" \\ c", NONCE=n1, opaque="", stale=TRUE, algorithm=sha-256'])[
        0
    ]
    assert challenge.parameters["realm"] == r'a "b" \ c'
    assert challenge.nonce == "n1"
    assert challenge.is_stale
    assert challenge.algorithm == "SHA-256"


def test_the_strongest_scheme_is_chosen() -> None:
    offered = ['Basic realm="r"', 'Digest realm="r", nonce="1"', 'Digest realm="r", nonce="2", algorithm=SHA-256']
    assert choose_challenge(parse_challenges(offered)).nonce == "2"
    assert choose_challenge(parse_challenges(offered[:2])).nonce == "1"
    assert choose_challenge(parse_challenges(offered[:1])).scheme == "basic"


@pytest.mark.parametrize(
    "offered",
    [[], ["NTLM"], ['Digest realm="r", nonce="1", algorithm=SHA-512-256'], ['Digest nonce="1", qop="auth-int"']],
)
def test_what_cannot_be_answered_is_one_clear_error(offered: list[str]) -> None:
    with pytest.raises(AuthenticationUnknown):
        choose_challenge(parse_challenges(offered))


def test_nothing_is_said_before_it_is_asked_or_without_a_password() -> None:
    assert Authenticator(Credentials("u", "p")).header("PLAY", "rtsp://h/") is None
    nobody = Authenticator(None)
    nobody.take(Challenge("basic", {}))
    assert nobody.header("PLAY", "rtsp://h/") is None


def test_the_nonce_count_rises_and_starts_anew_with_a_new_nonce() -> None:
    authenticator = Authenticator(Credentials("u", "p"))
    authenticator.take(Challenge("digest", {"nonce": "one", "qop": "auth"}))
    assert "nc=00000001" in (authenticator.header("PLAY", "rtsp://h/") or "")
    assert "nc=00000002" in (authenticator.header("PLAY", "rtsp://h/") or "")
    authenticator.take(Challenge("digest", {"nonce": "two", "qop": "auth"}))
    assert "nc=00000001" in (authenticator.header("PLAY", "rtsp://h/") or "")


def test_what_goes_into_a_header_cannot_break_out_of_it() -> None:
    authenticator = Authenticator(Credentials('u"\r\nX: y', "p"))
    authenticator.take(Challenge("digest", {"nonce": "n\r\nEvil: 1", "realm": 'r"'}))
    header = authenticator.header("PLAY", "rtsp://h/") or ""
    assert "\r" not in header
    assert "\n" not in header
    assert r'username="u\"X: y"' in header


def test_a_password_never_shows() -> None:
    assert "secret" not in repr(Credentials("u", "secret"))
