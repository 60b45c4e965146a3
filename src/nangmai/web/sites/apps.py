"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class SitesConfig(AppConfig):
    """Recorders and cameras."""

    name = "nangmai.web.sites"
    label = "sites"
