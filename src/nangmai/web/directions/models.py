"""A direction, and the request it answers. Rows are added and closed, never edited."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nangmai.web.sites.models import Camera

PERSON = settings.AUTH_USER_MODEL


class Asked(models.Model):
    """Somebody asks the board for leave to look at footage."""

    class State(models.TextChoices):
        """What became of it."""

        OPEN = "open", _("waits for the board")
        GIVEN = "given", _("granted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="asked")
    act = models.CharField(max_length=60)
    cameras = models.ManyToManyField(Camera, related_name="+")
    from_us = models.BigIntegerField()
    to_us = models.BigIntegerField()
    purpose = models.CharField(_("purpose"), max_length=60)
    reason = models.TextField(_("reason"))
    asked_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=State, default=State.OPEN)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ("-asked_at",)
        constraints = (models.CheckConstraint(name="asked_period_is_forward", condition=Q(to_us__gt=F("from_us"))),)


class Direction(models.Model):
    """The board lets one person look at footage of some cameras and a period, for one purpose, until it ends."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="directions")
    cameras = models.ManyToManyField(Camera, related_name="+")
    from_us = models.BigIntegerField()
    to_us = models.BigIntegerField()
    purpose = models.CharField(_("purpose"), max_length=60)
    text = models.TextField(_("what is to be done"))
    asked = models.OneToOneField(Asked, on_delete=models.PROTECT, null=True, related_name="direction")
    signed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    until_at = models.DateTimeField(_("valid until"))
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("-signed_at",)
        constraints = (
            models.CheckConstraint(name="direction_period_is_forward", condition=Q(to_us__gt=F("from_us"))),
            models.CheckConstraint(name="direction_ends_after_it_begins", condition=Q(until_at__gt=F("signed_at"))),
            models.CheckConstraint(name="direction_goes_to_another", condition=~Q(person=F("signed_by"))),
        )

    @property
    def name(self) -> str:
        """How tickets and entries name it."""
        return f"direction:{self.pk}"
