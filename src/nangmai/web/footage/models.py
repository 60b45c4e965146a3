"""Tickets that were issued, and every use that recorders reported. Rows are added and closed, never edited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nangmai.web.sites.models import Recorder


class IssuedTicket(models.Model):
    """A ticket (docs/design/tickets.md) as it was given out. Without its signature: nobody can use a copy."""

    jti = models.CharField(max_length=40, unique=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="tickets")
    session_key = models.CharField(max_length=40, db_index=True)
    right = models.CharField(_("right"), max_length=20)
    recorder = models.ForeignKey(Recorder, on_delete=models.PROTECT, related_name="tickets")
    cameras: models.JSONField[list[str], list[str]] = models.JSONField()
    from_us = models.BigIntegerField(null=True)
    to_us = models.BigIntegerField(null=True)
    basis = models.CharField(_("basis"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=60, blank=True)
    issued_us = models.BigIntegerField()
    expires_us = models.BigIntegerField(db_index=True)
    revoked_us = models.BigIntegerField(null=True)

    class Meta:
        ordering = ("-issued_us",)
        constraints = (
            models.CheckConstraint(
                name="ticket_period_fits_right",
                condition=models.Q(right="live", from_us=None, to_us=None)
                | (~models.Q(right="live") & models.Q(from_us__lt=models.F("to_us"))),
            ),
        )


class Use(models.Model):
    """One use of a ticket, as its recorder reported it."""

    recorder = models.ForeignKey(Recorder, on_delete=models.PROTECT, related_name="uses")
    number = models.BigIntegerField()
    ticket_jti = models.CharField(max_length=40, db_index=True, blank=True)
    person = models.CharField(max_length=60, blank=True, db_index=True)
    right = models.CharField(max_length=20, blank=True)
    camera = models.CharField(max_length=60, blank=True)
    stream = models.CharField(max_length=20, blank=True)
    from_us = models.BigIntegerField(null=True)
    to_us = models.BigIntegerField(null=True)
    at_us = models.BigIntegerField(db_index=True)
    bytes = models.BigIntegerField(default=0)
    outcome = models.CharField(max_length=20)
    reason = models.TextField(blank=True)
    entry = models.BigIntegerField(null=True)  #: the number of the ledger's entry that tells of it (folding.py)

    class Meta:
        ordering = ("-at_us",)
        indexes = (models.Index(name="use_not_in_ledger", fields=["at_us"], condition=models.Q(entry=None)),)
        # A recorder whose index was rebuilt counts from 1 again: the moment tells its uses from the earlier ones.
        constraints = (models.UniqueConstraint(name="use_is_told_once", fields=["recorder", "number", "at_us"]),)

    @property
    def thing(self) -> str:
        """The camera as the ledger names it."""
        return f"camera:{self.recorder.name}/{self.camera}"
