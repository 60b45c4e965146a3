"""Recorders and their cameras, as the last report told them. Web decides their enrolment only."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

#: a recorder that reports nothing for so long counts as silent (it reports every 10 s at least)
SILENT_AFTER = timedelta(seconds=45)


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
    volumes = models.JSONField(default=list)

    class Meta:
        verbose_name = _("recorder")
        verbose_name_plural = _("recorders")
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name

    @property
    def is_silent(self) -> bool:
        """No report for longer than a report may take: what we show of it is old."""
        return self.reported_at is None or timezone.now() - self.reported_at > SILENT_AFTER

    @property
    def base(self) -> str:
        """Where the gateway shows it to browsers."""
        return f"/recorders/{self.name}"


class Camera(models.Model):
    """One camera of one recorder's file. A camera that left the file stays, since footage of it may."""

    recorder = models.ForeignKey(Recorder, on_delete=models.CASCADE, related_name="cameras")
    camera_id = models.CharField(max_length=60)
    name = models.CharField(_("camera"), max_length=200)
    area = models.CharField(_("area"), max_length=200, blank=True)
    streams: models.JSONField[dict[str, dict[str, Any]], dict[str, dict[str, Any]]] = models.JSONField(default=dict)
    is_in_file = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("camera")
        verbose_name_plural = _("cameras")
        ordering = ("recorder__name", "position", "camera_id")
        constraints = (models.UniqueConstraint(name="camera_id_per_recorder", fields=["recorder", "camera_id"]),)

    def __str__(self) -> str:
        return self.name

    @property
    def main(self) -> dict[str, Any]:
        """The state of the main stream, which stands for the camera."""
        return self.streams.get("main", {})

    @property
    def state(self) -> str:
        """The camera's state in one word: its main stream's, unless its recorder says nothing at all."""
        if not self.is_in_file:
            return "removed"
        if self.recorder.is_silent:
            return "unknown"
        return str(self.main.get("state", "unknown"))

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
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ("-received_at",)
