"""Addresses of papers, those of QR codes among them."""

from __future__ import annotations

from django.urls import path

from nangmai.web.documents import views

app_name = "documents"
urlpatterns = [
    path("documents/", views.documents, name="documents"),
    path("documents/registers", views.registers, name="registers"),
    path("documents/letterhead", views.letterhead, name="letterhead"),
    path("documents/<str:token>", views.document, name="document"),
    path("documents/<str:token>/file.pdf", views.download, name="download"),
    path("documents/<str:token>/pages/<int:page>.png", views.page, name="page"),
    path("documents/<str:token>/sign", views.sign, name="sign"),
    path("documents/<str:token>/annul", views.annul, name="annul"),
    path("public/documents/<str:token>", views.public, name="public"),
]
