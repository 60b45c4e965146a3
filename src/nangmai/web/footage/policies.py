"""Who may see which footage: one table from role to rights, each with the clause that grants it; all else is refused.

Only the question "may this person?". Whether it is possible now (camera known, period sensible) is asked in services.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.web.accounts.models import User
from nangmai.web.people.queries import Holding, holdings


class Right(models.TextChoices):
    """What can be done with footage; the first four are rights of tickets."""

    LIVE = "live", _("live view")
    REPLAY = "replay", _("instant replay")
    PLAYBACK = "playback", _("playback")
    EXPORT = "export", _("extraction")
    REGISTER = "register", _("register of views")


#: how the regulation calls what a right is for; a delegation may be limited to some acts
ACTS = {
    Right.LIVE: "live.view",
    Right.REPLAY: "replay.view",
    Right.PLAYBACK: "playback.view",
    Right.EXPORT: "extraction.execute",
    Right.REGISTER: "views.read",
}


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """A right, the clause it rests on, and how far back it reaches (None: as far as there is footage)."""

    clause: str
    reach_us: int | None = None


#: instant replay reaches back this far; the text names no figure, the school chose this one
REPLAY_REACH_US = 30 * 60 * US_PER_S


class Role(models.TextChoices):
    """The roles of the regulation."""

    PRINCIPAL = "principal", _("Principal")
    VICE_PRINCIPAL = "vice_principal", _("Vice principal")
    HEAD_OF_SECURITY = "head_of_security", _("Head of security")
    GUARD = "guard", _("Guard")
    IT_OFFICER = "it_officer", _("IT officer")
    FINANCE = "finance", _("Finance and accounting")
    AREA_UNIT = "area_unit", _("Area unit")


_BOARD = {
    Right.LIVE: Grant("Đ4.1"),
    Right.REPLAY: Grant("Đ4.1", REPLAY_REACH_US),
    Right.PLAYBACK: Grant("Đ4.1"),
    Right.REGISTER: Grant("Đ4.1"),
}
_SECURITY = {Right.LIVE: Grant("Đ7.1"), Right.REPLAY: Grant("Đ7.1", REPLAY_REACH_US)}

GRANTS: Mapping[Role, Mapping[Right, Grant]] = {
    Role.PRINCIPAL: _BOARD,
    Role.VICE_PRINCIPAL: _BOARD,
    Role.HEAD_OF_SECURITY: _SECURITY,
    Role.GUARD: _SECURITY,
    Role.IT_OFFICER: {Right.LIVE: Grant("Đ8.2")},
    Role.FINANCE: {},
    Role.AREA_UNIT: {},
}

#: the clause that keeps a right from those whom no clause names, and whom to ask
WITHHELD: Mapping[Right, tuple[str, Promise | str]] = {
    Right.LIVE: ("Đ4.2", _("Ask the school board for permission, and say what for.")),
    Right.REPLAY: ("Đ4.2", _("Ask the school board for permission, and say what for.")),
    Right.PLAYBACK: ("Đ4.1", _("Ask the school board for a direction that names cameras, period and purpose.")),
    Right.EXPORT: ("Đ5", _("Ask the school board for an extraction order; the IT officer carries it out.")),
    Right.REGISTER: ("Đ4.1", _("Ask the school board. What you watched yourself stands on your own page.")),
}


class Denied(Error):
    """{act} is not among the duties of {role} ({clause})."""

    kind: ClassVar[Kind] = Kind.DENIED

    def __init__(self, act: str, held: Iterable[str], clause: str, ask: Promise | str) -> None:
        names = ", ".join(str(Role(role).label) for role in held if role in Role.values)
        super().__init__(act=capfirst(act), role=names or _("people without an assignment"), clause=clause)
        self.clause = clause
        self.ask = str(ask)


def roles_held(user: User) -> list[str]:
    """The roles the person holds now, each once."""
    return list(dict.fromkeys(holding.role for holding in holdings(user, timezone.now())))


def grant(user: User, right: Right) -> Grant | None:
    """The best grant of the roles this person holds now: the one that reaches farthest."""
    return _best(holdings(user, timezone.now()), right)


def _best(held: Iterable[Holding], right: Right) -> Grant | None:
    roles = [Role(one.role) for one in held if one.role in Role.values and (not one.acts or ACTS[right] in one.acts)]
    granted = [GRANTS[role][right] for role in roles if right in GRANTS[role]]
    return max(granted, key=lambda one: math.inf if one.reach_us is None else one.reach_us, default=None)


def require(user: User, right: Right) -> Grant:
    """The grant, or `Denied` with the clause that keeps it back."""
    granted = grant(user, right)
    if granted is None:
        clause, ask = WITHHELD[right]
        raise Denied(str(right.label), roles_held(user), clause, ask)
    return granted


def may(user: User) -> dict[str, bool]:
    """The rights as pages and elements ask for them."""
    held = holdings(user, timezone.now())
    return {right.value: _best(held, right) is not None for right in Right}


View = Callable[..., HttpResponseBase]


def requires(*rights: Right) -> Callable[[View], View]:
    """A view for people who hold at least one of `rights`; the first one is named in a refusal."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            user = request.user
            assert isinstance(user, User)  # LoginRequiredMiddleware came first
            if not any(grant(user, right) for right in rights):
                require(user, rights[0])
            return view(request, *args, **kwargs)

        guarded.access = rights  # type: ignore[attr-defined]
        return guarded

    return decorate
