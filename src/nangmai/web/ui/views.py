"""Language and theme: kept in cookies, chosen with plain buttons that need no script."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from nangmai.web.access import public
from nangmai.web.ui.context import THEME_COOKIE, THEMES


def _keep(request: HttpRequest, cookie: str, value: str) -> HttpResponse:
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure()):
        target = "/"
    response = HttpResponseRedirect(target)
    response.set_cookie(
        cookie, value, max_age=settings.LANGUAGE_COOKIE_AGE, secure=settings.LANGUAGE_COOKIE_SECURE, samesite="Lax"
    )
    return response


@public
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Vietnamese or English from now on."""
    chosen = request.POST.get("language", "")
    known = dict(settings.LANGUAGES)
    return _keep(request, settings.LANGUAGE_COOKIE_NAME, chosen if chosen in known else settings.LANGUAGE_CODE)


@public
@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    """Paper, night, or as the system says."""
    chosen = request.POST.get("theme", "")
    return _keep(request, THEME_COOKIE, chosen if chosen in THEMES else "auto")
