"""Addresses below /amendments/."""

from __future__ import annotations

from django.urls import path

from nangmai.web.amendments import draft_views, structure_views, views

app_name = "amendments"

urlpatterns = [
    path("", views.listed, name="listed"),
    path("begin", views.begin, name="begin"),
    path("<int:amendment_id>", views.amendment, name="amendment"),
    path("<int:amendment_id>/opinion", views.opinion, name="opinion"),
    path("<int:amendment_id>/step", views.step, name="step"),
    path("<int:amendment_id>/sign", views.sign, name="sign"),
    path("<int:amendment_id>/matters", draft_views.matters, name="matters"),
    path("<int:amendment_id>/parameters", draft_views.parameters, name="parameters"),
    path("<int:amendment_id>/text", draft_views.text, name="text"),
    path("<int:amendment_id>/bases", draft_views.bases, name="bases"),
    path("<int:amendment_id>/clauses/<str:clause_id>", draft_views.clause, name="clause"),
    path("<int:amendment_id>/clauses/<str:clause_id>/norm", draft_views.new_norm, name="new_norm"),
    path("<int:amendment_id>/clauses/<str:clause_id>/norms/<slug:norm_name>", draft_views.norm, name="norm"),
    path("<int:amendment_id>/undo", draft_views.undo, name="undo"),
    path("<int:amendment_id>/articles", structure_views.new_article, name="new_article"),
    path("<int:amendment_id>/articles/<str:article_id>", structure_views.article, name="article"),
    path("<int:amendment_id>/articles/<str:article_id>/clauses", structure_views.new_clause, name="new_clause"),
    path("<int:amendment_id>/articles/<str:article_id>/remove", structure_views.remove_article, name="remove_article"),
    path("<int:amendment_id>/clauses/<str:clause_id>/remove", structure_views.remove_clause, name="remove_clause"),
    path(
        "<int:amendment_id>/clauses/<str:clause_id>/norms/<slug:norm_name>/remove",
        structure_views.remove_norm,
        name="remove_norm",
    ),
]
