"""Proving again who one is, and adding and removing what one proves it with."""

from __future__ import annotations

from urllib.parse import urlencode

import segno
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from nangmai.web.access import answers_json, signed_in
from nangmai.web.accounts import factors, passkeys
from nangmai.web.accounts.forms import CodeForm, PasskeyForm, ProofPasswordForm
from nangmai.web.accounts.models import User
from nangmai.web.accounts.sealing import seal, unseal
from nangmai.web.accounts.step_up import (
    Means,
    StepUpRequired,
    is_stepped_up,
    may_add_factor,
    prove,
    stamp,
    step_up,
    to_step_up,
)
from nangmai.web.accounts.throttle import ProofBlocked, SignInBlocked
from nangmai.web.accounts.views import next_address, person
from nangmai.web.errors import translated

_SECRET, _CODES, _AFTER = "totp_begun", "recovery_codes_once", "after_factor"
_PURPOSE = "factor page"


@signed_in
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def step_up_page(request: HttpRequest) -> HttpResponse:
    """Prove identity again, then back to where it was asked for."""
    user = person(request)
    held = factors.factors_of(user)
    if is_stepped_up(request):
        return HttpResponseRedirect(next_address(request))
    status, complaint = 200, ""
    if request.method == "POST":
        status, complaint = _prove(request, user, held.any)
        if not complaint:
            return HttpResponseRedirect(next_address(request) if held.any else _with_next("add_factor", request))
    context = {
        "factors": held,
        "form": (CodeForm if held.any else ProofPasswordForm)(),
        "passkeys_possible": passkeys.is_possible(request),
        "complaint": complaint,
        "next": next_address(request),
    }
    return render(request, "accounts/step_up.html", context, status=status)


def _prove(request: HttpRequest, user: User, has_factor: bool) -> tuple[int, str]:
    """Status and complaint; no complaint when it is proven."""
    means: Means = "passkey" if request.POST.get("credential") else "code"
    if not has_factor:
        means = "password"
    proof = request.POST.get({"passkey": "credential", "code": "code", "password": "password"}[means], "")
    try:
        if prove(request=request, user=user, means=means, proof=proof[:20_000]):
            return 200, ""
    except (SignInBlocked, ProofBlocked) as error:
        return 429, translated(error)
    return 401, {
        "code": _("This code does not fit, or was used before. Wait for the next one."),
        "passkey": _("This passkey did not fit. Try again, or use a code."),
        "password": _("This is not your current password."),
    }[means]


def _with_next(name: str, request: HttpRequest) -> str:
    return f"{reverse(f'accounts:{name}')}?{urlencode({'next': next_address(request)})}"


@signed_in
def add_factor(request: HttpRequest) -> HttpResponse:
    """Choose which factor to add; where one is proven by the password alone, the only page that is open."""
    user = person(request)
    if not may_add_factor(request, user):
        return to_step_up(request.get_full_path())
    if "next" in request.GET:
        request.session[_AFTER] = next_address(request)
    context = {"factors": factors.factors_of(user), "passkeys_possible": passkeys.is_possible(request)}
    return render(request, "accounts/add_factor.html", context)


@signed_in
@sensitive_post_parameters()
@sensitive_variables("secret")
@require_http_methods(["GET", "POST"])
def add_totp(request: HttpRequest) -> HttpResponse:
    """Show the secret of a new authenticator app once; keep it when the app shows a right code."""
    user = person(request)
    if not may_add_factor(request, user):
        return to_step_up(request.path)
    form = CodeForm(request.POST or None)
    if request.method == "POST":
        sealed = request.session.get(_SECRET)
        if sealed is None:
            return redirect("accounts:add_totp")
        secret = unseal(sealed, purpose=_PURPOSE, owner=str(user.pk))
        if form.is_valid() and factors.add_totp(user=user, secret=secret, code=form.cleaned_data["code"]):
            del request.session[_SECRET]
            return _added(request, user, _("The authenticator app is added."))
        if form.is_valid():
            form.add_error("code", _("This code does not fit. Is the telephone's clock right? Try the next code."))
        return render(request, "accounts/add_totp.html", {"form": form})
    secret = factors.new_secret()
    request.session[_SECRET] = seal(secret, purpose=_PURPOSE, owner=str(user.pk))
    uri = factors.provisioning_uri(user, secret, request.get_host())
    groups = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    return render(request, "accounts/add_totp.html", {"form": form, "qr": _qr(uri), "secret": groups})


def _qr(text: str) -> SafeString:
    """The code as SVG in black on white, whatever the theme: cameras read it so."""
    drawing = segno.make(text, micro=False, error="m").svg_inline(scale=5, border=3, dark="#000", light="#fff")
    return mark_safe(drawing)  # noqa: S308 - drawn here


@signed_in
@require_http_methods(["GET", "POST"])
def add_passkey(request: HttpRequest) -> HttpResponse:
    """Register a passkey that the browser has made."""
    user = person(request)
    if not may_add_factor(request, user):
        return to_step_up(request.path)
    form = PasskeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passkeys.register(request=request, user=user, **form.cleaned_data)
        except passkeys.PasskeyRefused as error:
            form.add_error(None, translated(error))
        else:
            return _added(request, user, _("The passkey is added."))
    context = {"form": form, "passkeys_possible": passkeys.is_possible(request)}
    return render(request, "accounts/add_passkey.html", context)


def _added(request: HttpRequest, user: User, message: str) -> HttpResponse:
    """After a factor was added: the first one brings recovery codes with it, and counts as the proof."""
    messages.success(request, message)
    if not is_stepped_up(request):
        stamp(request)
    if not factors.factors_of(user).recovery_left:
        _keep_codes(request, user)
        return redirect("accounts:recovery_codes")
    return HttpResponseRedirect(request.session.pop(_AFTER, reverse("accounts:me")))


@answers_json
@signed_in
@require_POST
def passkey_options(request: HttpRequest, purpose: str) -> JsonResponse:
    """The challenge of a ceremony, `register` or `prove`."""
    user = person(request)
    if purpose == "prove":
        return JsonResponse(passkeys.authentication_options(request, user))
    if purpose != "register":
        raise Http404
    if not may_add_factor(request, user):
        raise StepUpRequired
    return JsonResponse(passkeys.registration_options(request, user))


@signed_in
@require_POST
@step_up(back="accounts:me")
def remove_totp(request: HttpRequest) -> HttpResponse:
    """Take the authenticator app away."""
    return _told(request, factors.remove_totp(user=person(request)))


@signed_in
@require_POST
@step_up(back="accounts:me")
def remove_passkey(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Take a passkey away."""
    return _told(request, factors.remove_passkey(user=person(request), passkey_id=passkey_id))


def _told(request: HttpRequest, is_removed: bool) -> HttpResponse:
    if is_removed:
        messages.success(request, _("Removed. It proves nothing any more."))
    else:
        messages.info(request, _("That had been removed already."))
    return redirect("accounts:me")


@signed_in
@require_http_methods(["GET", "POST"])
@step_up(back="accounts:me")
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Recovery codes, shown once after they are made; a POST makes new ones."""
    user = person(request)
    if request.method == "POST":
        if not factors.factors_of(user).any:
            return redirect("accounts:add_factor")
        _keep_codes(request, user)
        return redirect("accounts:recovery_codes")
    sealed = request.session.pop(_CODES, None)
    codes = unseal(sealed, purpose=_PURPOSE, owner=str(user.pk)).split() if sealed else []
    context = {"codes": codes, "after": request.session.pop(_AFTER, "") if codes else ""}
    return render(request, "accounts/recovery_codes.html", context)


def _keep_codes(request: HttpRequest, user: User) -> None:
    """New codes wait, sealed, for the one page that shows them."""
    codes = factors.new_recovery_codes(user=user)
    request.session[_CODES] = seal(" ".join(codes), purpose=_PURPOSE, owner=str(user.pk))
