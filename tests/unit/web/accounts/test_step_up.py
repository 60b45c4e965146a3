"""Proving identity again: which proof counts for whom, for how long, and where it leads back to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import ResolverMatch
from django.views.decorators.http import require_POST

from nangmai.web.access import answers_json, signed_in
from nangmai.web.accounts import factors, step_up
from nangmai.web.accounts.models import Passkey, User
from nangmai.web.ledger.models import Entry
from unit.web.accounts.authenticator import Authenticator
from unit.web.accounts.test_factors import code_of, secret_on
from unit.web.conftest import PASSWORD


@pytest.fixture
def user(make_user: Callable[..., User]) -> User:
    return make_user("principal")


@pytest.fixture
def client(user: User) -> Client:
    client = Client(headers={"host": "localhost"})
    client.post("/account/sign-in", {"username": user.username, "password": PASSWORD})
    client.cookies["nangmai_language"] = "en"
    return client


def give_password(client: Client, target: str = "/account/") -> Any:
    return client.post("/account/step-up", {"password": PASSWORD, "next": target})


def enrol_totp(client: Client) -> str:
    secret = secret_on(client.get("/account/totp").content.decode())
    assert client.post("/account/totp", {"code": code_of(secret, -1)}).status_code == 302
    return secret


def options(client: Client, purpose: str) -> dict[str, Any]:
    answer = client.post(f"/account/passkeys/options/{purpose}")
    assert answer.status_code == 200, answer.content
    return dict(answer.json())


def enrol_passkey(client: Client, device: Authenticator) -> Any:
    form = {"label": "khóa của tôi", "credential": device.create(options(client, "register"))}
    return client.post("/account/passkeys/new", form)


def prove_by(client: Client, device: Authenticator) -> int:
    form = {"credential": device.get(options(client, "prove")), "next": "/account/"}
    return int(client.post("/account/step-up", form).status_code)


def is_proven(client: Client) -> bool:
    """The page that asks for a proof lets those pass who have given one."""
    return bool(client.get("/account/step-up").status_code == 302)


def forget_proof(client: Client) -> None:
    session = client.session
    session.pop("stepped_up_s", None)
    session.save()


def test_without_a_factor_the_password_leads_to_adding_one_and_nowhere_else(client: Client) -> None:
    answer = give_password(client, "/account/recovery-codes")
    assert answer["Location"].startswith("/account/factors?next=")
    assert not is_proven(client)
    assert client.post("/account/recovery-codes")["Location"].startswith("/account/step-up")


def test_without_password_no_first_factor_is_added(client: Client) -> None:
    for path in ("/account/factors", "/account/totp", "/account/passkeys/new"):
        assert client.get(path)["Location"].startswith("/account/step-up"), path
    assert client.post("/account/passkeys/options/register").status_code == 403


def test_a_wrong_password_proves_nothing(client: Client) -> None:
    assert client.post("/account/step-up", {"password": "wrong"}).status_code == 401
    assert client.get("/account/totp")["Location"].startswith("/account/step-up")


def test_the_first_factor_brings_recovery_codes_once_and_goes_on_to_where_one_wanted(
    client: Client, user: User
) -> None:
    client.get(give_password(client, "/cameras/")["Location"])
    enrol_totp(client)
    assert is_proven(client)
    page = client.get("/account/recovery-codes").content.decode()
    assert 'href="/cameras/"' in page
    assert page.count("<li><code>") == 10
    assert "<li><code>" not in client.get("/account/recovery-codes").content.decode()
    assert factors.factors_of(user).recovery_left == 10


def test_with_a_factor_the_password_is_no_proof(client: Client) -> None:
    give_password(client)
    enrol_totp(client)
    forget_proof(client)
    assert client.post("/account/step-up", {"password": PASSWORD}).status_code == 401
    assert not is_proven(client)
    assert client.get("/account/totp")["Location"].startswith("/account/step-up")


def test_a_code_and_a_recovery_code_prove_it(client: Client, user: User) -> None:
    give_password(client)
    secret = enrol_totp(client)
    for code in (code_of(secret), factors.new_recovery_codes(user=user)[3].upper()):
        forget_proof(client)
        assert not is_proven(client)
        answer = client.post("/account/step-up", {"code": f" {code} ", "next": "/cameras/"})
        assert answer["Location"] == "/cameras/"
        assert is_proven(client)


def test_the_proof_lasts_five_minutes(client: Client) -> None:
    give_password(client)
    enrol_totp(client)
    session = client.session
    session["stepped_up_s"] -= step_up.LASTS_S - 2
    session.save()
    assert is_proven(client)
    session["stepped_up_s"] -= 3
    session.save()
    assert not is_proven(client)


def test_the_proof_is_of_this_session_alone(client: Client, user: User) -> None:
    give_password(client)
    enrol_totp(client)
    other = Client()
    other.post("/account/sign-in", {"username": user.username, "password": PASSWORD})
    assert not is_proven(other)


def test_a_passkey_is_enrolled_and_proves_identity(client: Client, user: User) -> None:
    give_password(client)
    device = Authenticator()
    assert enrol_passkey(client, device)["Location"] == "/account/recovery-codes"
    forget_proof(client)
    assert prove_by(client, device) == 302
    assert is_proven(client)
    assert Passkey.objects.get(user=user).sign_count == 1


def test_a_passkey_whose_counter_runs_back_is_taken_for_a_copy(client: Client) -> None:
    give_password(client)
    device = Authenticator()
    device.counter = 7
    enrol_passkey(client, device)
    forget_proof(client)
    device.counter = 3
    assert prove_by(client, device) == 401


def test_an_answer_is_good_for_its_own_challenge_once(client: Client) -> None:
    give_password(client)
    device = Authenticator()
    enrol_passkey(client, device)
    forget_proof(client)
    answer = {"credential": device.get(options(client, "prove"))}
    assert client.post("/account/step-up", answer).status_code == 302
    forget_proof(client)
    assert client.post("/account/step-up", answer).status_code == 401
    options(client, "prove")
    assert client.post("/account/step-up", answer).status_code == 401


@pytest.mark.parametrize(
    "device",
    [Authenticator(origin="http://evil.example"), Authenticator(rp_id="evil.example"), Authenticator()],
    ids=["another origin", "another site", "a device nobody knows"],
)
def test_a_foreign_passkey_is_refused(client: Client, device: Authenticator) -> None:
    give_password(client)
    enrol_passkey(client, Authenticator())
    forget_proof(client)
    assert prove_by(client, device) == 401


@pytest.mark.parametrize("device", [Authenticator(origin="http://evil.example"), Authenticator(rp_id="evil.example")])
def test_a_passkey_made_for_another_site_is_not_enrolled(client: Client, device: Authenticator) -> None:
    give_password(client)
    answer = enrol_passkey(client, device)
    assert "not accepted" in answer.content.decode()
    assert not Passkey.objects.exists()


@pytest.mark.parametrize("nonsense", ["x", "[]", "null", "{}", '{"id": "AA", "rawId": 1}', '{"id":"AA","rawId":"AA"}'])
def test_nonsense_in_place_of_a_passkey_is_wrong_and_nothing_worse(client: Client, nonsense: str) -> None:
    give_password(client)
    options(client, "register")
    answer = client.post("/account/passkeys/new", {"label": "x", "credential": nonsense})
    assert answer.status_code == 200
    enrol_passkey(client, Authenticator())
    forget_proof(client)
    options(client, "prove")
    assert client.post("/account/step-up", {"credential": nonsense}).status_code == 401


def test_the_same_passkey_is_not_enrolled_twice(client: Client) -> None:
    give_password(client)
    device = Authenticator()
    enrol_passkey(client, device)
    assert "known here already" in enrol_passkey(client, device).content.decode()


def test_removing_needs_a_proof_and_returns_to_the_page(client: Client, user: User) -> None:
    give_password(client)
    enrol_totp(client)
    forget_proof(client)
    assert client.post("/account/totp/remove")["Location"] == "/account/step-up?next=%2Faccount%2F"
    assert factors.factors_of(user).totp
    code = factors.new_recovery_codes(user=user)[0]
    client.post("/account/step-up", {"code": code})
    client.post("/account/totp/remove")
    assert not factors.factors_of(user).any
    assert factors.factors_of(user).recovery_left == 0  # codes without a factor would be a factor


def test_nobody_removes_the_passkey_of_another(client: Client, user: User, sign_in: Callable[..., Client]) -> None:
    give_password(client)
    enrol_passkey(client, Authenticator())
    other = sign_in("guard")
    give_password(other)
    enrol_totp(other)
    other.post(f"/account/passkeys/{Passkey.objects.get().pk}/remove")
    assert Passkey.objects.filter(user=user).exists()


def test_the_page_shows_the_factors(client: Client) -> None:
    assert "you can sign nothing" in client.get("/account/").content.decode()
    give_password(client)
    enrol_passkey(client, Authenticator())
    page = client.get("/account/").content.decode()
    assert "khóa của tôi" in page
    assert "10 recovery codes left" in page


@pytest.mark.parametrize("host", ["192.168.1.10", "192.168.1.10:8000", "[::1]:8000", "recorder.school"])
def test_where_browsers_give_no_passkeys_the_page_says_so(
    client: Client, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.conf import settings

    monkeypatch.setattr(settings, "ALLOWED_HOSTS", ["*"])
    give_password(client)
    assert "Not at this address" in client.get("/account/factors", headers={"host": host}).content.decode()


def test_nobody_is_sent_to_another_site(client: Client) -> None:
    give_password(client)
    enrol_totp(client)
    assert client.get("/account/step-up?next=https://evil.example/")["Location"] == "/"


def test_proofs_are_in_the_ledger_right_and_wrong(client: Client, user: User) -> None:
    give_password(client)
    client.get("/account/step-up")
    secret = enrol_totp(client)
    forget_proof(client)
    client.post("/account/step-up", {"code": "000000"})
    client.post("/account/step-up", {"code": code_of(secret)})
    entries = Entry.objects.filter(act="identity.proven").order_by("seq")
    assert [entry.outcome for entry in entries] == ["done", "failed", "done"]
    assert Entry.objects.filter(act="factor.added", actor=f"p-{user.pk}").count() == 2


def test_a_script_without_a_fresh_proof_is_refused_and_not_led_away(client: Client, user: User) -> None:
    @answers_json
    @signed_in
    @require_POST
    @step_up.step_up()
    def sign_something(request: HttpRequest) -> HttpResponse:
        return HttpResponse("signed")

    request = RequestFactory().post("/sign")
    request.user, request.session = user, client.session
    request.resolver_match = ResolverMatch(sign_something, (), {})
    with pytest.raises(step_up.StepUpRequired):
        sign_something(request)
    step_up.stamp(request)
    assert sign_something(request).content == b"signed"
