"""Addresses below /account."""

from __future__ import annotations

from django.urls import path

from nangmai.web.accounts import factor_views, views

app_name = "accounts"
urlpatterns = [
    path("", views.me, name="me"),
    path("sign-in", views.sign_in, name="sign_in"),
    path("sign-out", views.sign_out, name="sign_out"),
    path("password", views.password, name="password"),
    path("sessions/<int:sign_in_id>/end", views.end_session, name="end_session"),
    path("step-up", factor_views.step_up_page, name="step_up"),
    path("factors", factor_views.add_factor, name="add_factor"),
    path("totp", factor_views.add_totp, name="add_totp"),
    path("totp/remove", factor_views.remove_totp, name="remove_totp"),
    path("passkeys/new", factor_views.add_passkey, name="add_passkey"),
    path("passkeys/options/<str:purpose>", factor_views.passkey_options, name="passkey_options"),
    path("passkeys/<int:passkey_id>/remove", factor_views.remove_passkey, name="remove_passkey"),
    path("recovery-codes", factor_views.recovery_codes, name="recovery_codes"),
]
