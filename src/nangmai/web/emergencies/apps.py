"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class EmergenciesConfig(AppConfig):
    """Emergencies."""

    name = "nangmai.web.emergencies"
    label = "emergencies"
    verbose_name = _("Emergency views")

    def ready(self) -> None:
        import nangmai.web.emergencies.instruments  # noqa: F401 - registers what an emergency covers
        from nangmai.web.duties.ways import done_here
        from nangmai.web.emergencies.cases import cases
        from nangmai.web.emergencies.queries import names
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_things
        from nangmai.web.ui.menu import Entry, add

        add(
            Entry(
                "person",
                24,
                "emergencies:listed",
                "life-buoy",
                _("Emergency views"),
                ("emergency.ratify", "replay.view"),
            )
        )

        name_acts(
            {
                "emergency.invoked": _("Emergency invoked: footage seen without an order"),
                "emergency.ratified": _("Emergency view ratified"),
                "emergency.rejected": _("Emergency view not ratified"),
            }
        )
        name_things("emergency", names)
        know("emergency", by=cases)
        done_here("emergency.ratify", "emergencies:listed")
