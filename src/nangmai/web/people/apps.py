"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PeopleConfig(AppConfig):
    """Units, assignments, delegations, recusals."""

    name = "nangmai.web.people"
    label = "people"

    def ready(self) -> None:
        from nangmai.web.clockwork.services import register
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.people.by_calendar import announce
        from nangmai.web.people.cases import cases
        from nangmai.web.ui.menu import Entry, add

        add(
            Entry("main", 70, "people:people", "users", _("People"), ("people.see",)),
            Entry("person", 20, "people:mine", "user-check", _("My assignments")),
        )

        name_acts(
            {
                "assignment.signed": _("Assignment signed"),
                "assignment.commanded": _("Assignment made by command"),
                "assignment.revoked": _("Assignment revoked"),
                "delegation.signed": _("Delegation signed"),
                "delegation.withdrawn": _("Delegation withdrawn"),
                "recusal.declared": _("Recusal declared"),
            }
        )

        register("people.calendar", 1.0, announce)
        know("assignment", "delegation", "recusal", by=cases)
