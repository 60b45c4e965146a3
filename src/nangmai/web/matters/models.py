"""A matter outside the regulation, and the reports that carry it on. A matter moves on by its table and is never
deleted; what somebody said in it is never rewritten.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.states import Machine, Transition
from nangmai.web.documents.models import Document
from nangmai.web.regulation.models import Version

PERSON = settings.AUTH_USER_MODEL
LONGEST_CLAUSES = 120

#: a report takes matters as they are: what nobody has collected yet, and what waits for an answer since the last one
MATTER = Machine(
    "matter",
    "logged",
    (
        Transition("logged", "explain", "logged", "matter.file"),
        Transition("logged", "collect", "collected", "matter.collect"),
        Transition("logged", "report", "reported", "matter.report", effects=("matters_report",)),
        Transition("collected", "report", "reported", "matter.report", effects=("matters_report",)),
        Transition("reported", "report", "reported", "matter.report", effects=("matters_report",)),
        Transition("reported", "amend", "answered", "amendment.consider"),
        Transition("reported", "no_change", "answered", "amendment.consider"),
    ),
)


class Matter(models.Model):
    """What somebody met that the regulation does not cover; most come from a refusal."""

    class State(models.TextChoices):
        """How far it has come."""

        LOGGED = "logged", _("Entered")
        COLLECTED = "collected", _("Collected")
        REPORTED = "reported", _("Reported")
        ANSWERED = "answered", _("Answered")

    class Answer(models.TextChoices):
        """What was decided."""

        AMEND = "amend", _("The regulation is to be amended")
        NO_CHANGE = "no_change", _("The regulation stays as it is")

    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="matters")
    act = models.CharField(_("refused act"), max_length=60, blank=True)
    clause = models.CharField(_("clause"), max_length=LONGEST_CLAUSES, blank=True)
    version = models.CharField(_("version of the regulation"), max_length=64, blank=True)
    thing = models.CharField(_("refused for"), max_length=200, blank=True)
    refusal_seq = models.BigIntegerField(_("entry of the refusal"), null=True)
    text = models.TextField(_("what happened"), blank=True)
    suggestion = models.TextField(_("suggestion"), blank=True)
    filed_at = models.DateTimeField()
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.LOGGED)
    topic = models.CharField(_("topic"), max_length=120, blank=True)
    note = models.TextField(_("note"), blank=True)
    proposal = models.TextField(_("proposal"), blank=True)
    collected_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    collected_at = models.DateTimeField(null=True)
    answer = models.CharField(_("answer"), max_length=12, choices=Answer, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    #: the version that amends what it is about
    settled_in = models.ForeignKey(Version, on_delete=models.PROTECT, null=True, related_name="matters")

    class Meta:
        verbose_name = _("matter outside the regulation")
        ordering = ("-filed_at", "-pk")
        constraints = (
            models.CheckConstraint(name="matter_says_something", condition=~Q(act="") | ~Q(text="")),
            models.CheckConstraint(
                name="matter_answer_has_reason",
                condition=Q(state="answered", answered_at__isnull=False) & ~Q(answer="") & ~Q(reason="")
                | ~Q(state="answered") & Q(answer="", reason="", answered_at=None),
            ),
            models.CheckConstraint(
                name="matter_collected_has_topic", condition=Q(collected_at=None) | (~Q(topic="") & ~Q(note=""))
            ),
            models.CheckConstraint(
                name="matter_settled_was_to_be_amended", condition=Q(settled_in=None) | Q(answer="amend")
            ),
        )

    @property
    def name(self) -> str:
        """How entries name it."""
        return f"matter:{self.pk}"

    @property
    def is_open(self) -> bool:
        """Whether it still waits for its answer."""
        return self.state != self.State.ANSWERED


class MatterReport(models.Model):
    """The consolidated report: every matter that was open when it was made."""

    matters = models.ManyToManyField(Matter, related_name="reports")
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    begins = models.DateField(_("from"))
    ends = models.DateField(_("until"))
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reported_at = models.DateTimeField()

    class Meta:
        verbose_name = _("report of matters outside the regulation")
        ordering = ("-reported_at", "-pk")
        constraints = (models.CheckConstraint(name="report_period_is_forward", condition=Q(ends__gte=F("begins"))),)

    @property
    def name(self) -> str:
        """How entries name it."""
        return f"matter_report:{self.pk}"
