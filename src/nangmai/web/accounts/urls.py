"""Addresses below /account."""

from __future__ import annotations

from django.urls import path

from nangmai.web.accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.me, name="me"),
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("password", views.password, name="password"),
    path("sessions/<int:sign_in_id>/end", views.end_session, name="end_session"),
]
