"""Tickets: what is accepted, and that nothing else is."""

from __future__ import annotations

import base64
import dataclasses
import json

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from nangmai.base.units import US_PER_S
from nangmai.protocol import tickets
from nangmai.protocol.keys import key_id
from nangmai.protocol.tickets import Ticket, TicketError, issue_ticket, verify_ticket

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KID = key_id(KEY.public_key())
KEYS = {KID: KEY.public_key()}
NOW_S = 1_790_000_000
NOW_US = NOW_S * US_PER_S

LIVE = Ticket(
    id="t-1",
    recorder="nvr-1",
    person="7",
    name="Trần Thị Bảo",
    right="live",
    cameras=("cam-01", "cam-02"),
    issued_s=NOW_S,
    expires_s=NOW_S + 600,
    basis="Đ7.1",
)
PLAYBACK = dataclasses.replace(LIVE, id="t-2", right="playback", from_us=NOW_US - 3600 * US_PER_S, to_us=NOW_US)


def verify(
    token: str | None, now_us: int = NOW_US, recorder: str = "nvr-1", revoked: frozenset[str] = frozenset()
) -> Ticket:
    return verify_ticket(token, KEYS, recorder, now_us, revoked)


@pytest.mark.parametrize("ticket", [LIVE, PLAYBACK])
def test_a_ticket_comes_back_as_it_was_issued(ticket: Ticket) -> None:
    assert verify(issue_ticket(KEY, KID, ticket)) == ticket


@given(st.data())
def test_any_altered_character_is_refused(data: st.DataObject) -> None:
    token = issue_ticket(KEY, KID, PLAYBACK)
    position = data.draw(st.integers(0, len(token) - 1))
    character = data.draw(st.characters(max_codepoint=0x17F).filter(lambda c: c != token[position]))
    with pytest.raises(TicketError):
        verify(token[:position] + character + token[position + 1 :])


def test_every_other_last_character_is_refused() -> None:
    """Four bits of the last character carry nothing: a lenient decoder takes 15 other spellings."""
    token = issue_ticket(KEY, KID, LIVE)
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for character in alphabet.replace(token[-1], ""):
        with pytest.raises(tickets.TicketForged):
            verify(token[:-1] + character)


@given(st.text(max_size=200))
def test_nonsense_is_refused_with_our_own_error(token: str) -> None:
    with pytest.raises(TicketError):
        verify(token)


@pytest.mark.parametrize("token", [None, ""])
def test_no_ticket_is_said_to_be_missing(token: str | None) -> None:
    with pytest.raises(tickets.TicketMissing):
        verify(token)


def test_a_ticket_ends_after_its_leeway() -> None:
    token = issue_ticket(KEY, KID, LIVE)
    end_us = (LIVE.expires_s + tickets.LEEWAY_S) * US_PER_S
    assert verify(token, now_us=end_us - 1).id == "t-1"
    with pytest.raises(tickets.TicketExpired):
        verify(token, now_us=end_us)


def test_a_ticket_from_the_future_is_refused_beyond_the_leeway() -> None:
    token = issue_ticket(KEY, KID, LIVE)
    assert verify(token, now_us=NOW_US - tickets.LEEWAY_S * US_PER_S)
    with pytest.raises(tickets.TicketMalformed):
        verify(token, now_us=NOW_US - (tickets.LEEWAY_S + 1) * US_PER_S)


def test_a_ticket_for_another_recorder_is_refused() -> None:
    with pytest.raises(tickets.TicketForOther):
        verify(issue_ticket(KEY, KID, LIVE), recorder="nvr-2")


def test_a_withdrawn_ticket_is_refused() -> None:
    with pytest.raises(tickets.TicketRevoked):
        verify(issue_ticket(KEY, KID, LIVE), revoked=frozenset({"t-1"}))


def test_a_ticket_of_an_unknown_key_is_refused_even_under_a_known_name() -> None:
    stranger = Ed25519PrivateKey.generate()
    with pytest.raises(tickets.TicketForged):
        verify(issue_ticket(stranger, KID, LIVE))
    with pytest.raises(tickets.TicketForged):
        verify(issue_ticket(stranger, key_id(stranger.public_key()), LIVE))


@pytest.mark.parametrize("algorithm", ["none", "HS256", "ES256"])
def test_no_other_algorithm_is_accepted(algorithm: str) -> None:
    _, payload, signature = issue_ticket(KEY, KID, LIVE).split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": algorithm, "kid": KID}).encode()).rstrip(b"=").decode()
    with pytest.raises(TicketError):
        verify(f"{header}.{payload}.{signature}")
    secret = KEYS[KID].public_bytes_raw()  # the classic confusion: the public key as a shared secret
    with pytest.raises(TicketError):
        verify(jwt.encode({"iss": tickets.ISSUER}, secret, algorithm="HS256", headers={"kid": KID}))


def signed(**claims: object) -> str:
    payload = {
        "iss": tickets.ISSUER, "aud": "nvr-1", "sub": "7", "jti": "t", "iat": NOW_S, "exp": NOW_S + 60,
        "right": "live", "cameras": ["cam-01"],
    } | claims  # fmt: skip
    payload = {name: value for name, value in payload.items() if value is not ...}
    return jwt.encode(payload, KEY, algorithm="EdDSA", headers={"kid": KID})


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "somebody"},
        {"right": "delete"},
        {"right": ["live"]},
        {"right": ...},
        {"cameras": []},
        {"cameras": "cam-01"},
        {"cameras": [1]},
        {"aud": ["nvr-1", "nvr-2"]},
        {"exp": "soon"},
        {"exp": NOW_S + 3600},
        {"exp": NOW_S},
        {"exp": ...},
        {"jti": ...},
        {"from_us": 1, "to_us": 2},
        {"right": "playback"},
        {"right": "playback", "from_us": 2, "to_us": 1},
        {"right": "playback", "from_us": 1.5, "to_us": 2},
        {"right": "export", "from_us": True, "to_us": 2},
    ],
    ids=str,
)
def test_a_signed_ticket_with_wrong_claims_is_refused(claims: dict[str, object]) -> None:
    assert verify(signed()).right == "live"
    with pytest.raises(tickets.TicketMalformed):
        verify(signed(**claims))


@pytest.mark.parametrize(
    ("has", "may"),
    [
        ("live", {"live"}),
        ("replay", {"replay"}),
        ("playback", {"replay", "playback"}),
        ("export", {"replay", "playback", "export"}),
    ],
)
def test_export_implies_playback_implies_replay_and_live_stands_alone(has: str, may: set[str]) -> None:
    period = {"from_us": None, "to_us": None} if has == "live" else {"from_us": 10, "to_us": 20}
    ticket = dataclasses.replace(LIVE, right=has, **period)  # type: ignore[arg-type]
    for right in ("live", "replay", "playback", "export"):
        if right in may:
            ticket.require(right, "cam-01")
        else:
            with pytest.raises(tickets.TicketTooNarrow):
                ticket.require(right, "cam-01")


@given(st.integers(0, 100), st.integers(0, 100))
def test_a_period_is_covered_only_as_a_whole(from_us: int, to_us: int) -> None:
    ticket = dataclasses.replace(PLAYBACK, from_us=30, to_us=70)
    if from_us >= 30 and to_us <= 70:
        ticket.require("playback", "cam-01", from_us, to_us)
    else:
        with pytest.raises(tickets.TicketTooNarrow):
            ticket.require("playback", "cam-01", from_us, to_us)


def test_a_camera_that_is_not_named_is_refused() -> None:
    with pytest.raises(tickets.TicketTooNarrow):
        LIVE.require("live", "cam-03")


def test_a_ticket_that_would_be_refused_cannot_be_issued() -> None:
    with pytest.raises(tickets.TicketMalformed):
        issue_ticket(KEY, KID, dataclasses.replace(LIVE, expires_s=NOW_S + 3600))
