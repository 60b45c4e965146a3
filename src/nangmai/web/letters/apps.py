"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class LettersConfig(AppConfig):
    """Letters."""

    name = "nangmai.web.letters"
    label = "letters"
    verbose_name = _("Letters and requests")

    def ready(self) -> None:
        from nangmai.web.duties.ways import done_here
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_things, name_values
        from nangmai.web.letters.cases import cases
        from nangmai.web.letters.models import Kind
        from nangmai.web.letters.queries import names
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 65, "letters:listed", "mail", _("Letters and requests"), ("letter.see", "complaint.lodge")))

        name_acts(
            {
                "letter.lodged": _("Letter entered"),
                "letter.accepted": _("Complaint accepted"),
                "letter.answered": _("Letter answered"),
                "letter.declined": _("Letter declined"),
            }
        )
        name_values("kind", {str(value): label for value, label in Kind.choices})
        name_things("letter", names)
        know("letter", by=cases)
        for act in ("complaint.decide", "evidence.receipt", "request.decide", "authority.answer"):
            done_here(act, "letters:listed")
