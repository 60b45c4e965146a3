"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    """Incidents."""

    name = "nangmai.web.incidents"
    label = "incidents"
    verbose_name = _("Incidents")

    def ready(self) -> None:
        import nangmai.web.incidents.handover  # noqa: F401 - tells the watch what is open
        from nangmai.web.duties.ways import done_here
        from nangmai.web.incidents.cases import cases
        from nangmai.web.incidents.models import Incident
        from nangmai.web.incidents.queries import names
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_things, name_values
        from nangmai.web.ui.menu import Entry, add
        from nangmai.web.watch.items import SENTENCES

        add(Entry("person", 22, "incidents:listed", "triangle-alert", _("Incidents"), ("incident.report",)))

        name_acts(
            {
                "incident.reported": _("Incident reported"),
                "incident.received": _("Incident received by the board"),
                "incident.located": _("Place of an incident written down"),
                "incident.directed": _("Incident directed"),
                "incident.minuted": _("Minutes of an incident written"),
                "incident.closed": _("Incident closed"),
                "incident.dismissed": _("Incident closed: nothing to deal with"),
            }
        )
        name_values("severity", {str(value): label for value, label in Incident.Severity.choices})
        SENTENCES["incident_open"] = _("Incident {number} ({severity}) is open, reported {since}. Place: {place}.")
        name_things("incident", names)
        know("incident", by=cases)
        for act in ("incident.report", "incident.receive", "incident.locate", "minutes.write"):
            done_here(act, "incidents:listed")
