"""Processes that write at the same time make one chain, on the database these tests run with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture
def fresh_database() -> Iterator[dict[str, str]]:
    """The environment of an empty database: a file of its own, or one more beside that of the tests."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("NANGMAI_")}
    if connection.vendor != "postgresql":
        yield environment
        return
    import psycopg

    url = os.environ["NANGMAI_DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("CREATE DATABASE many_writers")
        try:
            yield environment | {"NANGMAI_DATABASE_URL": urlsplit(url)._replace(path="/many_writers").geturl()}
        finally:
            server.execute("DROP DATABASE many_writers WITH (FORCE)")


def test_four_processes_make_one_chain_without_a_fork_and_without_a_loss(fresh_database: dict[str, str]) -> None:
    command = [sys.executable, "-m", "bench.ledger", "--processes", "4", "--each", "50"]
    done = subprocess.run(
        [*command, "--database", "postgresql" if connection.vendor == "postgresql" else "sqlite"],
        cwd=ROOT,
        env=fresh_database,
        stdout=subprocess.PIPE,
        check=True,
    )
    result = json.loads(done.stdout)
    assert result["database"] == connection.vendor
    assert (result["entries"], result["lost"], result["forks"], result["verified"]) == (200, 0, 0, True)
    assert result["holds"]
