"""Letterheads, number registers, issued papers and the places where people sign them.

A paper is issued once and never changed: signing adds a revision of its PDF, annulling says so beside it.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from nangmai.web.documents.kinds import PAPERS


class Letterhead(models.Model):
    """What stands at the head of papers from a day on. Older papers keep the head they were issued with."""

    in_force_from = models.DateField(_("in force from"), unique=True)
    governing_body = models.CharField(_("governing body"), max_length=200, blank=True)
    institution = models.CharField(_("institution"), max_length=200)
    abbreviation = models.CharField(_("abbreviation in numbers"), max_length=20)
    place = models.CharField(_("place"), max_length=100)
    public_address = models.CharField(
        _("address of this site in QR codes"),
        max_length=200,
        validators=[RegexValidator(r"^https?://[^\s/]+\S*$", _("An address starts with https:// or http://."))],
    )

    class Meta:
        verbose_name = _("letterhead")
        verbose_name_plural = _("letterheads")
        ordering = ("-in_force_from",)

    def __str__(self) -> str:
        return self.institution

    def as_data(self) -> dict[str, str]:
        """What a paper keeps of it."""
        names = ("governing_body", "institution", "abbreviation", "place")
        return {name: str(getattr(self, name)) for name in names}


class NumberRegister(models.Model):
    """The last number given in a year to papers of one symbol; under the lock of its row the next one is taken."""

    symbol = models.CharField(max_length=10)
    year = models.PositiveSmallIntegerField()
    last_number = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("-year", "symbol")
        constraints = (models.UniqueConstraint(name="one_register_a_year", fields=["symbol", "year"]),)

    def __str__(self) -> str:
        return f"{self.symbol} {self.year}"


class Document(models.Model):
    """An issued paper."""

    token = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=40)
    symbol = models.CharField(max_length=10, blank=True)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveIntegerField(null=True)
    number_text = models.CharField(max_length=60, blank=True)
    subject = models.TextField()
    data: models.JSONField[dict[str, Any], dict[str, Any]] = models.JSONField()
    content_sha256 = models.CharField(max_length=64)
    template_version = models.CharField(max_length=64)
    issued_sha256 = models.CharField(max_length=64)  #: of the PDF before the first signature
    pdf_sha256 = models.CharField(max_length=64)  #: of the PDF with all signatures there are
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="issued_documents")
    annulled_at = models.DateTimeField(null=True)
    annulled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="annulled_documents"
    )
    annulled_reason = models.TextField(blank=True)
    replaced_by = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="replaces")

    class Meta:
        verbose_name = _("paper")
        verbose_name_plural = _("papers")
        ordering = ("-issued_at", "-pk")
        constraints = (
            models.UniqueConstraint(name="no_number_twice", fields=["symbol", "year", "number"]),
            models.CheckConstraint(
                name="annulled_by_somebody",
                condition=models.Q(annulled_at__isnull=True, annulled_by__isnull=True, annulled_reason="")
                | (models.Q(annulled_at__isnull=False, annulled_by__isnull=False) & ~models.Q(annulled_reason="")),
            ),
        )

    def __str__(self) -> str:
        return self.number_text or self.subject

    @property
    def title(self) -> Promise | str:
        """The kind in the language in force."""
        paper = PAPERS.get(self.kind)
        return self.kind if paper is None else paper.title

    @property
    def state(self) -> str:
        """`annulled`, `unsigned` (somebody has still to sign), or `in_force`."""
        if self.annulled_at is not None:
            return "annulled"
        return "unsigned" if any(field.signed_at is None for field in self.fields.all()) else "in_force"

    @property
    def code(self) -> str:
        """The first 16 digits of the content's hash, as printed beside the QR code."""
        return code_of(self.content_sha256)


def code_of(content_sha256: str) -> str:
    """Sixteen digits in groups of four."""
    return " ".join(content_sha256[at : at + 4] for at in range(0, 16, 4))


class SignatureField(models.Model):
    """A place where one person signs, made when the paper is issued."""

    document = models.ForeignKey(Document, on_delete=models.CASCADE, related_name="fields")
    position = models.PositiveSmallIntegerField()
    name = models.CharField(max_length=20)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="signature_fields")
    signer_name = models.CharField(max_length=120)
    capacity: models.JSONField[list[str], list[str]] = models.JSONField()
    signed_at = models.DateTimeField(null=True)
    level = models.CharField(max_length=4, blank=True)
    factor = models.CharField(max_length=20, blank=True)
    certificate_sha256 = models.CharField(max_length=64, blank=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("document", "position")
        constraints = (
            models.UniqueConstraint(name="field_once_a_document", fields=["document", "name"]),
            models.CheckConstraint(
                name="signed_with_a_certificate",
                condition=models.Q(signed_at__isnull=True, certificate_sha256="", pdf_sha256="")
                | (models.Q(signed_at__isnull=False) & ~models.Q(certificate_sha256="") & ~models.Q(pdf_sha256="")),
            ),
        )

    def __str__(self) -> str:
        return self.signer_name
