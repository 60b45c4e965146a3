"""A duty: what a norm asks of whom until when. Rows are opened and closed, never deleted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Duty(models.Model):
    """Open until somebody, or the event that ends it, brings the evidence."""

    norm = models.CharField(max_length=120, db_index=True)
    clause = models.CharField(_("clause"), max_length=80)
    version = models.CharField(max_length=64)  #: SHA-256 of the text that asks for it
    trigger = models.CharField(max_length=60, blank=True)  #: the event that opened it; empty: the calendar
    subject = models.CharField(_("about"), max_length=200)  #: as entries name things: `camera:nvr-1/cam-03`
    roles: models.JSONField[list[str], list[str]] = models.JSONField()
    #: the one person who owes it; None: whoever holds one of the roles
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="duties")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, db_index=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    evidence = models.TextField(_("evidence"), blank=True)
    #: to whom it went when it was late, in the order of the text
    escalated: models.JSONField[list[str], list[str]] = models.JSONField(default=list)
    steps_taken = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("duty")
        ordering = ("due_at", "opened_at")
        constraints = (
            models.UniqueConstraint(name="duty_is_open_once", fields=["norm", "subject"], condition=Q(done_at=None)),
            models.CheckConstraint(
                name="duty_is_done_with_evidence",
                condition=Q(done_at=None, evidence="") | (Q(done_at__isnull=False) & ~Q(evidence="")),
            ),
        )

    @property
    def name(self) -> str:
        """How entries name it."""
        return f"duty:{self.pk}"
