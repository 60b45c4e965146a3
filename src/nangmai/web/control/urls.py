"""Addresses below /control."""

from __future__ import annotations

from django.urls import path

from nangmai.web.control import views

app_name = "control"
urlpatterns = [path("exchange", views.exchange, name="exchange")]
