"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DutiesConfig(AppConfig):
    """Duties."""

    name = "nangmai.web.duties"
    label = "duties"
    verbose_name = _("Duties")

    def ready(self) -> None:
        import nangmai.web.duties.running  # noqa: F401 - registers what a new version does to open duties
        from nangmai.web.clockwork.services import register
        from nangmai.web.duties import calendar, facts, services
        from nangmai.web.duties.cases import cases
        from nangmai.web.duties.ways import done_here
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 25, "duties:listed", "clipboard-check", _("Duties")))

        name_acts(
            {
                "duty.opened": _("Duty opened"),
                "duty.done": _("Duty done"),
                "duty.escalated": _("Overdue duty passed on"),
            }
        )
        assert facts  # registers what it knows
        done_here("regulation.acknowledge", "regulation:acknowledge")
        register("duties.calendar", 30.0, calendar.look)
        register("duties.overdue", 15.0, services.escalate_overdue)
        know("duty", by=cases)
