"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

LOOKED_AT_EVERY_S = 60


class LedgerConfig(AppConfig):
    """Entries, checkpoints, witnesses."""

    name = "nangmai.web.ledger"
    label = "ledger"

    def ready(self) -> None:
        import nangmai.web.ledger.signals  # noqa: F401 - connects its receivers
        from nangmai.web.clockwork.services import register
        from nangmai.web.ledger import queries, services, titles, witnesses
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 30, "ledger:entries", "list", _("Ledger"), ("ledger.read",)))

        titles.name_things("account", queries.account_names)
        register("ledger.checkpoint", LOOKED_AT_EVERY_S, services.checkpoint_when_due)
        register("ledger.witnesses", LOOKED_AT_EVERY_S, witnesses.tell_all)
