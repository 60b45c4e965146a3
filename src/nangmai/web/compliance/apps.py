"""The app."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplianceConfig(AppConfig):
    """Compliance."""

    name = "nangmai.web.compliance"
    label = "compliance"
    verbose_name = _("Compliance")

    def ready(self) -> None:
        from nangmai.web.clockwork.services import register
        from nangmai.web.compliance import services, triggers
        from nangmai.web.compliance.cases import cases
        from nangmai.web.duties.ways import done_here
        from nangmai.web.ledger.comparing import know
        from nangmai.web.ledger.titles import name_acts
        from nangmai.web.ui.menu import Entry, add

        add(
            Entry("main", 65, "compliance:board", "gauge", _("Compliance"), ("compliance.see",)),
            Entry("person", 27, "compliance:mine", "signature", _("My attestations"), (services.ACT,)),
        )

        name_acts(
            {
                "attestation.signed": _("Attestation signed"),
                "ledger.verified": _("Ledger verified"),
            }
        )
        done_here("matter.report", "matters:report")
        done_here("amendment.consider", "matters:reports", trigger="matters.reported")
        done_here("amendment.consider", "amendments:listed", trigger="term.ending")
        done_here("shift.take", "watch:shift", trigger="watch.unmanned")
        register("compliance.states", services.STATES_EVERY_S, services.keep_states)
        register("compliance.triggers", services.STATES_EVERY_S, triggers.look)
        register("compliance.ledger", services.LOOK_EVERY_S, services.verify_ledger_when_due)
        know("attestation", by=cases)
