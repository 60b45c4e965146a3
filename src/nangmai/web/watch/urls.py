"""Addresses of the roster and the watch."""

from __future__ import annotations

from django.urls import path

from nangmai.web.watch import presence_views, swap_views, views

app_name = "watch"
urlpatterns = [
    path("roster", views.roster, name="roster"),
    path("roster/posts", views.add_post, name="add_post"),
    path("roster/<str:week>/shifts", views.plan, name="plan"),
    path("roster/<str:week>/copy", views.copy, name="copy"),
    path("roster/<str:week>/move", views.move, name="move"),
    path("roster/shifts/<int:shift>/remove", views.remove, name="remove"),
    path("shift", views.shift, name="shift"),
    path("shift/take", views.take, name="take"),
    path("shift/hand-over", views.hand_over, name="hand_over"),
    path("shift/stay", views.stay, name="stay"),
    path("shift/leave", views.leave, name="leave"),
    path("shift/stand-in/<int:post>", views.stand_in, name="stand_in"),
    path("presence", presence_views.confirm_presence, name="confirm_presence"),
    path("swaps", swap_views.swaps_page, name="swaps"),
    path("swaps/ask", swap_views.ask_swap, name="ask_swap"),
    path("swaps/<int:swap>/answer", swap_views.answer_swap, name="answer_swap"),
    path("handovers/<int:handover>", views.handover, name="handover"),
    path("handovers/<int:handover>/print", presence_views.print_minutes, name="print_minutes"),
    path("handovers/<int:handover>/minutes.pdf", presence_views.minutes_paper, name="minutes"),
]
