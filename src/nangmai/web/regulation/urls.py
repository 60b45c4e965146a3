"""Addresses below /regulation/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.regulation import public_views, views

app_name = "regulation"

urlpatterns = [
    path("", views.text, name="text"),
    path("matrix", views.matrix, name="matrix"),
    path("versions", views.all_versions, name="versions"),
    path("versions/<slug:sha256>", views.version, name="version"),
    path("papers/assignments", views.print_assignments, name="print_assignments"),
    path("papers/sign-off", views.print_register, name="print_register"),
    path("notices", public_views.notice_list, name="notices"),
    path("notices/<int:area>.pdf", public_views.notice, name="notice"),
    path("purpose", views.purpose, name="purpose"),
    path("acknowledge", views.acknowledge, name="acknowledge"),
]
