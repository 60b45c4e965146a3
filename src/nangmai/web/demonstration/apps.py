"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class DemonstrationConfig(AppConfig):
    """The demonstration."""

    name = "nangmai.web.demonstration"
    label = "demonstration"
