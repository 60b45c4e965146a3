"""Addresses below /incidents/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.incidents import views

app_name = "incidents"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("report", views.report, name="report"),
    path("<int:incident_id>", views.incident, name="incident"),
    path("<int:incident_id>/receive", views.receive, name="receive"),
    path("<int:incident_id>/locate", views.locate, name="locate"),
    path("<int:incident_id>/direct", views.direct, name="direct"),
    path("<int:incident_id>/minutes", views.minute, name="minute"),
    path("<int:incident_id>/close", views.close, name="close"),
    path("<int:incident_id>/dismiss", views.dismiss, name="dismiss"),
]
