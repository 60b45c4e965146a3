"""Addresses below /letters/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.letters import views

app_name = "letters"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("new", views.lodge, name="lodge"),
    path("<int:letter_id>/<slug:event>", views.take, name="take"),
]
