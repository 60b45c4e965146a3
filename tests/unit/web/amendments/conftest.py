"""A school with people and a draft, made once a module: every test begins from it and leaves nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

import pytest
from django.db import connections, transaction
from django.test import Client

from nangmai.base.clock import SystemClock
from nangmai.base.units import US_PER_S
from nangmai.web.accounts.models import User
from nangmai.web.amendments import services
from nangmai.web.amendments.models import Amendment
from nangmai.web.documents.services import set_letterhead
from nangmai.web.people.services import assign_by_command
from nangmai.web.regulation.services import acknowledge
from unit.web.conftest import PASSWORD
from unit.web.roles import Role

AHEAD_US = 30 * US_PER_S


@pytest.fixture(scope="module", autouse=True)
def _school(_database: None) -> Iterator[None]:
    """The letterhead, who writes and who signs, and a draft without the term that has ended long ago."""
    with pytest.MonkeyPatch.context() as patch, transaction.atomic():
        # after each test Django closes the connection, and with it this transaction would be gone
        patch.setattr(connections["default"], "close", lambda: None)
        set_letterhead(
            by=None,
            in_force_from=date(2020, 1, 1),
            institution="Trường Mầm non Nắng Mai",
            abbreviation="MNNM",
            place="Long Biên",
            public_address="https://camera.example.vn/",
        )
        writer, _principal = (_person(role) for role in (Role.HEAD_OF_SECURITY, Role.PRINCIPAL))
        row = services.begin(by=writer, title="Longer kept", reason="Parents ask late.")
        services.change(
            amendment=row, by=writer, part="legal bases", edit=lambda draft: replace(draft, term_ends_on=None)
        )
        yield
        transaction.set_rollback(True)


def _person(role: Role) -> User:
    user = User.objects.create_user(str(role), password=PASSWORD, display_name=str(role))
    assign_by_command(person=user, role=str(role))
    acknowledge(person=user)
    return user


@pytest.fixture
def head() -> User:
    """Who drafts: the head of security."""
    return User.objects.get(username=Role.HEAD_OF_SECURITY)


@pytest.fixture
def board() -> User:
    """Who signs: the principal."""
    return User.objects.get(username=Role.PRINCIPAL)


@pytest.fixture
def writer(head: User) -> Client:
    """The browser of who drafts."""
    return _browser(head)


@pytest.fixture
def principal(board: User) -> Client:
    """The browser of who signs."""
    return _browser(board)


def _browser(user: User) -> Client:
    """Signed in, with pages in English."""
    client = Client()
    client.force_login(user)
    client.cookies["nangmai_language"] = "en"
    return client


@pytest.fixture
def amendment() -> Amendment:
    """The draft."""
    return Amendment.objects.select_related("base").get()


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The clock goes on to where a version that was just signed has begun."""
    true = SystemClock.wall_us
    return lambda: monkeypatch.setattr(SystemClock, "wall_us", lambda self: true(self) + AHEAD_US)
