"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Printed papers, number registers, signatures."""

    name = "nangmai.web.documents"
    label = "documents"

    def ready(self) -> None:
        from nangmai.web.documents.cases import cases
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 70, "documents:documents", "file-text", _("Papers")))

        name_acts(
            {
                "letterhead.set": _("Letterhead set"),
                "document.issued": _("Document issued"),
                "document.signed": _("Document signed"),
                "document.annulled": _("Document annulled"),
            }
        )
        know("document", "letterhead", by=cases)
