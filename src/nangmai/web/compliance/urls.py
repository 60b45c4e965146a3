"""Addresses of the board, below /regulation/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.compliance import views

app_name = "compliance"

urlpatterns = [
    path("board", views.board, name="board"),
    path("attestations", views.mine, name="mine"),
    path("board/attest/<path:norm>", views.attest, name="attest"),
]
