"""How a recorder proves its name to web: a short JWT (RFC 7519, EdDSA) signed with the recorder's own key.

Web pins the public key of the first exchange, the one that brings the enrolment secret (docs/design/planes.md).
"""

from __future__ import annotations

from typing import Any, ClassVar

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S

AUDIENCE = "web"
LIFE_S = 60
LEEWAY_S = 30


class RecorderUnproven(Error):
    """The recorder could not prove its name: {reason}."""

    kind: ClassVar[Kind] = Kind.DENIED


def recorder_token(key: Ed25519PrivateKey, recorder: str, now_us: int) -> str:
    """A token good for one minute."""
    now_s = now_us // US_PER_S
    payload: dict[str, Any] = {"iss": recorder, "aud": AUDIENCE, "iat": now_s, "exp": now_s + LIFE_S}
    return jwt.encode(payload, key, algorithm="EdDSA")


def verify_recorder_token(token: str, key: Ed25519PublicKey, now_us: int) -> str:
    """The name of the recorder that signed `token`. For a recorder not yet pinned, `key` is the one in its `Report`."""
    try:
        payload = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=AUDIENCE,
            options={"require": ["iss", "aud", "iat", "exp"], "verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError as error:
        raise RecorderUnproven(reason="its token is not signed with its key") from error
    issued_s, expires_s = payload["iat"], payload["exp"]
    if type(issued_s) is not int or type(expires_s) is not int:
        raise RecorderUnproven(reason="a claim has the wrong type")
    now_s = now_us // US_PER_S
    if expires_s - issued_s > LIFE_S or not issued_s - LEEWAY_S <= now_s < expires_s + LEEWAY_S:
        raise RecorderUnproven(reason="its token is out of date; set the clocks of web and recorder")
    return str(payload["iss"])
