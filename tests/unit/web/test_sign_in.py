"""Signing in, the back-off after wrong passwords, passwords, sessions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils import timezone

from nangmai.web.accounts import services
from nangmai.web.accounts.models import BackOff, SignIn, User
from nangmai.web.accounts.throttle import FREE_FAILURES, LONGEST_WAIT
from nangmai.web.people.services import assign_by_command
from unit.web.conftest import PASSWORD
from unit.web.roles import Role


def attempt(client: Client, username: str, password: str, address: str = "10.0.0.1", **fields: str) -> Any:
    client.cookies["nangmai_language"] = "en"
    form = {"username": username, "password": password} | fields
    return client.post("/account/sign-in", form, REMOTE_ADDR=address)


def test_the_right_password_opens_and_the_session_is_listed(make_user: Callable[..., User]) -> None:
    make_user(Role.GUARD)
    client = Client(headers={"User-Agent": "Mozilla/5.0 (X11; Linux) Firefox/130.0"})
    assert attempt(client, "GUARD", PASSWORD).status_code == 302
    page = client.get("/account/").content.decode()
    assert "Firefox, Linux" in page
    assert "10.0.0.1" in page


@pytest.mark.parametrize("username", ["guard", "nobody"])
def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(
    make_user: Callable[..., User], username: str
) -> None:
    make_user(Role.GUARD)
    answer = attempt(Client(), username, "wrong")
    assert answer.status_code == 401
    assert "Account name and password do not fit" in answer.content.decode()
    assert not SignIn.objects.exists()


def test_after_the_free_failures_even_the_right_password_waits(make_user: Callable[..., User]) -> None:
    make_user(Role.GUARD)
    for _ in range(FREE_FAILURES["account"]):
        assert attempt(Client(), "guard", "wrong").status_code == 401
    answer = attempt(Client(), "guard", PASSWORD, address="10.0.0.2")
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()


def test_the_wait_doubles_up_to_its_limit_and_is_forgiven_after_an_hour(make_user: Callable[..., User]) -> None:
    make_user(Role.GUARD)
    waits = []
    for _ in range(20):
        BackOff.objects.update(wait_until=timezone.now())
        attempt(Client(), "guard", "wrong")
        row = BackOff.objects.get(key="account:guard")
        waits.append((row.wait_until - row.failed_at).total_seconds())
    assert waits[:4] == [0, 0, 0, 0]
    assert waits[4:7] == [2, 4, 8]
    assert waits[-1] == LONGEST_WAIT.total_seconds()
    BackOff.objects.update(wait_until=timezone.now(), failed_at=timezone.now() - timedelta(hours=2))
    attempt(Client(), "guard", "wrong")
    assert BackOff.objects.get(key="account:guard").failures == 1


def test_an_address_that_tries_many_names_waits(make_user: Callable[..., User]) -> None:
    make_user(Role.GUARD)
    for number in range(FREE_FAILURES["address"]):
        attempt(Client(), f"name{number}", "wrong")
    assert attempt(Client(), "guard", PASSWORD).status_code == 429
    assert attempt(Client(), "guard", PASSWORD, address="10.0.0.9").status_code == 302


def test_a_right_password_clears_the_account(make_user: Callable[..., User]) -> None:
    make_user(Role.GUARD)
    for _ in range(3):
        attempt(Client(), "guard", "wrong")
    attempt(Client(), "guard", PASSWORD)
    assert not BackOff.objects.filter(key="account:guard").exists()
    assert BackOff.objects.get(key="address:10.0.0.1").failures == 3


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(make_user: Callable[..., User], target: str) -> None:
    make_user(Role.GUARD)
    answer = attempt(Client(), "guard", PASSWORD, next=target)
    assert answer["Location"] == "/"


def test_a_form_without_its_token_is_refused() -> None:
    client = Client(enforce_csrf_checks=True)
    assert attempt(client, "guard", PASSWORD).status_code == 403


def test_signing_out_ends_the_session(sign_in: Callable[..., Client]) -> None:
    client = sign_in()
    client.post("/account/sign-out")
    assert client.get("/cameras/").status_code == 302
    assert not SignIn.objects.exists()


def test_a_new_password_ends_every_other_session(sign_in: Callable[..., Client]) -> None:
    client, other = sign_in(), Client()
    attempt(other, "principal", PASSWORD)
    new = "sáng nay trời nắng đẹp"
    answer = client.post("/account/password", {"old": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert other.get("/account/").status_code == 302
    assert attempt(Client(), "principal", new).status_code == 302


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"old": "wrong"}, "This is not your current password."),
        ({"again": "something else here"}, "The two passwords differ."),
        ({"new": "short", "again": "short"}, "too short"),
        ({"new": "principal1", "again": "principal1"}, "too similar"),
        ({"new": "password123", "again": "password123"}, "too common"),
    ],
)
def test_a_bad_new_password_is_explained(
    sign_in: Callable[..., Client], fields: dict[str, str], complaint: str
) -> None:
    client = sign_in()
    client.cookies["nangmai_language"] = "en"
    form = {"old": PASSWORD, "new": "a wholly new one", "again": "a wholly new one"} | fields
    assert complaint in client.post("/account/password", form).content.decode()


def test_a_one_time_password_has_to_be_replaced_first() -> None:
    user, password = services.add_user(username="moi", display_name="Người mới")
    assign_by_command(person=user, role="guard")
    client = Client()
    assert attempt(client, "moi", password).status_code == 302
    assert client.get("/watch")["Location"] == "/account/password"
    client.post("/account/password", {"old": password, "new": "của riêng tôi thôi", "again": "của riêng tôi thôi"})
    assert client.get("/regulation/acknowledge").status_code == 200


def test_passwords_are_kept_as_argon2() -> None:
    from nangmai.web import settings

    assert settings.PASSWORD_HASHERS[-1].endswith("Argon2PasswordHasher")
    assert Argon2PasswordHasher().encode("x", "saltsaltsalt").startswith("argon2$argon2id$")
