"""Signing in and out, the password, the list of one's own sessions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.web.access import public, signed_in
from nangmai.web.accounts import passkeys, services
from nangmai.web.accounts.factors import factors_of
from nangmai.web.accounts.forms import PasswordForm, SignInForm
from nangmai.web.accounts.models import User
from nangmai.web.accounts.throttle import SignInBlocked
from nangmai.web.errors import translated


@public
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """The first page of everybody."""
    if request.user.is_authenticated:
        return HttpResponseRedirect(next_address(request))
    form = SignInForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            user = services.sign_in(request=request, **form.cleaned_data)
        except SignInBlocked as error:
            form.add_error(None, translated(error))
            status = 429
        else:
            if user is not None:
                return HttpResponseRedirect(next_address(request))
            form.add_error(None, _("Account name and password do not fit. Check both, then try again."))
            status = 401
    return render(request, "accounts/sign_in.html", {"form": form, "next": next_address(request)}, status=status)


@public
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Ends the session and withdraws its tickets."""
    services.sign_out(request=request)
    messages.success(request, _("You are signed out. What you had open has been closed."))
    return redirect("accounts:sign_in")


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password."""
    user = person(request)
    form = PasswordForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        services.change_password(request=request, user=user, password=form.cleaned_data["new"])
        messages.success(request, _("Your password is changed. Every other session of yours has ended."))
        return redirect("accounts:me")
    return render(request, "accounts/password.html", {"form": form, "is_first": user.must_change_password})


@signed_in
def me(request: HttpRequest) -> HttpResponse:
    """The account: name, roles, factors, sessions."""
    user = person(request)
    sessions = user.sign_ins.all()
    context = {
        "sessions": sessions,
        "this_key": request.session.session_key,
        "factors": factors_of(user),
        "passkeys_possible": passkeys.is_possible(request),
    }
    return render(request, "accounts/me.html", context)


@signed_in
@require_POST
def end_session(request: HttpRequest, sign_in_id: int) -> HttpResponse:
    """End one of one's own sessions elsewhere."""
    if services.end_session(user=person(request), sign_in_id=sign_in_id):
        messages.success(request, _("That session has ended, and its tickets are withdrawn."))
    else:
        messages.info(request, _("That session had ended already."))
    return redirect("accounts:me")


def person(request: HttpRequest) -> User:
    """The person who asks; the middleware let nobody else through."""
    assert isinstance(request.user, User)
    return request.user


def next_address(request: HttpRequest) -> str:
    """Where to go on, when that is on this site."""
    target = request.POST.get("next") or request.GET.get("next") or "/"
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours else "/"
