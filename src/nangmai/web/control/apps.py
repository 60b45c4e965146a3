"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class ControlConfig(AppConfig):
    """The exchange with recorders."""

    name = "nangmai.web.control"
    label = "control"
