"""The roles of the institution: each a word a person knows and a sentence a principal can read.

What a role may do with footage stands in footage/policies.py; who holds a role is the database's business.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """One person holds one role."""

    PRINCIPAL = "principal", _("Principal")
    VICE_PRINCIPAL = "vice_principal", _("Vice principal")
    HEAD_OF_SECURITY = "head_of_security", _("Head of security")
    GUARD = "guard", _("Guard")
    IT_OFFICER = "it_officer", _("IT officer")
    FINANCE = "finance", _("Finance and accounting")
    AREA_UNIT = "area_unit", _("Area unit")


DUTIES = {
    Role.PRINCIPAL: _("Directs how the camera system is managed, used and its information processed."),
    Role.VICE_PRINCIPAL: _("Directs the camera system together with the principal."),
    Role.HEAD_OF_SECURITY: _("Organises the watch around the clock and reports to the school board."),
    Role.GUARD: _("Watches during the shift and reports what happens."),
    Role.IT_OFFICER: _("Operates the system, checks picture quality, extracts when ordered."),
    Role.FINANCE: _("Proposes the budget and checks what is spent."),
    Role.AREA_UNIT: _("Answers for the cameras in its area."),
}
