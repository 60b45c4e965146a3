"""Addresses below /directions/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.directions import views

app_name = "directions"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("ask", views.ask, name="ask"),
    path("sign", views.give, name="give"),
    path("asked/<int:asked_id>/refuse", views.refuse, name="refuse"),
    path("asked/<int:asked_id>/withdraw", views.withdraw_asked, name="withdraw_asked"),
    path("<int:direction_id>/withdraw", views.withdraw, name="withdraw"),
]
