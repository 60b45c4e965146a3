"""Who may see which footage: one table from role to rights, each with the clause that grants it; all else is refused.

Only the question "may this person?". Whether it is possible now (camera known, period sensible) is asked in services.
"""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from django.db import models
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from nangmai.base.errors import Error, Kind
from nangmai.base.units import US_PER_S
from nangmai.web.accounts.models import User
from nangmai.web.accounts.roles import Role


class Right(models.TextChoices):
    """What can be done with footage; the first four are rights of tickets."""

    LIVE = "live", _("live view")
    REPLAY = "replay", _("instant replay")
    PLAYBACK = "playback", _("playback")
    EXPORT = "export", _("extraction")
    REGISTER = "register", _("register of views")


@dataclasses.dataclass(frozen=True, slots=True)
class Grant:
    """A right, the clause it rests on, and how far back it reaches (None: as far as there is footage)."""

    clause: str
    reach_us: int | None = None


#: instant replay reaches back this far; the text names no figure, the school chose this one
REPLAY_REACH_US = 30 * 60 * US_PER_S

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

    def __init__(self, right: Right, role: Role) -> None:
        clause, ask = WITHHELD[right]
        super().__init__(act=capfirst(str(right.label)), role=str(role.label), clause=clause)
        self.clause = clause
        self.ask = str(ask)


def grant(user: User, right: Right) -> Grant | None:
    """The grant this person's role has, if any clause gives one."""
    return GRANTS[Role(user.role)].get(right)


def require(user: User, right: Right) -> Grant:
    """The grant, or `Denied` with the clause that keeps it back."""
    granted = grant(user, right)
    if granted is None:
        raise Denied(right, Role(user.role))
    return granted


def may(user: User) -> dict[str, bool]:
    """The rights as pages and elements ask for them."""
    return {right.value: grant(user, right) is not None for right in Right}


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
