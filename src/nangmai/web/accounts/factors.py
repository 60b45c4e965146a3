"""Second factors: authenticator apps and recovery codes; what a person has, and taking factors away.

A TOTP secret is shown once, kept sealed and never logged. Passkeys are in `passkeys.py`; when somebody has to prove who
they are is `step_up.py`.
"""

from __future__ import annotations

import dataclasses
import hmac
import secrets

import pyotp
from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction

from nangmai.base.clock import utc_now
from nangmai.web.accounts.models import Passkey, RecoveryCode, Totp, User
from nangmai.web.accounts.sealing import seal, unseal
from nangmai.web.accounts.services import LEGIBLE
from nangmai.web.accounts.signals import acted

STEP_S = 30
WINDOW_STEPS = 1  #: clocks of telephones are a little off (RFC 6238 §5.2)
RECOVERY_CODES = 10
_PURPOSE = "totp"


@dataclasses.dataclass(frozen=True, slots=True)
class Factors:
    """What a person can prove their identity with, besides the password."""

    totp: Totp | None
    passkeys: tuple[Passkey, ...]
    recovery_left: int

    @property
    def any(self) -> bool:
        """Whether there is a factor at all; recovery codes alone are none."""
        return self.totp is not None or bool(self.passkeys)


def factors_of(user: User) -> Factors:
    """The factors as they are now."""
    return Factors(
        Totp.objects.filter(user=user).first(),
        tuple(user.passkeys.all()),
        user.recovery_codes.filter(used_at=None).count(),
    )


def new_secret() -> str:
    """160 random bits in base32 (RFC 4226 §4)."""
    return pyotp.random_base32()


def provisioning_uri(user: User, secret: str, host: str) -> str:
    """What the QR code says to the authenticator app."""
    return pyotp.TOTP(secret).provisioning_uri(name=user.username, issuer_name=f"nangmai {host}")


def step_of(secret: str, code: str) -> int | None:
    """The step of time the code belongs to, when it is one of those accepted now."""
    now = int(utc_now().timestamp()) // STEP_S
    steps = range(now - WINDOW_STEPS, now + WINDOW_STEPS + 1)
    hits = [step for step in steps if hmac.compare_digest(pyotp.HOTP(secret).at(step).encode(), code.encode())]
    return max(hits, default=None)


@transaction.atomic
def add_totp(*, user: User, secret: str, code: str) -> bool:
    """Keep the authenticator app, once it has shown a right code; another one of the person is replaced."""
    step = step_of(secret, code)
    if step is None:
        return False
    sealed = seal(secret, purpose=_PURPOSE, owner=str(user.pk))
    fields = {"sealed_secret": sealed, "last_step": step, "added_at": utc_now(), "used_at": None}
    Totp.objects.update_or_create(user=user, defaults=fields)
    acted.send(sender=Totp, act="factor.added", user=user, facts={"kind": "totp"})
    return True


def check_totp(user: User, code: str) -> bool:
    """Whether the code is right and newer than every one used before; it is used up by this."""
    factor = Totp.objects.filter(user=user).first()
    if factor is None:
        return False
    step = step_of(unseal(factor.sealed_secret, purpose=_PURPOSE, owner=str(user.pk)), code)
    if step is None:
        return False
    # One statement, so that of two requests with the same code one alone wins.
    newer = Totp.objects.filter(pk=factor.pk, last_step__lt=step)
    return newer.update(last_step=step, used_at=utc_now()) == 1


@transaction.atomic
def new_recovery_codes(*, user: User) -> list[str]:
    """Ten codes to be printed now; those from before are worth nothing any more."""
    user.recovery_codes.all().delete()
    codes = [f"{number}-{_random(5)}-{_random(5)}" for number in range(1, RECOVERY_CODES + 1)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(user=user, number=number, hash=make_password(code)) for number, code in enumerate(codes, 1)
    )
    acted.send(sender=RecoveryCode, act="factor.added", user=user, facts={"kind": "recovery_codes"})
    return codes


def _random(length: int) -> str:
    return "".join(secrets.choice(LEGIBLE) for _ in range(length))


def check_recovery_code(user: User, code: str) -> bool:
    """Whether it is an unused code; it is used up by this. Its number says which hash to compare."""
    number = code.partition("-")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= 2):
        return False
    row = user.recovery_codes.filter(number=int(number), used_at=None).first()
    if row is None or not check_password(code, row.hash):
        return False
    return RecoveryCode.objects.filter(pk=row.pk, used_at=None).update(used_at=utc_now()) == 1


@transaction.atomic
def remove_totp(*, user: User) -> bool:
    """Forget the authenticator app."""
    removed, _rows = Totp.objects.filter(user=user).delete()
    return _removed(user, "totp", removed)


@transaction.atomic
def remove_passkey(*, user: User, passkey_id: int) -> bool:
    """Forget a passkey."""
    removed, _rows = user.passkeys.filter(pk=passkey_id).delete()
    return _removed(user, "passkey", removed)


@transaction.atomic
def remove_all(*, user: User) -> None:
    """For the command line, when a person has lost everything: the next proof begins with the password again."""
    Totp.objects.filter(user=user).delete()
    user.passkeys.all().delete()
    user.recovery_codes.all().delete()
    acted.send(sender=Totp, act="factor.removed", user=user, is_by_system=True, facts={"kind": "all"})


def _removed(user: User, kind: str, removed: int) -> bool:
    if not removed:
        return False
    if not factors_of(user).any:
        user.recovery_codes.all().delete()
    acted.send(sender=Totp, act="factor.removed", user=user, facts={"kind": kind})
    return True
