"""Databases, secrets and flags from the environment; bad ones are one clear error."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from nangmai.web import environment
from nangmai.web.environment import EnvironmentInvalid


def test_sqlite_is_the_default_and_lies_in_the_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NANGMAI_DATABASE_URL", raising=False)
    settings = environment.database(tmp_path)
    assert settings["NAME"] == str(tmp_path / "nangmai.sqlite3")
    assert settings["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in settings["OPTIONS"]["init_command"]


def test_postgresql_by_one_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_DATABASE_URL", "postgresql://nang:m%40i@db.example:5433/school")
    settings = environment.database(tmp_path)
    assert settings["ENGINE"].endswith("postgresql")
    wanted = ("school", "nang", "m@i", "db.example", 5433)
    assert tuple(settings[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")) == wanted


def test_postgresql_through_a_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_DATABASE_URL", "postgresql://nang@/school?host=/run/postgresql&sslmode=disable")
    settings = environment.database(tmp_path)
    assert (settings["NAME"], settings["USER"], settings["HOST"]) == ("school", "nang", "/run/postgresql")
    assert settings["OPTIONS"] == {"sslmode": "disable"}


def test_a_port_that_is_none_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_DATABASE_URL", "postgresql://db:many/school")
    with pytest.raises(EnvironmentInvalid, match="NANGMAI_DATABASE_URL"):
        environment.database(tmp_path)


def test_an_unknown_database_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_DATABASE_URL", "mysql://x/y")
    with pytest.raises(EnvironmentInvalid, match="sqlite:/// or postgresql://"):
        environment.database(tmp_path)


def test_a_secret_may_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret"
    path.write_text("hush\n", encoding="utf-8")
    monkeypatch.setenv("X_FILE", str(path))
    assert environment.text("X") == "hush"
    monkeypatch.setenv("X_FILE", str(tmp_path / "missing"))
    with pytest.raises(EnvironmentInvalid, match="X_FILE"):
        environment.text("X")


def test_the_session_key_is_made_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NANGMAI_SECRET_KEY", raising=False)
    first = environment.secret_key(tmp_path / "data")
    assert len(first) >= 48
    assert environment.secret_key(tmp_path / "data") == first
    assert (tmp_path / "data/secret.key").stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path / "data") == ["secret.key"]


def test_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("X", raising=False)
    assert environment.number("X", 25) == 25
    monkeypatch.setenv("X", "587")
    assert environment.number("X", 25) == 587
    monkeypatch.setenv("X", "many")
    with pytest.raises(EnvironmentInvalid, match="X"):
        environment.number("X", 25)


@pytest.mark.parametrize(("text", "value"), [("1", True), ("yes", True), ("", False), ("off", False)])
def test_flags(monkeypatch: pytest.MonkeyPatch, text: str, value: bool) -> None:
    monkeypatch.setenv("X", text)
    assert environment.flag("X") is value


def test_a_flag_that_is_neither_yes_nor_no(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("X", "maybe")
    with pytest.raises(EnvironmentInvalid, match="neither yes nor no"):
        environment.flag("X")
