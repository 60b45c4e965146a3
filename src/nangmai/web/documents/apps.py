"""The app's place in Django."""

from __future__ import annotations

from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    """Printed papers, number registers, signatures."""

    name = "nangmai.web.documents"
    label = "documents"
