"""The door to decisions for apps that lie below the one that decides.

Which module answers is a setting (`AUTHORITY`), so that nobody imports upwards. What it answers is its own business;
nobody else asks for a role by name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import Promise

if TYPE_CHECKING:
    from nangmai.web.accounts.models import User


class RoleTitle(NamedTuple):
    """A role of the regulation as pages name it."""

    id: str
    title: Promise | str
    duty: Promise | str = ""


class AreaTitle(NamedTuple):
    """An area as lists and registers name it."""

    id: str
    label: str  #: set in as deep as it lies
    path: str


class Basis(NamedTuple):
    """What a permitted act rests on: the actor's assignment, the clauses, the version of the regulation."""

    assignment: str = ""
    clauses: tuple[str, ...] = ()
    version: str = ""


class Authority(Protocol):
    """What the deciding module offers."""

    def require(self, user: User, act: str, *, thing: str = "", is_stepped_up: bool = False) -> Basis:
        """Raise an `Error` with the clause unless the person may do the act now."""

    def may_do(self, user: User, act: str) -> bool:
        """Whether a page should offer the act to this person."""

    def roles(self) -> Sequence[RoleTitle]:
        """The roles that can be assigned."""

    def areas(self) -> Sequence[AreaTitle]:
        """The areas an assignment can be for, in the order of their tree."""

    def roles_with(self, act: str) -> frozenset[str]:
        """The roles that some clause lets do the act."""


def authority() -> Authority:
    """The module that decides."""
    return cast(Authority, import_module(settings.AUTHORITY))


def role_title(role: str) -> str:
    """The role's name in the language in force; one that the regulation no longer names stands for itself."""
    return next((str(known.title) for known in authority().roles() if known.id == role), role)


View = Callable[..., HttpResponseBase]


def requires_act(act: str) -> Callable[[View], View]:
    """A view for people who may do the act."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            authority().require(cast("User", request.user), act, is_stepped_up=True)
            return view(request, *args, **kwargs)

        guarded.access = f"act:{act}"  # type: ignore[attr-defined]
        return guarded

    return decorate
