"""The app's place in Django; also the moment at which translations get ready."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """What every page shares."""

    name = "nangmai.web.ui"
    label = "ui"

    def ready(self) -> None:
        from nangmai.web.ui.catalogues import compile_stale_catalogues

        compile_stale_catalogues()
