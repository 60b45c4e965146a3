"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People and their sessions."""

    name = "nangmai.web.accounts"
    label = "accounts"
