"""Addresses below /matters/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.matters import views

app_name = "matters"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("file", views.file, name="file"),
    path("report", views.report, name="report"),
    path("reports", views.reports, name="reports"),
    path("<int:matter_id>", views.matter, name="matter"),
    path("<int:matter_id>/explain", views.explain, name="explain"),
    path("<int:matter_id>/collect", views.collect, name="collect"),
    path("<int:matter_id>/answer", views.answer, name="answer"),
]
