"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FootageConfig(AppConfig):
    """Rights, tickets, pages with pictures."""

    name = "nangmai.web.footage"
    label = "footage"

    def ready(self) -> None:
        import nangmai.web.footage.running
        import nangmai.web.footage.signals  # noqa: F401 - connects its receivers
        from nangmai.web.clockwork.services import register
        from nangmai.web.footage import folding, standing
        from nangmai.web.footage.cases import cases
        from nangmai.web.footage.policies import Right
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_values
        from nangmai.web.ui.menu import Entry, add

        add(
            Entry("main", 10, "footage:wall", "layout-grid", _("Watch"), ("live.view",), is_exact=True),
            Entry("main", 20, "footage:review", "history", _("Review"), ("playback.view", "replay.view")),
            Entry("person", 35, "footage:register", "clipboard-list", _("Register"), ("views.read",)),
            Entry("person", 40, "footage:mine", "eye", _("What I watched")),
        )

        name_values("right", dict(Right.choices))
        name_acts(
            {
                "ticket.issued": _("Ticket issued"),
                "ticket.withdrawn": _("Tickets withdrawn"),
                "footage.viewed": _("Footage viewed"),
            }
        )
        register("footage.fold_uses", folding.FOLDED_EVERY_S, folding.fold_uses)
        register("footage.end_unfounded", 1.0, standing.end_unfounded)
        know("ticket", by=cases)
