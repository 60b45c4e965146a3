"""Keys that never leave a token: PKCS#11, for the people an installation names. Needs the extra `pkcs11`.

`NANGMAI_PKCS11_MODULE` is the maker's library, `_TOKEN` the token's label, `_PIN` (or `_PIN_FILE`) its PIN, `_PEOPLE`
the account names; key and certificate on the token carry the account name as their label.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any, ClassVar

from django.conf import settings
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.signers import Signer

from nangmai.base.errors import Error, Kind
from nangmai.web.accounts.models import User

try:
    import pkcs11
    from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session

    TokenFault: Any = pkcs11.PKCS11Error
except ImportError:  # the extra is not installed
    pkcs11 = None

    class TokenFault(Exception):  # type: ignore[no-redef]
        """Stands for the faults of a library that is not there: never raised."""


class TokenSupportMissing(Error):
    """Signing with a token needs the library python-pkcs11. Install nangmai with the extra pkcs11."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class TokenUnusable(Error):
    """The signing token cannot be used: {reason}. Check that it is plugged in, and its module, label and PIN."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


def is_for(user: User) -> bool:
    """True when this person signs with a token."""
    return bool(settings.PKCS11_MODULE) and user.username in settings.PKCS11_PEOPLE


@contextlib.contextmanager
def token_signer(user: User) -> Iterator[Signer]:
    """The person's key on the token, for as long as the session is open."""
    if pkcs11 is None:
        raise TokenSupportMissing
    try:
        session = open_pkcs11_session(
            settings.PKCS11_MODULE,
            token_criteria=TokenCriteria(label=settings.PKCS11_TOKEN),
            user_pin=settings.PKCS11_PIN or None,
        )
    except (TokenFault, OSError, RuntimeError) as error:
        raise TokenUnusable(reason=told(error)) from error
    with session:
        try:
            signer = PKCS11Signer(session, cert_label=user.username, key_label=user.username, other_certs_to_pull=None)
            known = signer.signing_cert
        except (TokenFault, RuntimeError) as error:
            raise TokenUnusable(reason=told(error)) from error
        if known is None:
            raise TokenUnusable(reason=f"it holds no certificate named {user.username}")
        # Many tokens sign with ECDSA only what was hashed before; all that hash by themselves take that too.
        signer.use_raw_mechanism = known.public_key.algorithm == "ec"
        yield signer


def told(error: BaseException) -> str:
    """The faults of PKCS#11 have names and often no text."""
    return str(error) or type(error).__name__
