"""An emergency somebody invoked, and what the board said of it. Rows are never deleted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.states import Machine, Transition

PERSON = settings.AUTH_USER_MODEL

EMERGENCY = Machine(
    "emergency",
    "invoked",
    (
        Transition("invoked", "ratify", "ratified", "emergency.ratify"),
        Transition("invoked", "reject", "rejected", "emergency.ratify", effects=("end_now",)),
    ),
)


class Emergency(models.Model):
    """Who invoked it, why, from when to when it lets them see."""

    class State(models.TextChoices):
        """What the board made of it."""

        INVOKED = "invoked", _("waits for the board")
        RATIFIED = "ratified", _("ratified")
        REJECTED = "rejected", _("not ratified")

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="emergencies")
    reason = models.TextField(_("what happens"))
    state = models.CharField(max_length=10, choices=State, default=State.INVOKED)
    from_us = models.BigIntegerField()  #: no footage before this
    invoked_at = models.DateTimeField()
    until_at = models.DateTimeField()
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        verbose_name = _("emergency")
        ordering = ("-invoked_at", "-pk")
        constraints = (
            models.CheckConstraint(name="emergency_ends_after_it_begins", condition=Q(until_at__gt=F("invoked_at"))),
            models.CheckConstraint(
                name="emergency_is_judged_by_another", condition=Q(answered_by=None) | ~Q(answered_by=F("person"))
            ),
        )

    @property
    def name(self) -> str:
        """How entries and duties name it."""
        return f"emergency:{self.pk}"
