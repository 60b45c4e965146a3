"""Addresses below /ui."""

from __future__ import annotations

from django.urls import path

from nangmai.web.ui import views

app_name = "ui"
urlpatterns = [
    path("language", views.choose_language, name="language"),
    path("theme", views.choose_theme, name="theme"),
]
