"""Addresses below /duties/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.duties import views

app_name = "duties"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("<int:duty_id>/done", views.done, name="done"),
]
