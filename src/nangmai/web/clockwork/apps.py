"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class ClockworkConfig(AppConfig):
    """The clock of the web plane."""

    name = "nangmai.web.clockwork"
    label = "clockwork"
