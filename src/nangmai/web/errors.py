"""Errors at the edge of the web plane: one page or one JSON object each, in the person's language.

An `Error`'s docstring is the English text and the message id of its translation. A test checks that every error that
can reach a page is translated (tests/unit/web/test_translations.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, ClassVar, NamedTuple

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from nangmai.base.errors import Error, Kind
from nangmai.web.access import public

log = logging.getLogger(__name__)


def translated(error: Error) -> str:
    """The error's sentence in the language in force."""
    try:
        return _(type(error).template()).format(**error.facts)
    except (KeyError, IndexError):
        return str(error)


def wants_json(request: HttpRequest) -> bool:
    """Scripts and recorders are answered in JSON, whatever went wrong."""
    match = request.resolver_match
    return getattr(match.func if match else None, "answers_json", False)


class Way(NamedTuple):
    """A way on from a refusal: where it leads, its icon, its words. One that `posts` is done by the press itself."""

    href: str
    icon: str
    words: str
    posts: bool = False


class SignedOut(Error):
    """You are signed out. Sign in again to go on."""

    kind: ClassVar[Kind] = Kind.DENIED
    http_status = 401


class SignInFirst(LoginRequiredMiddleware):
    """Every view is closed until somebody signs in; a page leads to the sign-in page, a script is told."""

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> HttpResponse:  # type: ignore[override]
        if wants_json(request):
            return json_refusal(SignedOut())
        return super().handle_no_permission(request, view_func)


def clause_of(error: Error) -> str:
    """The clause that a refusal rests on, from its decision or among its facts."""
    return str(getattr(error, "clause", "") or error.facts.get("clause", ""))


def json_refusal(error: Error) -> JsonResponse:
    """`{error, kind, message, facts, clause}`, the message in the language in force."""
    ways = [way._asdict() for way in getattr(error, "ways", ())]
    answer = error.as_dict() | {"message": translated(error), "clause": clause_of(error), "ways": ways}
    return JsonResponse(answer, status=getattr(error, "http_status", error.kind.http_status))


class ErrorPages:
    """Turns an `Error` that a view raised into its answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """None leaves everything that is not ours to Django."""
        if not isinstance(exception, Error):
            return None
        status = getattr(exception, "http_status", exception.kind.http_status)
        if status >= 500:
            log.error("%s %s: %s", request.method, request.path, exception)
        if wants_json(request):
            return json_refusal(exception)
        return error_page(
            request,
            status,
            title=_title(exception.kind),
            message=translated(exception),
            clause=clause_of(exception),
            ways=getattr(exception, "ways", ()),
        )


def _title(kind: Kind) -> str:
    titles = {
        Kind.DENIED: _("Not permitted"),
        Kind.NOT_FOUND: _("Not found"),
        Kind.INVALID: _("This request cannot be understood"),
        Kind.UNAVAILABLE: _("Not available just now"),
    }
    return titles.get(kind, _("Something went wrong"))


def error_page(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    """The one page for everything that did not work."""
    return render(request, "ui/error.html", {"status": status, **context}, status=status)


@public
def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 404."""
    message = _("There is no such page. It may have moved, or the address has a typing error.")
    return error_page(request, 404, title=_("Not found"), message=message)


@public
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's 400."""
    message = _("The browser sent something this page does not understand. Go back and try again.")
    return error_page(request, 400, title=_("This request cannot be understood"), message=message)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    """Django's 500: told in the log, not on the page."""
    message = _("The page failed. Recording goes on; it does not depend on this page. Tell the IT officer the time.")
    return error_page(request, 500, title=_("Something went wrong"), message=message)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that is too old, or not from this site."""
    title, message = _("This form is too old"), _("Nothing was changed. Go back, reload the page and try again.")
    if wants_json(request):
        return JsonResponse({"error": "form_too_old", "kind": "denied", "message": message, "clause": ""}, status=403)
    return error_page(request, 403, title=title, message=message)
