"""Every view says who may enter, with one of three decorators here or `regulation.authorities.requires`.

`public` needs nothing, `signed_in` needs a person, `for_recorders` checks its own signature. A view that says nothing
is closed by LoginRequiredMiddleware, and a test refuses it (tests/unit/web/test_access.py).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.views.decorators.csrf import csrf_exempt

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anyone may call this."""
    login_not_required(view).access = "public"  # type: ignore[attr-defined]
    return view


def signed_in(view: View) -> View:
    """Every person with an account in service may call this, whatever the role."""
    view.access = "signed_in"  # type: ignore[attr-defined]
    return view


def answers_json(view: View) -> View:
    """Scripts call this: its refusals are JSON too, also the one that nobody is signed in."""
    view.answers_json = True  # type: ignore[attr-defined]
    return view


def for_recorders(view: View) -> View:
    """Only a recorder may call this; the view checks the recorder's signature, and there is no cookie to forge."""
    marked = csrf_exempt(login_not_required(view))
    marked.access = "recorder"  # type: ignore[attr-defined]
    marked.answers_json = True  # type: ignore[attr-defined]
    return marked
