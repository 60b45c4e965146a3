"""The shift bar, and faults and periods in words."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, time_format

from nangmai.base.clock import utc_now
from nangmai.web.watch import presence, queries
from nangmai.web.watch.coverage import Period
from nangmai.web.watch.models import Post, Shift

register = template.Library()


@register.inclusion_tag("watch/_bar.html", takes_context=True)
def shift_bar(context: dict[str, Any]) -> dict[str, Any]:
    """Who is on watch and until when, post by post; empty where there is no post."""
    now = utc_now()
    held = {shift.post_id: shift for shift in queries.on_watch_now(now)}
    posts = [(post, held.get(post.pk), queries.next_at(post, now)) for post in Post.objects.all()]
    own = queries.own_watch(context.get("user"))
    asked = presence.asked(own) if own else None
    return {
        "posts": posts,
        "now": now,
        "user": context.get("user"),
        "csrf_token": context.get("csrf_token"),
        "asked": asked,
        "wait_s": max(0, round((asked.due_at - now).total_seconds())) if asked else 0,
    }


@register.filter
def clock(moment: datetime) -> str:
    """The time of day; with the date where that is another one."""
    local = timezone.localtime(moment)
    if local.date() == timezone.localdate(utc_now()):
        return time_format(local, "H:i")
    return date_format(local, "H:i d/m")


@register.filter
def hours(period: Period | Shift) -> str:
    """From when to when, by the clock alone; the end of a day is 24:00."""
    begin, end = (period.starts_at, period.ends_at) if isinstance(period, Shift) else period
    first, last = timezone.localtime(begin), timezone.localtime(end)
    is_midnight = last.date() > first.date() and (last.hour, last.minute) == (0, 0)
    return f"{time_format(first, 'H:i')}–{'24:00' if is_midnight else time_format(last, 'H:i')}"
