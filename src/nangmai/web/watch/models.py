"""Posts, weeks of the roster, shifts, and what was handed over. A published week and a shift that was taken stay as
they are: rows of the past are the evidence that somebody was there.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nangmai.regulation.states import Machine, Transition
from nangmai.web.watch.coverage import Period

PERSON = settings.AUTH_USER_MODEL

ROSTER = Machine(
    "roster",
    "draft",
    (
        Transition("draft", "check", "checked", "roster.propose", guards=("covered", "rested", "bounded")),
        Transition("checked", "approve", "approved", "roster.approve"),
        Transition("approved", "publish", "published", "roster.propose", guards=("covered", "rested", "bounded")),
        Transition("checked", "reopen", "draft", "roster.propose"),
        Transition("approved", "reopen", "draft", "roster.propose"),
    ),
)
SHIFT = Machine(
    "shift",
    "planned",
    (
        Transition("planned", "take", "on_watch", "shift.take", guards=("published", "in_time", "nobody_on_watch")),
        Transition("on_watch", "extend", "on_watch", "shift.take"),
        Transition("on_watch", "close", "closed", "shift.take"),
    ),
)
#: two people change a published week, and whoever may amend the roster says yes; nothing else changes it
SWAP = Machine(
    "swap",
    "asked",
    (
        Transition("asked", "agree", "agreed", "shift.take", guards=("open", "clash", "too_long", "short_rest")),
        Transition("asked", "decline", "declined", "shift.take"),
        Transition("asked", "withdraw", "withdrawn", "shift.take"),
        Transition("agreed", "withdraw", "withdrawn", "shift.take"),
        Transition("agreed", "approve", "approved", "roster.amend", guards=("open", "clash", "too_long", "short_rest")),
        Transition("agreed", "refuse", "refused", "roster.amend"),
    ),
)


class Post(models.Model):
    """A place on watch, such as the control room. One that is continuous has to be manned every minute."""

    name = models.CharField(_("post"), max_length=120, unique=True)
    order = models.PositiveIntegerField(_("order"), default=0)
    is_continuous = models.BooleanField(_("manned around the clock"), default=True)

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        ordering = ("order", "name")

    def __str__(self) -> str:
        return self.name


class RosterWeek(models.Model):
    """The plan of one week, Monday to Sunday of the installation's zone."""

    class State(models.TextChoices):
        """How far it has come."""

        DRAFT = "draft", _("Draft")
        CHECKED = "checked", _("Checked")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")

    begins = models.DateField(_("week from"), unique=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.DRAFT)
    approved_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("week of the roster")
        ordering = ("-begins",)
        constraints = (
            models.CheckConstraint(name="roster_week_begins_on_monday", condition=Q(begins__iso_week_day=1)),
            models.CheckConstraint(
                name="roster_is_approved_by_somebody",
                condition=Q(state__in=["draft", "checked"], approved_by=None, approved_at=None)
                | Q(state__in=["approved", "published"], approved_by__isnull=False, approved_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return self.begins.isoformat()

    @property
    def period(self) -> Period:
        """From Monday's midnight to the next one."""
        return Period(midnight(self.begins), midnight(self.begins + timedelta(days=7)))

    @property
    def days(self) -> list[date]:
        """The seven days."""
        return [self.begins + timedelta(days=number) for number in range(7)]


def midnight(day: date) -> datetime:
    """The beginning of a day in the installation's zone."""
    return timezone.make_aware(datetime.combine(day, time()), timezone.get_default_timezone())


class Shift(models.Model):
    """One person at one post from when to when; then what became of it."""

    class State(models.TextChoices):
        """How far it has come."""

        PLANNED = "planned", _("Planned")
        ON_WATCH = "on_watch", _("On watch")
        CLOSED = "closed", _("Over")

    week = models.ForeignKey(RosterWeek, on_delete=models.PROTECT, related_name="shifts")
    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="shifts")
    person = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="shifts")
    starts_at = models.DateTimeField(_("from"), db_index=True)
    ends_at = models.DateTimeField(_("until"), db_index=True)
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.PLANNED)
    taken_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: set when the relief did not come and the person stayed
    extended_to = models.DateTimeField(null=True)
    note = models.TextField(_("note"), blank=True)
    #: the shift that somebody else took over in its course; None: as it was planned
    relieves = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reliefs")
    #: when the clock found that nobody had taken it
    missed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ("starts_at", "post__order", "pk")
        constraints = (
            models.CheckConstraint(name="shift_is_forward", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="shift_moments_fit_its_state",
                condition=Q(state="planned", taken_at=None, closed_at=None)
                | Q(state="on_watch", taken_at__isnull=False, closed_at=None)
                | Q(state="closed", taken_at__isnull=False, closed_at__gte=F("taken_at")),
            ),
            models.UniqueConstraint(
                name="one_watch_a_person_at_a_time", fields=["person"], condition=Q(state="on_watch")
            ),
            models.UniqueConstraint(name="one_on_watch_at_a_post", fields=["post"], condition=Q(state="on_watch")),
        )

    @property
    def name(self) -> str:
        """How entries and duties name it."""
        return f"shift:{self.pk}"

    @property
    def period(self) -> Period:
        """As it is planned."""
        return Period(self.starts_at, self.ends_at)

    @property
    def until(self) -> datetime:
        """When it ends now: as planned, or as extended."""
        return self.extended_to or self.ends_at


class Handover(models.Model):
    """What one shift gave to the next, confirmed item by item, with the ledger's checkpoint of that moment."""

    outgoing = models.OneToOneField(Shift, on_delete=models.PROTECT, null=True, related_name="handed_over")
    incoming = models.OneToOneField(Shift, on_delete=models.PROTECT, related_name="taken_over")
    at = models.DateTimeField()
    items: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    note = models.TextField(_("note"), blank=True)
    checkpoint_size = models.BigIntegerField()
    checkpoint_root = models.CharField(max_length=64)
    #: why somebody else came than the roster says; empty: as planned
    reason = models.TextField(_("reason"), blank=True)
    #: token of its printed minutes, once they were asked for
    minutes = models.CharField(max_length=40, blank=True)

    class Meta:
        verbose_name = _("handover")
        ordering = ("-at",)


class Swap(models.Model):
    """A guard asks a colleague to take a shift, perhaps for one of theirs. Until it is approved it changes nothing."""

    class State(models.TextChoices):
        """How far it has come."""

        ASKED = "asked", _("Asked")
        AGREED = "agreed", _("Agreed, waits for approval")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        REFUSED = "refused", _("Not approved")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="swaps")
    in_return = models.ForeignKey(Shift, on_delete=models.PROTECT, null=True, related_name="+")
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    taker = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.ASKED)
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("swap of shifts")
        ordering = ("-asked_at", "-pk")
        constraints = (
            models.CheckConstraint(name="swap_is_between_two", condition=~Q(asked_by=F("taker"))),
            models.UniqueConstraint(
                name="one_open_swap_a_shift", fields=["shift"], condition=Q(state__in=["asked", "agreed"])
            ),
            models.CheckConstraint(
                name="swap_is_approved_by_a_third",
                condition=~Q(state="approved")
                | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by")) & ~Q(decided_by=F("taker"))),
            ),
        )

    @property
    def name(self) -> str:
        """How entries name it."""
        return f"swap:{self.pk}"


class Presence(models.Model):
    """Somebody on watch said that they are there, or did not in time."""

    shift = models.ForeignKey(Shift, on_delete=models.PROTECT, related_name="presences")
    at = models.DateTimeField()
    is_confirmed = models.BooleanField()

    class Meta:
        verbose_name = _("confirmed presence")
        ordering = ("-at", "-pk")
