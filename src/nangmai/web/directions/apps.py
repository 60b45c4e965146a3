"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectionsConfig(AppConfig):
    """Directions."""

    name = "nangmai.web.directions"
    label = "directions"
    verbose_name = _("Directions")

    def ready(self) -> None:
        import nangmai.web.directions.instruments
        import nangmai.web.directions.running  # noqa: F401 - registers what a new version does to directions
        from nangmai.web.directions.cases import cases
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 60, "directions:listed", "file-check", _("Directions")))

        name_acts(
            {
                "direction.asked": _("Direction asked for"),
                "direction.signed": _("Direction signed"),
                "direction.refused": _("Direction refused"),
                "direction.unasked": _("Request for a direction withdrawn"),
                "direction.withdrawn": _("Direction withdrawn"),
            }
        )
        know("asked", "direction", by=cases)
