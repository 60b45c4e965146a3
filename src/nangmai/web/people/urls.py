"""Addresses below /people."""

from __future__ import annotations

from django.urls import path

from nangmai.web.people import views

app_name = "people"
urlpatterns = [
    path("", views.people, name="people"),
    path("mine", views.mine, name="mine"),
    path("mine/recuse", views.recuse_myself, name="recuse_myself"),
    path("<int:person_id>", views.one, name="one"),
    path("<int:person_id>/assign", views.assign, name="assign"),
    path("<int:person_id>/recuse", views.recuse, name="recuse"),
    path("assignments/<int:assignment_id>/revoke", views.revoke, name="revoke"),
    path("assignments/<int:assignment_id>/delegate", views.delegate, name="delegate"),
    path("delegations/<int:delegation_id>/withdraw", views.withdraw, name="withdraw"),
]
