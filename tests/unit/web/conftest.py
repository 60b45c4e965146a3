"""Django for the tests of the web plane: a database in memory, made once, each test in a transaction of its own."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_FOLDER = tempfile.TemporaryDirectory(prefix="nangmai-web-", ignore_cleanup_errors=True)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nangmai.web.settings")
os.environ["NANGMAI_DATA_DIR"] = _FOLDER.name
os.environ["NANGMAI_HOSTS"] = "testserver localhost 127.0.0.1"

import django  # noqa: E402
from django.conf import settings  # noqa: E402

settings.LOGGING_CONFIG = None  # the log of the other tests of this process stays as it is
django.setup()

from django.db import connections  # noqa: E402
from django.test import Client, TestCase  # noqa: E402
from django.test.utils import setup_test_environment, teardown_test_environment  # noqa: E402

from nangmai.web.accounts.models import User  # noqa: E402
from nangmai.web.people.services import assign_by_command  # noqa: E402
from nangmai.web.regulation import facts  # noqa: E402
from nangmai.web.regulation.services import acknowledge  # noqa: E402
from unit.web.regulations import SHIPPED, put_in_force  # noqa: E402
from unit.web.roles import Role  # noqa: E402

PASSWORD = "a password of a test"


@pytest.fixture(scope="session", autouse=True)
def _database() -> Iterator[None]:
    """Made by the migrations, so that they are tested too. Fast hashes: argon2 has a test of its own."""
    setup_test_environment()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]
    connections["default"].settings_dict["TEST"]["NAME"] = _a_name_of_its_own()
    creation = connections["default"].creation
    name = creation.create_test_db(verbosity=0)
    put_in_force(SHIPPED)
    yield
    creation.destroy_test_db(name, verbosity=0)
    for connection in connections.all():
        connection.close()
    teardown_test_environment()


def _a_name_of_its_own() -> str | None:
    """Processes that share a PostgreSQL have a database each; SQLite's is in the memory of its process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    return f"test_{worker}" if worker and connections["default"].vendor == "postgresql" else None


@pytest.fixture(autouse=True)
def _transaction(_database: None) -> Iterator[None]:
    """What a test writes is gone after it."""

    class Case(TestCase):
        def runTest(self) -> None:
            """Nothing: only the transaction is wanted."""

    Case.setUpClass()
    case = Case()
    case._pre_setup()
    yield
    case._post_teardown()
    Case.tearDownClass()
    case.doClassCleanups()


@pytest.fixture(autouse=True)
def _everybody_is_on_shift(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever is assigned to the watch is on it; tests of shifts say otherwise."""
    monkeypatch.setitem(facts._facts, "on_shift", lambda moment: True)


@pytest.fixture
def make_user() -> Callable[..., User]:
    """An account with an assignment to a role (empty: none); the name follows from the role."""

    def make(role: str = Role.PRINCIPAL, username: str = "") -> User:
        name = username or str(role)
        user = User.objects.create_user(name, password=PASSWORD, display_name=str(role) or name)
        if role:
            assign_by_command(person=user, role=str(role))
            acknowledge(person=user)
        return user

    return make


@pytest.fixture
def sign_in(make_user: Callable[..., User]) -> Callable[..., Client]:
    """A browser signed in as a new person of the role, through the page."""

    def signed(role: str = Role.PRINCIPAL, username: str = "") -> Client:
        user = make_user(role, username)
        client = Client()
        answer = client.post("/account/sign-in", {"username": user.username, "password": PASSWORD})
        assert answer.status_code == 302
        session = client.session
        session["purpose"] = ["P1", int(time.time())]
        session.save()
        return client

    return signed


@pytest.fixture
def data_folder() -> Path:
    """Where this run's keys lie."""
    return Path(_FOLDER.name)
