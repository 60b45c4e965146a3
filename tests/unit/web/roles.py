"""The roles of the demonstration's regulation that tests sign in with."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Role ids of the shipped text; those of outsiders have no account."""

    PRINCIPAL = "principal"
    VICE_PRINCIPAL = "vice_principal"
    HEAD_OF_SECURITY = "head_of_security"
    GUARD = "guard"
    IT_OFFICER = "it_officer"
    FINANCE = "finance"
    AREA_UNIT = "area_unit"
    CLERK = "clerk"
    WEB_EDITOR = "web_editor"
