"""Addresses below /cameras."""

from __future__ import annotations

from django.urls import path

from nangmai.web.sites import views

app_name = "sites"
urlpatterns = [
    path("", views.cameras, name="cameras"),
    path("<str:recorder>/<str:camera_id>", views.camera, name="camera"),
]
