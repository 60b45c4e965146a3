"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class WatchConfig(AppConfig):
    """Roster and shifts."""

    name = "nangmai.web.watch"
    label = "watch"
