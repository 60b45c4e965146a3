"""Addresses below /ledger."""

from __future__ import annotations

from django.urls import path

from nangmai.web.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.entries, name="entries"),
    path("<int:seq>", views.entry, name="entry"),
    path("watched", views.watched, name="watched"),
    path("checkpoints", views.checkpoints, name="checkpoints"),
    path("checkpoints/new", views.make_checkpoint, name="make_checkpoint"),
    path("checkpoints/<int:size>/print", views.print_checkpoint, name="print_checkpoint"),
    path("checkpoints/<int:size>", views.paper, name="paper"),
    path("comparison", views.comparison, name="comparison"),
    path("export", views.export, name="export"),
    path("witness", views.witness, name="witness"),
    path("key", views.key, name="key"),
]
