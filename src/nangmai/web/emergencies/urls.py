"""Addresses below /emergencies/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.emergencies import views

app_name = "emergencies"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("invoke", views.invoke, name="invoke"),
    path("<int:emergency_id>/answer", views.answer, name="answer"),
]
