"""Attestations, the state of each clause by day, and what each verification of the ledger found."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nangmai.web.compliance.findings import State


class Attestation(models.Model):
    """A person says, with a second proof of identity, that a norm was kept. Rows are added, never edited."""

    norm = models.CharField(_("rule"), max_length=120, db_index=True)
    version = models.CharField(max_length=64)  #: SHA-256 of the text it was said of
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attestations")
    at = models.DateTimeField()
    text = models.TextField(_("what was checked"))

    class Meta:
        ordering = ("-at",)


class DailyState(models.Model):
    """The worst that was seen of a clause on one day of the installation's calendar."""

    clause = models.CharField(max_length=80)
    day = models.DateField()
    state = models.CharField(max_length=10, choices=State)

    class Meta:
        ordering = ("day", "clause")
        constraints = (models.UniqueConstraint(name="one_state_a_clause_and_day", fields=["day", "clause"]),)


class LedgerCheck(models.Model):
    """The whole ledger was read and hashed again; `fault` is empty when everything fitted."""

    at = models.DateTimeField()
    entries = models.BigIntegerField()
    fault = models.TextField(blank=True)

    class Meta:
        ordering = ("-at",)
        get_latest_by = "at"
