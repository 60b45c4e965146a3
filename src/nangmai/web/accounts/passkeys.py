"""Passkeys: the two ceremonies of Web Authentication (W3C, level 2, §7.1 registration, §7.2 authentication).

A challenge lives in the session, for one answer within five minutes. The relying party is the name in the address.
"""

from __future__ import annotations

import base64
import ipaddress
import json
from typing import Any, ClassVar

import webauthn
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import Passkey, User
from nangmai.web.accounts.signals import acted

CHALLENGE_LASTS_S = 300
_CHALLENGE = "passkey_challenge"


class PasskeyRefused(Error):
    """This passkey was not accepted: the browser's answer does not fit. Try again, or use another factor."""

    kind: ClassVar[Kind] = Kind.INVALID


class PasskeyTooLate(PasskeyRefused):
    """This passkey came too late, or from another page. Begin again, and finish within five minutes."""


class PasskeyKnown(PasskeyRefused):
    """This passkey is known here already. Choose another device, or another factor."""


def relying_party(request: HttpRequest) -> str:
    """The name passkeys are bound to: the host of the address, without its port."""
    return request.get_host().rsplit(":", 1)[0] if "]" not in request.get_host() else request.get_host()


def is_possible(request: HttpRequest) -> bool:
    """Browsers give passkeys to names only, never to bare IP addresses, and only over https (or to localhost)."""
    name = relying_party(request)
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return request.is_secure() or name == "localhost" or name.endswith(".localhost")
    return False


def registration_options(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to make a new passkey."""
    options = webauthn.generate_registration_options(
        rp_id=relying_party(request),
        rp_name="nangmai",
        user_id=f"p-{user.pk}".encode(),
        user_name=user.username,
        user_display_name=user.display_name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
        exclude_credentials=_known(user),
    )
    return _begun(request, "register", options.challenge, webauthn.options_to_json(options))


def authentication_options(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the browser needs to use one of the person's passkeys."""
    options = webauthn.generate_authentication_options(
        rp_id=relying_party(request),
        allow_credentials=_known(user),
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return _begun(request, "prove", options.challenge, webauthn.options_to_json(options))


def _known(user: User) -> list[PublicKeyCredentialDescriptor]:
    ids = user.passkeys.values_list("credential_id", flat=True)
    return [PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(one)) for one in ids]


def _begun(request: HttpRequest, purpose: str, challenge: bytes, options: str) -> dict[str, Any]:
    request.session[_CHALLENGE] = {
        "purpose": purpose,
        "challenge": base64.b64encode(challenge).decode(),
        "at_s": utc_now().timestamp(),
    }
    told: dict[str, Any] = json.loads(options)
    return told


def _challenge(request: HttpRequest, purpose: str) -> bytes:
    """The challenge of this ceremony; it is spent by asking for it."""
    kept = request.session.pop(_CHALLENGE, None)
    if kept is None or kept["purpose"] != purpose:
        raise PasskeyTooLate
    if utc_now().timestamp() - kept["at_s"] > CHALLENGE_LASTS_S:
        raise PasskeyTooLate
    return base64.b64decode(kept["challenge"])


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"


def register(*, request: HttpRequest, user: User, credential: str, label: str) -> Passkey:
    """Keep the passkey the browser made, or `PasskeyRefused`."""
    challenge = _challenge(request, "register")
    try:
        proven = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=relying_party(request),
            expected_origin=_origin(request),
            require_user_verification=False,
        )
    except WebAuthnException as error:
        raise PasskeyRefused from error
    try:
        with transaction.atomic():
            made = Passkey.objects.create(
                user=user,
                credential_id=webauthn.helpers.bytes_to_base64url(proven.credential_id),
                public_key=proven.credential_public_key,
                sign_count=proven.sign_count,
                label=label[:60],
                added_at=utc_now(),
            )
            acted.send(sender=Passkey, act="factor.added", user=user, facts={"kind": "passkey"})
    except IntegrityError as error:
        raise PasskeyKnown from error
    return made


def check(*, request: HttpRequest, user: User, credential: str) -> bool:
    """Whether one of the person's passkeys signed the challenge of this page."""
    try:
        challenge = _challenge(request, "prove")
        told = webauthn.helpers.parse_authentication_credential_json(credential)
        known = user.passkeys.filter(credential_id=told.id).first()
        if known is None:
            return False
        proven = webauthn.verify_authentication_response(
            credential=told,
            expected_challenge=challenge,
            expected_rp_id=relying_party(request),
            expected_origin=_origin(request),
            credential_public_key=bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=False,
        )
    except (WebAuthnException, PasskeyRefused):
        return False
    # A counter that stands still or runs back is refused by the library (§7.2, step 21); of two answers one wins.
    same = Passkey.objects.filter(pk=known.pk, sign_count=known.sign_count)
    return same.update(sign_count=proven.new_sign_count, used_at=utc_now()) == 1
