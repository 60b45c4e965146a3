"""An incident with what was said and directed, and the table of its states. Rows are never deleted."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.states import Machine, Transition
from nangmai.web.sites.models import Camera

PERSON = settings.AUTH_USER_MODEL

INCIDENT = Machine(
    "incident",
    "reported",
    (
        Transition("reported", "receive", "received", "incident.receive"),
        Transition("reported", "direct", "directed", "incident.direct"),
        Transition("received", "direct", "directed", "incident.direct"),
        Transition("received", "dismiss", "closed", "incident.close", effects=("release_hold",)),
        Transition("directed", "direct", "directed", "incident.direct"),
        Transition("directed", "minute", "minuted", "minutes.write"),
        Transition("minuted", "direct", "directed", "incident.direct"),
        Transition("minuted", "close", "closed", "incident.close", ("person_told",), ("release_hold",)),
    ),
)


class Incident(models.Model):
    """What somebody saw, how grave it is, where, and what became of it."""

    class Severity(models.TextChoices):
        """How soon it has to be reported: the regulation says within how many minutes."""

        P1 = "P1", _("P1: people in danger, or the cameras are interfered with")
        P2 = "P2", _("P2: order or property")
        P3 = "P3", _("P3: anything else worth writing down")

    class State(models.TextChoices):
        """Where it stands, as `INCIDENT` has it."""

        REPORTED = "reported", _("reported")
        RECEIVED = "received", _("received by the board")
        DIRECTED = "directed", _("directed")
        MINUTED = "minuted", _("minutes written")
        CLOSED = "closed", _("closed")

    severity = models.CharField(_("severity"), max_length=2, choices=Severity)
    state = models.CharField(max_length=10, choices=State, default=State.REPORTED)
    observed_at = models.DateTimeField(_("seen at"))
    cameras = models.ManyToManyField(Camera, related_name="incidents", verbose_name=_("cameras"))
    place = models.CharField(_("place"), max_length=200, blank=True)
    what = models.TextField(_("what was seen"))
    touches_data = models.BooleanField(default=False)  #: personal data got where it must not be
    reported_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="incidents")
    reported_at = models.DateTimeField()
    received_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    received_at = models.DateTimeField(null=True)
    is_on_premises = models.BooleanField(null=True)  #: None: nobody has said so yet
    located_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    located_at = models.DateTimeField(null=True)
    minutes = models.TextField(blank=True)
    is_about_somebody = models.BooleanField(default=False)  #: a person is under consideration, and has to be told
    minuted_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    minuted_at = models.DateTimeField(null=True)
    conclusion = models.TextField(blank=True)
    closed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("incident")
        ordering = ("-reported_at", "-pk")
        constraints = (
            models.CheckConstraint(name="incident_is_seen_first", condition=Q(observed_at__lte=F("reported_at"))),
            models.CheckConstraint(
                name="incident_closes_with_words",
                condition=~Q(state="closed") | (Q(closed_at__isnull=False) & ~Q(conclusion="")),
            ),
        )

    @property
    def name(self) -> str:
        """How entries, duties and recusals name it."""
        return f"incident:{self.pk}"


class Instruction(models.Model):
    """What the board said is to be done, by whom, until when."""

    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="instructions")
    text = models.TextField(_("what is to be done"))
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(null=True)
    given_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()

    class Meta:
        ordering = ("given_at", "pk")
