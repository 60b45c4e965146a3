"""The door to decisions for apps that lie below the one that decides.

Which module answers is a setting (`AUTHORITY`), so that nobody imports upwards. What it answers is its own business;
nobody else asks for a role by name.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, Protocol, TypeVar, cast

from django.conf import settings
from django.db import transaction
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


P = ParamSpec("P")
R = TypeVar("R")

#: what is to be written down after the act that runs, whether it stands or is undone; None: no act runs
_afterwards: ContextVar[list[Callable[[], object]] | None] = ContextVar("afterwards", default=None)


def one_act(service: Callable[P, R]) -> Callable[P, R]:
    """One transaction, as `transaction.atomic`, but a refusal in it stays in the ledger when the rest is undone."""

    @functools.wraps(service)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        if _afterwards.get() is not None:
            with transaction.atomic():
                return service(*args, **kwargs)
        waiting: list[Callable[[], object]] = []
        token = _afterwards.set(waiting)
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        finally:
            _afterwards.reset(token)
            for write in waiting:
                write()

    return acting


def keep(write: Callable[[], object]) -> None:
    """Write a refusal down: now, or after the act that it ends, whose transaction would take it along."""
    waiting = _afterwards.get()
    if waiting is None:
        write()
    else:
        waiting.append(write)


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
