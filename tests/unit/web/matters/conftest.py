"""A letterhead to report on, and people with names."""

from __future__ import annotations

import datetime
from collections.abc import Callable

import pytest

from nangmai.web.accounts.models import User
from nangmai.web.documents import services as documents
from unit.web.roles import Role


@pytest.fixture(autouse=True)
def letterhead() -> None:
    """In force for all days that tests use."""
    documents.set_letterhead(
        by=None,
        in_force_from=datetime.date(2020, 1, 1),
        governing_body="Ủy ban nhân dân quận Long Biên",
        institution="Trường Mầm non Nắng Mai",
        abbreviation="MNNM",
        place="Long Biên",
        public_address="https://camera.example.vn/",
    )


@pytest.fixture
def head(make_user: Callable[..., User]) -> User:
    """Who collects and reports."""
    return make_user(Role.HEAD_OF_SECURITY, "head")


@pytest.fixture
def principal(make_user: Callable[..., User]) -> User:
    """Who answers."""
    return make_user(Role.PRINCIPAL, "principal")


@pytest.fixture
def guard(make_user: Callable[..., User]) -> User:
    """Who files."""
    return make_user(Role.GUARD, "guard")
