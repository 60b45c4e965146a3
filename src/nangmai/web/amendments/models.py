"""An amendment: the draft of the next version, on its way to the signature, and what people think of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.states import Machine, Transition
from nangmai.web.matters.models import Matter
from nangmai.web.regulation.models import Version

PERSON = settings.AUTH_USER_MODEL

#: `sound`: no fault, nothing below the law pack; `changed`: it changes something; `base`: nothing came between
AMENDMENT = Machine(
    "amendment",
    "drafting",
    (
        Transition("drafting", "consult", "consultation", "amendment.propose", ("sound", "changed")),
        Transition("consultation", "submit", "law_check", "amendment.propose", ("sound", "changed")),
        Transition("consultation", "revise", "drafting", "amendment.propose"),
        Transition("law_check", "sign", "signed", "amendment.sign", ("sound", "changed", "base"), ("decision",)),
        Transition("law_check", "revise", "drafting", "amendment.consider"),
        Transition("signed", "publish", "published", "", (), ("version", "acknowledgements")),
        Transition("drafting", "withdraw", "withdrawn", "amendment.propose"),
        Transition("consultation", "withdraw", "withdrawn", "amendment.propose"),
        Transition("law_check", "withdraw", "withdrawn", "amendment.consider"),
    ),
)


class Amendment(models.Model):
    """The draft of the next version. Its text changes while it is drafted, and never after the signature."""

    class State(models.TextChoices):
        """Where it stands."""

        DRAFTING = "drafting", _("being drafted")
        CONSULTATION = "consultation", _("opinions are asked for")
        LAW_CHECK = "law_check", _("waits for the signature")
        SIGNED = "signed", _("signed")
        PUBLISHED = "published", _("put in force")
        WITHDRAWN = "withdrawn", _("withdrawn")

    #: what it answers: matters outside the regulation, each answered with an amendment
    matters = models.ManyToManyField(Matter, related_name="amendments")
    base = models.ForeignKey(Version, on_delete=models.PROTECT, related_name="amendments")
    title = models.CharField(_("title"), max_length=200)
    reason = models.TextField(_("reason"))
    text = models.TextField()
    state = models.CharField(max_length=12, choices=State, default=State.DRAFTING)
    begun_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    begun_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    number = models.CharField(_("number"), max_length=80, blank=True)
    in_force_from = models.DateTimeField(_("in force from"), null=True)
    version = models.OneToOneField(Version, on_delete=models.PROTECT, null=True, related_name="amendment")
    #: the papers, by their tokens: the decision, and the comparison of both texts
    decision = models.CharField(max_length=40, blank=True)
    comparison = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ("-begun_at",)
        constraints = (
            models.CheckConstraint(
                name="amendment_in_force_has_a_version",
                condition=~models.Q(state="published") | models.Q(version__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def name(self) -> str:
        """How entries name it."""
        return f"amendment:{self.pk}"


class Earlier(models.Model):
    """What a draft said before a change, so that the change can be undone while it is drafted."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="earlier")
    part = models.CharField(max_length=200)
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ("pk",)


class Opinion(models.Model):
    """What somebody says about an amendment. Added, never edited."""

    amendment = models.ForeignKey(Amendment, on_delete=models.PROTECT, related_name="opinions")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    text = models.TextField(_("opinion"))
    at = models.DateTimeField()

    class Meta:
        ordering = ("at",)
