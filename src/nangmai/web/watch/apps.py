"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class WatchConfig(AppConfig):
    """Roster and shifts."""

    name = "nangmai.web.watch"
    label = "watch"

    def ready(self) -> None:
        import nangmai.web.watch.facts
        import nangmai.web.watch.running  # noqa: F401 - registers what a new version does to the roster
        from nangmai.base.clock import utc_now
        from nangmai.web.clockwork.services import register
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts, name_things
        from nangmai.web.ui.menu import Entry, add
        from nangmai.web.watch import presence, queries
        from nangmai.web.watch.cases import cases

        begun = utc_now()
        register("watch.presence", presence.LOOK_EVERY_S, lambda: presence.look(since=begun))
        name_things("post", queries.post_names)
        name_things("shift", queries.shift_names)

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
                "shift.relieved": _("Somebody stood in on a shift"),
                "shift.missed": _("Shift not taken in time"),
                "presence.confirmed": _("Presence confirmed"),
                "presence.missed": _("Presence not confirmed in time"),
                "swap.asked": _("Swap of shifts asked for"),
                "swap.agreed": _("Swap of shifts agreed"),
                "swap.declined": _("Swap of shifts declined"),
                "swap.withdrawn": _("Swap of shifts withdrawn"),
                "swap.approved": _("Swap of shifts approved"),
                "swap.refused": _("Swap of shifts not approved"),
                "handover.printed": _("Minutes of a handover printed"),
            }
        )
        know("post", "roster", "shift", "swap", by=cases)
