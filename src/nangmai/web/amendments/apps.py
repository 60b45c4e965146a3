"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AmendmentsConfig(AppConfig):
    """Amendments of the regulation."""

    name = "nangmai.web.amendments"
    label = "amendments"
    verbose_name = _("Amendments")

    def ready(self) -> None:
        from nangmai.web.amendments.cases import cases
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 75, "amendments:listed", "scale", _("Amendments"), ("regulation.read",)))

        name_acts(
            {
                "amendment.begun": _("Amendment begun"),
                "amendment.changed": _("Draft of an amendment changed"),
                "amendment.commented": _("Opinion on an amendment given"),
                "amendment.moved": _("Amendment moved on"),
                "amendment.signed": _("Amendment signed"),
                "amendment.published": _("Amendment put in force"),
            }
        )
        know("amendment", by=cases)
