"""Addresses of the pages that show pictures, and of their tickets."""

from __future__ import annotations

from django.urls import path

from nangmai.web.footage import views

app_name = "footage"
urlpatterns = [
    path("watch", views.wall, name="wall"),
    path("watch/review", views.review, name="review"),
    path("footage/ticket", views.ticket, name="ticket"),
    path("footage/register", views.register, name="register"),
    path("footage/mine", views.mine, name="mine"),
]
