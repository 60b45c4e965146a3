"""Units, and what people were given: assignments, delegations, recusals. Rows are added and ended, never deleted.

A period is half open: from its first moment up to, and without, its last. Role ids, areas, acts and cases are the
texts that the regulation and other apps use for them.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

PERSON = settings.AUTH_USER_MODEL


class Unit(models.Model):
    """A unit of the institution, such as the security team."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("unit"), max_length=120)

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


def _period_is_forward(prefix: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"{prefix}_period_is_forward", condition=Q(until_at=None) | Q(until_at__gt=F("from_at"))
    )


class Period(models.Model):
    """From when until when; None: with no end set."""

    from_at = models.DateTimeField(_("from"))
    until_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        abstract = True


class Assignment(Period):
    """A person holds a role, everywhere or in one area, because somebody who may do so signed it."""

    class Origin(models.TextChoices):
        """How it came about; only the first assignments of an installation have no signature."""

        SIGNED = "signed", _("signed")
        COMMAND = "command", _("by the command line")
        TAKEN_OVER = "taken_over", _("taken over from before")

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="assignments")
    role = models.CharField(_("role"), max_length=60, db_index=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="assignments")
    area = models.CharField(_("area"), max_length=60, blank=True)
    origin = models.CharField(max_length=20, choices=Origin)
    signed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField()
    document = models.CharField(_("document"), max_length=120, blank=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ("-from_at", "-pk")
        constraints = (
            _period_is_forward("assignment"),
            models.CheckConstraint(
                name="assignment_is_signed_by_another",
                condition=(Q(origin="signed", signed_by__isnull=False) & ~Q(signed_by=F("person")))
                | (~Q(origin="signed") & Q(signed_by=None)),
            ),
            models.CheckConstraint(
                name="assignment_is_revoked_with_reason",
                condition=Q(revoked_at=None, revoked_by=None, revoked_reason="")
                | (Q(revoked_at__isnull=False) & ~Q(revoked_reason="")),
            ),
        )

    @property
    def number(self) -> str:
        """How entries and decisions name it."""
        return f"a-{self.pk}"


class Delegation(Period):
    """The holder of an assignment lets another person act in it: all of it or some acts, everywhere or in some areas.

    `acts` and `areas` that are empty mean: as far as the assignment reaches. It ends with the assignment.
    """

    class Form(models.TextChoices):
        """How the taker signs (Decree 30/2020/NĐ-CP, annex I)."""

        KT = "KT", _("KT. (deputy signs for the head)")
        TUQ = "TUQ", _("TUQ. (by authorisation)")

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="delegations")
    giver = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="delegations_given")
    taker = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="delegations_taken")
    acts: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    areas: models.JSONField[list[str], list[str]] = models.JSONField(default=list, blank=True)
    form = models.CharField(_("form"), max_length=3, choices=Form)
    signed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    document = models.CharField(_("document"), max_length=120, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_reason = models.TextField(blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        ordering = ("-from_at", "-pk")
        constraints = (
            _period_is_forward("delegation"),
            models.CheckConstraint(name="delegation_has_an_end", condition=Q(until_at__isnull=False)),
            models.CheckConstraint(name="delegation_goes_to_another", condition=~Q(giver=F("taker"))),
            models.CheckConstraint(
                name="delegation_is_withdrawn_with_reason",
                condition=Q(withdrawn_at=None, withdrawn_by=None, withdrawn_reason="")
                | (Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~Q(withdrawn_reason="")),
            ),
        )

    @property
    def number(self) -> str:
        """How entries and decisions name it."""
        return f"d-{self.pk}"


class Recusal(Period):
    """A person keeps out of one case, of own accord or because the board says so."""

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="recusals")
    case = models.CharField(_("case"), max_length=60, db_index=True)
    reason = models.TextField(_("reason"))
    declared_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    declared_at = models.DateTimeField()

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ("-from_at", "-pk")
        constraints = (_period_is_forward("recusal"),)
