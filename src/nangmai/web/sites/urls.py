"""Addresses below /cameras."""

from __future__ import annotations

from django.urls import path

from nangmai.web.sites import views

app_name = "sites"
urlpatterns = [
    path("", views.cameras, name="cameras"),
    path("mine", views.mine, name="mine"),
    path("site", views.site, name="site"),
    path("recorders", views.recorders, name="recorders"),
    path("recorders/<str:recorder>/channels", views.channels, name="channels"),
    path("areas", views.areas, name="areas"),
    path("areas/<int:area>", views.area, name="area"),
    path("areas/<int:area>/edit", views.edit_area, name="edit_area"),
    path("areas/<int:area>/remove", views.remove_area, name="remove_area"),
    path("areas/<int:area>/plan", views.plan, name="plan"),
    path("areas/<int:area>/plan/change", views.change_plan, name="change_plan"),
    path("areas/<int:area>/spot", views.spot, name="spot"),
    path("<str:recorder>/<str:camera_id>", views.camera, name="camera"),
    path("<str:recorder>/<str:camera_id>/assign", views.assign_camera, name="assign_camera"),
]
