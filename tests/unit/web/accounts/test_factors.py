"""Authenticator apps and recovery codes: once each, sealed, and never more than the back-off allows."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pyotp
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from nangmai.web.accounts import factors
from nangmai.web.accounts.models import BackOff, RecoveryCode, Totp, User
from nangmai.web.accounts.sealing import SealBroken, seal, unseal
from nangmai.web.accounts.throttle import FREE_FAILURES, LONGEST_FACTOR_WAIT
from unit.web.conftest import PASSWORD


def code_of(secret: str, steps: int = 0) -> str:
    """What the app shows now, or so many steps later."""
    return pyotp.HOTP(secret).at(int(factors.utc_now().timestamp()) // factors.STEP_S + steps)


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    return make_user("guard")


@pytest.fixture
def secret(user: User) -> str:
    """The secret of an app that was added with the code before this one, so that this one is still unused."""
    secret = factors.new_secret()
    assert factors.add_totp(user=user, secret=secret, code=code_of(secret, -1))
    return secret


@pytest.fixture
def client(user: User) -> Client:
    client = Client()
    client.post("/account/sign-in", {"username": user.username, "password": PASSWORD})
    client.cookies["nangmai_language"] = "en"
    return client


def prove(client: Client, code: str) -> Any:
    return client.post("/account/step-up", {"code": code, "next": "/account/"})


def test_a_code_is_good_once(user: User, secret: str) -> None:
    code = code_of(secret)
    assert factors.check_totp(user, code)
    assert not factors.check_totp(user, code)


def test_an_older_code_is_refused_after_a_newer_one(user: User, secret: str) -> None:
    assert factors.check_totp(user, code_of(secret, 1))
    assert not factors.check_totp(user, code_of(secret, 0))


@pytest.mark.parametrize("steps", [-2, 2, 100])
def test_a_code_of_another_time_is_refused(user: User, secret: str, steps: int) -> None:
    Totp.objects.update(last_step=0)
    assert not factors.check_totp(user, code_of(secret, steps))


@pytest.mark.parametrize("code", ["", "abc", "000000000000", "١٢٣٤٥٦", "0-", "-", "99-x-y", "1-" + "a" * 30])
def test_nonsense_is_wrong_and_nothing_worse(user: User, secret: str, client: Client, code: str) -> None:
    factors.new_recovery_codes(user=user)
    assert prove(client, code).status_code == 401


def test_an_app_is_added_only_with_a_right_code(user: User) -> None:
    secret = factors.new_secret()
    wrong = "000000" if code_of(secret) != "000000" else "000001"
    assert not factors.add_totp(user=user, secret=secret, code=wrong)
    assert not Totp.objects.exists()


def test_the_secret_is_sealed_and_bound_to_its_person(user: User, secret: str) -> None:
    row = Totp.objects.get()
    assert secret not in row.sealed_secret
    assert unseal(row.sealed_secret, purpose="totp", owner=str(user.pk)) == secret
    with pytest.raises(SealBroken):
        unseal(row.sealed_secret, purpose="totp", owner=str(user.pk + 1))
    with pytest.raises(SealBroken):
        unseal(row.sealed_secret, purpose="factor page", owner=str(user.pk))


def test_a_seal_opens_with_the_sites_own_key_only() -> None:
    from django.test import override_settings

    sealed = seal("x", purpose="totp", owner="1")
    with override_settings(SECRET_KEY="another key of another site"), pytest.raises(SealBroken):
        unseal(sealed, purpose="totp", owner="1")
    for broken in ("", "no base64!", sealed[:-8], "A" * 40):
        with pytest.raises(SealBroken):
            unseal(broken, purpose="totp", owner="1")


def test_each_recovery_code_works_once_and_only_its_hash_is_kept(user: User) -> None:
    codes = factors.new_recovery_codes(user=user)
    assert len(set(codes)) == 10
    kept = "".join(RecoveryCode.objects.values_list("hash", flat=True))
    assert not any(code in kept for code in codes)
    assert factors.check_recovery_code(user, codes[6])
    assert not factors.check_recovery_code(user, codes[6])
    assert factors.factors_of(user).recovery_left == 9


def test_new_recovery_codes_end_the_old_ones(user: User) -> None:
    old = factors.new_recovery_codes(user=user)
    factors.new_recovery_codes(user=user)
    assert not factors.check_recovery_code(user, old[0])


def test_recovery_codes_of_another_person_are_worth_nothing(user: User, make_user: Callable[..., User]) -> None:
    codes = factors.new_recovery_codes(user=user)
    assert not factors.check_recovery_code(make_user("finance"), codes[0])


def test_wrong_codes_wait_longer_and_longer_and_then_even_the_right_one_waits(
    user: User, secret: str, client: Client
) -> None:
    for _ in range(FREE_FAILURES["factor"]):
        assert prove(client, "000000").status_code == 401
    answer = prove(client, code_of(secret))
    assert answer.status_code == 429
    assert "Too many wrong codes" in answer.content.decode()
    BackOff.objects.filter(key="factor:guard").update(failures=40, wait_until=timezone.now())
    prove(client, "000000")
    row = BackOff.objects.get(key="factor:guard")
    assert row.wait_until - row.failed_at == LONGEST_FACTOR_WAIT
    assert not BackOff.objects.filter(key="account:guard").exists()  # signing in for the shift goes on


def test_a_right_code_clears_the_count(user: User, secret: str, client: Client) -> None:
    prove(client, "000000")
    assert prove(client, code_of(secret)).status_code == 302
    assert not BackOff.objects.filter(key="factor:guard").exists()


def test_failures_of_codes_are_remembered_for_a_day(user: User, secret: str, client: Client) -> None:
    prove(client, "000000")
    BackOff.objects.update(failed_at=timezone.now() - timedelta(hours=3))
    prove(client, "000000")
    assert BackOff.objects.get(key="factor:guard").failures == 2


def test_the_secret_is_never_logged(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    client.post("/account/step-up", {"password": PASSWORD, "next": "/account/"})
    page = client.get("/account/totp").content.decode()
    secret = secret_on(page)
    client.post("/account/totp", {"code": code_of(secret)})
    assert Totp.objects.exists()
    assert secret not in caplog.text
    assert secret.replace(" ", "") not in caplog.text


def secret_on(page: str) -> str:
    found = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', page)
    assert found
    return found[1].replace(" ", "")


def test_codes_are_hashed_with_argon2_outside_of_tests() -> None:
    assert settings.PASSWORD_HASHERS[-1].endswith("Argon2PasswordHasher")


def test_resetfactors_takes_everything_away_and_ends_the_sessions(user: User, secret: str, client: Client) -> None:
    factors.new_recovery_codes(user=user)
    out = io.StringIO()
    call_command("resetfactors", "GUARD", stdout=out)
    assert "1 sessions ended" in out.getvalue()
    assert factors.factors_of(user) == factors.Factors(None, (), 0)
    assert client.get("/account/").status_code == 302
