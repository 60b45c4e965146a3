"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SitesConfig(AppConfig):
    """Recorders and cameras."""

    name = "nangmai.web.sites"
    label = "sites"

    def ready(self) -> None:
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_things
        from nangmai.web.sites.cases import cases
        from nangmai.web.sites.queries import camera_names
        from nangmai.web.ui.menu import Entry, add

        add(Entry("main", 30, "sites:cameras", "camera", _("Cameras")))

        name_things("camera", camera_names)
        name_acts(
            {
                "recorder.expected": _("Recorder expected"),
                "recorder.pinned": _("Recorder's key pinned"),
                "recorder.changed": _("Recorder changed"),
                "checkpoint.received": _("Recorder's checkpoint received"),
                "area.added": _("Area added"),
                "area.changed": _("Area changed"),
                "area.removed": _("Area removed"),
                "camera.assigned": _("Camera assigned"),
                "camera.placed": _("Camera placed on its plan"),
                "site.changed": _("Site changed"),
            }
        )
        know("camera", "area", "recorder", by=cases)
