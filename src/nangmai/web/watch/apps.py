"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchConfig(AppConfig):
    """Roster and shifts."""

    name = "nangmai.web.watch"
    label = "watch"

    def ready(self) -> None:
        import nangmai.web.watch.facts  # noqa: F401 - registers who is on shift
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.ui.menu import Entry, add
        from nangmai.web.watch.cases import cases

        add(
            Entry("main", 40, "watch:shift", "calendar-clock", _("Shifts"), ("shift.take",)),
            Entry("person", 50, "watch:roster", "calendar", _("Roster")),
        )

        name_acts(
            {
                "post.added": _("Post added"),
                "roster.changed": _("Roster changed"),
                "roster.draft": _("Roster is a draft again"),
                "roster.checked": _("Roster checked"),
                "roster.approved": _("Roster approved"),
                "roster.published": _("Roster published"),
                "shift.taken": _("Shift taken"),
                "shift.handed_over": _("Shift handed over"),
                "shift.extended": _("Shift extended"),
                "shift.left": _("Shift left without relief"),
            }
        )
        know("post", "roster", "shift", by=cases)
