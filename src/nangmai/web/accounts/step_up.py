"""Step-up: before a signature a person proves again who they are, and the session keeps that for five minutes.

Who has a factor proves it by the factor. Who has none gives the password, which opens nothing but adding the first one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, ClassVar, Literal
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse

from nangmai.base.clock import utc_now
from nangmai.base.errors import Error, Kind
from nangmai.web.accounts import factors, passkeys, throttle
from nangmai.web.accounts.models import SignIn, User
from nangmai.web.accounts.signals import acted
from nangmai.web.errors import wants_json

LASTS_S = 300
_PROVEN = "stepped_up_s"
_PASSWORD = "password_proven_s"
_FORM = "form_before_step_up"

Means = Literal["code", "passkey", "password"]
View = Callable[..., HttpResponseBase]


class StepUpRequired(Error):
    """Prove once more who you are, then try again."""

    kind: ClassVar[Kind] = Kind.DENIED


def is_stepped_up(request: HttpRequest) -> bool:
    """Whether identity was proven in this session within the last five minutes."""
    return _is_recent(request, _PROVEN)


def has_given_password(request: HttpRequest) -> bool:
    """Whether the password was given again, by somebody who had no factor yet."""
    return _is_recent(request, _PASSWORD)


def _is_recent(request: HttpRequest, name: str) -> bool:
    then_s = request.session.get(name)
    return isinstance(then_s, int | float) and 0 <= utc_now().timestamp() - then_s < LASTS_S


def stamp(request: HttpRequest) -> None:
    """Identity is proven now."""
    request.session[_PROVEN] = utc_now().timestamp()
    request.session.pop(_PASSWORD, None)


def may_add_factor(request: HttpRequest, user: User) -> bool:
    """After a step-up; the first factor after the password."""
    return is_stepped_up(request) or (has_given_password(request) and not factors.factors_of(user).any)


def prove(*, request: HttpRequest, user: User, means: Means, proof: str) -> bool:
    """Check a proof under the back-off; `ProofBlocked` when it is too early to try again."""
    address = request.META.get("REMOTE_ADDR") or None
    gate: throttle.Gate = "account" if means == "password" else "factor"
    throttle.check_allowed(user.username, address, gate)
    is_right = _is_right(request, user, means, proof)
    with transaction.atomic():
        if is_right:
            throttle.record_success(user.username, address, gate)
        else:
            throttle.record_failure(user.username, address, gate)
        outcome = "done" if is_right else "failed"
        acted.send(sender=SignIn, act="identity.proven", user=user, outcome=outcome, facts={"by": means})
    if is_right and means == "password":
        request.session[_PASSWORD] = utc_now().timestamp()
    elif is_right:
        stamp(request)
    return is_right


def _is_right(request: HttpRequest, user: User, means: Means, proof: str) -> bool:
    if means == "passkey":
        return passkeys.check(request=request, user=user, credential=proof)
    if means == "password":
        return not factors.factors_of(user).any and user.check_password(proof)
    code = "".join(proof.split()).lower()
    return factors.check_recovery_code(user, code) if "-" in code else factors.check_totp(user, code)


def step_up(*, back: str = "") -> Callable[[View], View]:
    """A view that needs a fresh proof; leads there and back.

    What was typed into a form comes back as `request.typed`; `back` names the page to return to where the view itself
    takes no GET. Scripts are refused with `StepUpRequired`.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if is_stepped_up(request):
                request.typed = _typed_before(request)  # type: ignore[attr-defined]
                return view(request, *args, **kwargs)
            if wants_json(request):
                raise StepUpRequired
            if request.method == "POST" and not back:
                request.session[_FORM] = {"path": request.path, "form": request.POST.urlencode()}
            return to_step_up(reverse(back) if back else request.get_full_path())

        guarded.needs_step_up = True  # type: ignore[attr-defined]
        return guarded

    return decorate


def to_step_up(target: str) -> HttpResponseRedirect:
    """To the page that asks for the proof, and from there to `target`."""
    return HttpResponseRedirect(f"{reverse('accounts:step_up')}?{urlencode({'next': target})}")


def _typed_before(request: HttpRequest) -> QueryDict | None:
    kept = request.session.get(_FORM)
    if request.method != "GET" or kept is None or kept["path"] != request.path:
        return None
    del request.session[_FORM]
    return QueryDict(kept["form"])


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form begins with: what is posted now, or what was typed before the step-up."""
    return request.POST if request.method == "POST" else getattr(request, "typed", None)
