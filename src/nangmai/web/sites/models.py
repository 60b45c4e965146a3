"""The site, its areas, recorders and cameras. What a report told is never edited here; where a camera belongs and who
answers for it is a person's decision, and changes through services.py alone.

Units and purposes are ids: units belong to `people`, purposes to the regulation in force.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from nangmai.base.clock import utc_now

#: a recorder that reports nothing for so long counts as silent (it reports every 10 s at least)
SILENT_AFTER = timedelta(seconds=45)
#: the code with which recorders report a camera that is named and not there
ABSENT = "camera_absent"


class Site(models.Model):
    """The institution as its papers name it. One row; the texts are proper names, the same in every language."""

    governing_body = models.CharField(_("governing body"), max_length=200, blank=True)
    school_name = models.CharField(_("name of the school"), max_length=200, blank=True)
    place_name = models.CharField(_("place name on papers"), max_length=100, blank=True)
    contact = models.CharField(_("contact"), max_length=300, blank=True)
    #: answers for every camera that nobody else answers for
    default_unit = models.CharField(_("default responsible unit"), max_length=60, default="security")

    class Meta:
        verbose_name = _("site")
        constraints = (
            models.CheckConstraint(name="one_site", condition=models.Q(id=1)),
            models.CheckConstraint(name="site_has_a_default_unit", condition=~models.Q(default_unit="")),
        )

    def __str__(self) -> str:
        return self.school_name


class AreaKind(models.TextChoices):
    """What an area is."""

    CAMPUS = "campus", _("Campus")
    BUILDING = "building", _("Building")
    FLOOR = "floor", _("Floor")
    ROOM = "room", _("Room")
    YARD = "yard", _("Yard")
    GATE = "gate", _("Gate")


class Area(models.Model):
    """A place in the tree of places. One that only a report named stands outside it until a person places it."""

    parent = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(_("area"), max_length=200)
    kind = models.CharField(_("kind"), max_length=20, choices=AreaKind, default=AreaKind.ROOM)
    order = models.PositiveIntegerField(_("order"), default=0)
    is_placed = models.BooleanField(default=True)
    #: the text of reports that means this area, however it is called here; empty: its name
    reported_as = models.CharField(max_length=200, blank=True)
    unit = models.CharField(_("responsible unit"), max_length=60, blank=True)
    purposes: models.JSONField[list[str], list[str]] = models.JSONField(_("purposes"), default=list, blank=True)
    plan_sha256 = models.CharField(max_length=64, blank=True)
    plan_width = models.PositiveIntegerField(default=0)
    plan_height = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ("order", "name")
        constraints = (
            models.UniqueConstraint(name="area_name_within_parent", fields=["parent", "name"]),
            models.UniqueConstraint(
                name="area_name_at_the_top", fields=["name"], condition=models.Q(parent__isnull=True)
            ),
            models.CheckConstraint(
                name="only_placed_areas_have_a_parent",
                condition=models.Q(is_placed=True) | models.Q(parent__isnull=True),
            ),
            models.CheckConstraint(
                name="plan_has_a_size",
                condition=models.Q(plan_sha256="", plan_width=0, plan_height=0)
                | (~models.Q(plan_sha256="") & models.Q(plan_width__gt=0, plan_height__gt=0)),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Recorder(models.Model):
    """One recorder node: its pinned key and its last report."""

    name = models.CharField(_("recorder"), max_length=60, unique=True)
    public_key = models.CharField(max_length=100, blank=True)
    enrolment_hash = models.CharField(max_length=64, blank=True)
    enrolled_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    boot_id = models.CharField(max_length=60, blank=True)
    health_state = models.CharField(max_length=20, blank=True)
    health_message = models.TextField(blank=True)
    volumes: models.JSONField[list[dict[str, Any]], list[dict[str, Any]]] = models.JSONField(default=list)
    #: how many cameras it can take, as its papers say; None: nobody has said
    channels = models.PositiveIntegerField(_("channels"), null=True, blank=True)

    class Meta:
        verbose_name = _("recorder")
        verbose_name_plural = _("recorders")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_silent(self) -> bool:
        """No report for longer than a report may take: what we show of it is old."""
        return self.reported_at is None or utc_now() - self.reported_at > SILENT_AFTER

    @property
    def base(self) -> str:
        """Where the gateway shows it to browsers."""
        return f"/recorders/{self.name}"


class Camera(models.Model):
    """One camera of one recorder's file. A camera that left the file stays, since footage of it may.

    `reported_area` is the report's text. It chooses `area` until a person has chosen one.
    """

    recorder = models.ForeignKey(Recorder, on_delete=models.CASCADE, related_name="cameras")
    camera_id = models.CharField(max_length=60)
    name = models.CharField(_("camera"), max_length=200)
    reported_area = models.CharField(max_length=200, blank=True)
    area = models.ForeignKey(
        Area, on_delete=models.PROTECT, null=True, blank=True, related_name="cameras", verbose_name=_("area")
    )
    is_area_chosen = models.BooleanField(default=False)
    unit = models.CharField(_("responsible unit"), max_length=60, blank=True)
    purposes: models.JSONField[list[str], list[str]] = models.JSONField(_("purposes"), default=list, blank=True)
    #: where it stands on the plan of its area, as shares of width and height
    plan_x = models.FloatField(null=True, blank=True)
    plan_y = models.FloatField(null=True, blank=True)
    streams: models.JSONField[dict[str, dict[str, Any]], dict[str, dict[str, Any]]] = models.JSONField(default=dict)
    is_in_file = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ("recorder__name", "position", "camera_id")
        constraints = (
            models.UniqueConstraint(name="camera_id_per_recorder", fields=["recorder", "camera_id"]),
            models.CheckConstraint(
                name="camera_stands_on_the_plan",
                condition=models.Q(plan_x=None, plan_y=None)
                | models.Q(plan_x__gte=0, plan_x__lte=1, plan_y__gte=0, plan_y__lte=1),
            ),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def area_name(self) -> str:
        """The area in one word; empty when there is none."""
        return self.area.name if self.area else ""

    @property
    def main(self) -> dict[str, Any]:
        """The state of the main stream, which stands for the camera."""
        return self.streams.get("main", {})

    @property
    def state(self) -> str:
        """The camera's state in one word: its main stream's, unless its recorder says nothing at all."""
        if not self.is_in_file:
            return "removed"
        if self.is_absent:
            return "absent"
        if self.recorder.is_silent:
            return "unknown"
        return str(self.main.get("state", "unknown"))

    @property
    def is_absent(self) -> bool:
        """Whether its recorder's file says that there is no such camera yet: nothing is expected of it."""
        return self.main.get("code") == ABSENT

    @property
    def since(self) -> datetime | None:
        """Since when the state holds."""
        since_us = self.main.get("since_us")
        if self.recorder.is_silent:
            return self.recorder.reported_at
        return None if since_us is None else datetime.fromtimestamp(since_us / 1e6, timezone.get_default_timezone())


class Checkpoint(models.Model):
    """A signed checkpoint as a recorder sent it: a copy outside its own disks."""

    recorder = models.ForeignKey(Recorder, on_delete=models.CASCADE, related_name="checkpoints")
    sha256 = models.CharField(max_length=64, unique=True)
    text = models.TextField()
    received_at = models.DateTimeField(default=utc_now, editable=False)

    class Meta:
        ordering = ("-received_at",)
