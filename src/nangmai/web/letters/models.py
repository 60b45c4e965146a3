"""A letter and its steps, with the table of states of each kind. Rows are never deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.states import Machine, Transition

PERSON = settings.AUTH_USER_MODEL


class Kind(models.TextChoices):
    """What a letter is."""

    COMPLAINT = "complaint", _("complaint")
    EVIDENCE = "evidence", _("evidence")
    REQUEST = "request", _("request to use pictures")
    AUTHORITY = "authority", _("demand of a competent authority")


class Way(NamedTuple):
    """How a kind of letter is dealt with."""

    lodge: str  #: the act that enters it
    trigger: str  #: the event it is
    states: Machine


def _answered(kind: str, act: str, *more: Transition) -> Machine:
    return Machine(kind, "lodged", (Transition("lodged", "answer", "answered", act), *more))


WAYS: Mapping[str, Way] = {
    Kind.COMPLAINT: Way(
        "complaint.lodge",
        "complaint.lodged",
        Machine(
            "complaint",
            "lodged",
            (
                Transition("lodged", "accept", "accepted", "complaint.decide"),
                Transition("lodged", "decline", "declined", "complaint.decide"),
                Transition("accepted", "answer", "answered", "complaint.decide"),
            ),
        ),
    ),
    Kind.EVIDENCE: Way("evidence.submit", "evidence.submitted", _answered("evidence", "evidence.receipt")),
    Kind.REQUEST: Way(
        "request.lodge",
        "request.lodged",
        _answered("request", "request.decide", Transition("lodged", "decline", "declined", "request.decide")),
    ),
    Kind.AUTHORITY: Way("request.lodge", "authority.asked", _answered("authority", "authority.answer")),
}


class Letter(models.Model):
    """What came, from whom, and where it stands."""

    class State(models.TextChoices):
        """Where it stands, as `WAYS` has it."""

        LODGED = "lodged", _("waits")
        ACCEPTED = "accepted", _("accepted")
        ANSWERED = "answered", _("answered")
        DECLINED = "declined", _("declined")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.LODGED)
    sender = models.CharField(_("from whom"), max_length=200)
    text = models.TextField(_("what it says"))
    came_at = models.DateTimeField(_("came at"))
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="letters")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("letter")
        ordering = ("-came_at", "-pk")

    @property
    def name(self) -> str:
        """How entries, duties and recusals name it."""
        return f"letter:{self.pk}"


class Step(models.Model):
    """What was done about it, in whose words."""

    letter = models.ForeignKey(Letter, on_delete=models.PROTECT, related_name="steps")
    state = models.CharField(max_length=10, choices=Letter.State)
    words = models.TextField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ("at", "pk")
