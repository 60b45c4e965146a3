"""Accounts, their sessions and factors, and the back-off after wrong passwords and codes."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.validators import ASCIIUsernameValidator
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now


class UserManager(BaseUserManager["User"]):
    """Makes accounts; names are compared without regard to case."""

    def create_user(self, username: str, *, password: str, display_name: str = "", **fields: Any) -> User:
        """A new account with a hashed password."""
        user = self.model(username=username.lower(), display_name=display_name or username, **fields)
        user.set_password(password)
        user.full_clean()
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(username=(username or "").lower())


class User(AbstractBaseUser):
    """A person. Accounts are taken out of service, never deleted: the register names them.

    What the person may do follows from assignments (app `people`), never from the account.
    """

    username = models.CharField(
        _("account name"),
        max_length=60,
        unique=True,
        validators=[ASCIIUsernameValidator()],
        error_messages={"unique": _("This account name is taken.")},
    )
    display_name = models.CharField(_("name"), max_length=120)
    is_active = models.BooleanField(_("in service"), default=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=utc_now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["display_name"]

    objects = UserManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        ordering = ("display_name",)
        constraints = (
            models.CheckConstraint(name="user_name_is_lower_case", condition=models.Q(username=Lower("username"))),
        )

    def __str__(self) -> str:
        return self.display_name


class SignIn(models.Model):
    """One session of one person: from where, since when, seen when. Deleted together with its session."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="sign_ins")
    session_key = models.CharField(max_length=40, unique=True)
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    address = models.GenericIPAddressField(null=True)
    browser = models.CharField(max_length=200)

    class Meta:
        ordering = ("-seen_at",)


class BackOff(models.Model):
    """How often sign-in failed in a row, for one account or one address, and until when it has to wait."""

    key = models.CharField(max_length=120, unique=True)
    failures = models.PositiveIntegerField(default=0)
    failed_at = models.DateTimeField()
    wait_until = models.DateTimeField()


class Totp(models.Model):
    """An authenticator app (RFC 6238). The secret is sealed; `last_step` keeps a code from being used twice."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="totp")
    sealed_secret = models.CharField(max_length=200)
    last_step = models.BigIntegerField()
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Passkey(models.Model):
    """A credential of WebAuthn: the public half of a key that never leaves the person's device."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="passkeys")
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url of at most 1023 bytes
    public_key = models.BinaryField()
    sign_count = models.BigIntegerField()
    label = models.CharField(_("name"), max_length=60)
    added_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("added_at",)


class RecoveryCode(models.Model):
    """One of the codes that were printed once; only its hash is kept. It works once."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recovery_codes")
    number = models.PositiveSmallIntegerField()
    hash = models.CharField(max_length=128)
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(name="recovery_code_number", fields=["user", "number"]),)
