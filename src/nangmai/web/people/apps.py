"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Units, assignments, delegations, recusals."""

    name = "nangmai.web.people"
    label = "people"
