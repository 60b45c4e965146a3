"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class RegulationConfig(AppConfig):
    """The regulation."""

    name = "nangmai.web.regulation"
    label = "regulation"
    verbose_name = _("Regulation")

    def ready(self) -> None:
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.regulation.cases import cases
        from nangmai.web.ui.menu import Entry, add

        add(Entry("main", 60, "regulation:text", "book-open", _("Regulation"), ("regulation.read",), is_exact=True))

        name_acts(
            {
                "regulation.adopted": _("Regulation taken over"),
                "regulation.published": _("Regulation put in force"),
                "regulation.acknowledged": _("Regulation acknowledged"),
            }
        )
        know("version", "acknowledgement", by=cases)
