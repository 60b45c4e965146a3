"""Versions of the regulation as they were signed, and who has acknowledged them. Rows are added, never edited.

A version's end is the only thing that changes, once: when the next one is signed.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Version(models.Model):
    """One signed text."""

    number = models.CharField(_("number"), max_length=80)
    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    in_force_from_us = models.BigIntegerField()
    in_force_until_us = models.BigIntegerField(null=True)
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    #: by the command line at the first start, when nobody could have signed
    is_adopted = models.BooleanField(default=False)
    document = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ("in_force_from_us",)
        constraints = (
            models.UniqueConstraint(name="one_version_begins_at_a_time", fields=["in_force_from_us"]),
            models.CheckConstraint(
                name="version_ends_after_it_begins",
                condition=models.Q(in_force_until_us=None)
                | models.Q(in_force_until_us__gte=models.F("in_force_from_us")),
            ),
        )

    def __str__(self) -> str:
        return self.number


class Acknowledgement(models.Model):
    """A person has read a version and put their name to it (the sign-off register)."""

    version = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="acknowledgements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="acknowledgements")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
        constraints = (models.UniqueConstraint(name="acknowledged_once", fields=["version", "person"]),)
