"""A database from before assignments keeps its people's roles."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

ROWS = [(1, "hieutruong", "principal"), (2, "baove", "guard")]


def migrate(folder: Path, *target: str) -> None:
    environment = dict(os.environ) | {"NANGMAI_DATA_DIR": str(folder)}
    environment.pop("NANGMAI_DATABASE_URL", None)
    command = [sys.executable, "-m", "nangmai", "web", "manage", "migrate", "--verbosity", "0", *target]
    subprocess.run(command, env=environment, check=True, timeout=120)


def test_every_role_becomes_an_assignment_marked_as_taken_over(tmp_path: Path) -> None:
    migrate(tmp_path, "accounts", "0001")
    database = sqlite3.connect(tmp_path / "nangmai.sqlite3")
    insert = (
        "INSERT INTO accounts_user (id, password, username, display_name, role, is_active, must_change_password, "
        "created_at) VALUES (?, '', ?, 'Tên', ?, 1, 0, '2026-01-02 03:04:05')"
    )
    database.executemany(insert, ROWS)
    database.commit()
    database.close()
    migrate(tmp_path)
    database = sqlite3.connect(tmp_path / "nangmai.sqlite3")
    rows = database.execute(
        "SELECT person_id, role, origin, signed_by_id, from_at, until_at FROM people_assignment ORDER BY person_id"
    ).fetchall()
    columns = [column[1] for column in database.execute("PRAGMA table_info(accounts_user)")]
    database.close()
    moment = "2026-01-02 03:04:05"
    assert rows == [(1, "principal", "taken_over", None, moment, None), (2, "guard", "taken_over", None, moment, None)]
    assert "role" not in columns
