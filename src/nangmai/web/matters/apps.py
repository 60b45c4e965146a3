"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MattersConfig(AppConfig):
    """Matters outside the regulation."""

    name = "nangmai.web.matters"
    label = "matters"
    verbose_name = _("Matters outside the regulation")

    def ready(self) -> None:
        import nangmai.web.matters.running  # noqa: F401 - registers what a new version does to matters
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_values
        from nangmai.web.matters.cases import cases
        from nangmai.web.matters.models import Matter
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 80, "matters:listed", "flag", _("Matters outside the regulation")))

        name_acts(
            {
                "matter.filed": _("Matter outside the regulation filed"),
                "matter.explained": _("Matter explained by who filed it"),
                "matter.collected": _("Matter collected"),
                "matters.reported": _("Matters reported"),
                "matter.answered": _("Matter answered"),
                "matter.settled": _("Matter settled by a new version"),
            }
        )
        name_values("answer", {str(value): label for value, label in Matter.Answer.choices})
        know("matter", "matter_report", by=cases)
