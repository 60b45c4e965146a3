"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    """People and their sessions."""

    name = "nangmai.web.accounts"
    label = "accounts"

    def ready(self) -> None:
        from nangmai.web.ui.menu import Entry, add

        add(Entry("person", 10, "accounts:me", "key-round", _("Account and sessions"), is_exact=True))
