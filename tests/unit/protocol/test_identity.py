"""A recorder proves its name with its key, for a minute, and nobody else can."""

from __future__ import annotations

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.base.units import US_PER_S
from nangmai.protocol.identity import RecorderUnproven, recorder_token, verify_recorder_token
from nangmai.protocol.keys import KeyUnreadable, key_id, parse_public_key, public_key_text

KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))
NOW_US = 1_790_000_000 * US_PER_S


def test_a_token_names_the_recorder() -> None:
    assert verify_recorder_token(recorder_token(KEY, "nvr-1", NOW_US), KEY.public_key(), NOW_US) == "nvr-1"


def test_another_key_proves_nothing() -> None:
    with pytest.raises(RecorderUnproven):
        verify_recorder_token(recorder_token(KEY, "nvr-1", NOW_US), Ed25519PrivateKey.generate().public_key(), NOW_US)


@pytest.mark.parametrize("shift_s", [-31, 90])
def test_a_token_is_good_for_a_minute_and_the_leeway(shift_s: int) -> None:
    token = recorder_token(KEY, "nvr-1", NOW_US)
    assert verify_recorder_token(token, KEY.public_key(), NOW_US + 89 * US_PER_S)
    with pytest.raises(RecorderUnproven):
        verify_recorder_token(token, KEY.public_key(), NOW_US + shift_s * US_PER_S)


@pytest.mark.parametrize("claims", [{"aud": "other"}, {"exp": 9_999_999_999}, {"iat": "now"}, {"iss": None}], ids=str)
def test_a_token_with_wrong_claims_proves_nothing(claims: dict[str, object]) -> None:
    now_s = NOW_US // US_PER_S
    payload = {"iss": "nvr-1", "aud": "web", "iat": now_s, "exp": now_s + 60} | claims
    token = jwt.encode({k: v for k, v in payload.items() if v is not None}, KEY, algorithm="EdDSA")
    with pytest.raises(RecorderUnproven):
        verify_recorder_token(token, KEY.public_key(), NOW_US)


def test_a_public_key_comes_back_from_its_text() -> None:
    text = public_key_text(KEY.public_key())
    assert key_id(parse_public_key(text + "\n", "a.pub")) == key_id(KEY.public_key())


@pytest.mark.parametrize(
    "text", ["", "AAAA", "not base64 at all!", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"]
)
def test_what_is_no_key_is_said_with_its_place(text: str) -> None:
    with pytest.raises(KeyUnreadable, match=r"a\.pub"):
        parse_public_key(text, "a.pub")
