"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class FootageConfig(AppConfig):
    """Rights, tickets, pages with pictures."""

    name = "nangmai.web.footage"
    label = "footage"

    def ready(self) -> None:
        import nangmai.web.footage.signals  # noqa: F401 - connects its receivers
        from nangmai.web.clockwork.services import register
        from nangmai.web.footage import folding

        register("footage.fold_uses", folding.FOLDED_EVERY_S, folding.fold_uses)
