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

from nangmai.base.errors import Error, Kind

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


class _Act:
    """An act that runs: what is to be written down after it, and the clauses that let the person do it."""

    def __init__(self) -> None:
        self.afterwards: list[Callable[[], object]] = []
        self.clauses: tuple[str, ...] = ()


_running: ContextVar[_Act | None] = ContextVar("act", default=None)


def one_act(service: Callable[P, R]) -> Callable[P, R]:
    """One transaction, as `transaction.atomic`, but a refusal in it stays in the ledger when the rest is undone.

    Where the act is the person's and the thing is not, the error names the clause of the act.
    """

    @functools.wraps(service)
    def acting(*args: P.args, **kwargs: P.kwargs) -> R:
        if _running.get() is not None:
            with transaction.atomic():
                return service(*args, **kwargs)
        act = _Act()
        token = _running.set(act)
        try:
            with transaction.atomic():
                return service(*args, **kwargs)
        except Error as error:
            if error.kind is Kind.DENIED and not hasattr(error, "clause"):
                error.clause = ", ".join(act.clauses)  # type: ignore[attr-defined]
            raise
        finally:
            _running.reset(token)
            for write in act.afterwards:
                write()

    return acting


def keep(write: Callable[[], object]) -> None:
    """Write a refusal down: now, or after the act that it ends, whose transaction would take it along."""
    act = _running.get()
    if act is None:
        write()
    else:
        act.afterwards.append(write)


def rests_on(clauses: tuple[str, ...]) -> None:
    """The act that runs is the person's, by these clauses."""
    act = _running.get()
    if act is not None:
        act.clauses = clauses


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
