"""A short past of the demonstration school: the services as they are, under a clock that was put back."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from nangmai.web.demonstration.history import NotFresh, live_through

DAYS = 4
DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("history")


@pytest.fixture(scope="module")
def lived(folder: Path) -> Any:
    """In a process of its own: the database of these tests has a regulation in force already."""
    command = [sys.executable, str(Path(__file__).with_name("lived.py")), str(DAYS), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_every_day_is_lived_through_and_told_of(lived: Any) -> None:
    assert lived["told"] == [[number, DAYS] for number in range(DAYS + 1)]
    assert lived["days"] == DAYS + 1


def test_the_ledger_goes_forward_from_the_first_day_until_now(lived: Any) -> None:
    first_us, last_us = lived["span_us"]
    assert lived["is_monotone"]
    assert (DAYS - 1) * DAY_US < last_us - first_us <= (DAYS + 1) * DAY_US
    assert last_us <= time.time_ns() // 1000


def test_the_ledger_verifies_offline_and_says_what_the_database_says(lived: Any, folder: Path) -> None:
    command = [sys.executable, "-m", "nangmai", "verify", "ledger", str(folder / "export.zip")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert lived["differences"] == []
    assert lived["checkpoints"] > DAYS * 4


def test_the_watch_was_kept_and_somebody_is_on_it(lived: Any) -> None:
    assert lived["acts"]["shift.handed_over done"] >= 2 * (DAYS - 1)
    assert lived["on_watch"] == 1
    assert lived["acts"]["footage.viewed done"] > 0
    assert lived["acts"]["presence.confirmed done"] > DAYS * 40


def test_the_school_stands_with_its_78_cameras_on_three_recorders(lived: Any) -> None:
    assert lived["cameras"] == {"nvr-1": 32, "nvr-2": 32, "nvr-3": 14}
    assert lived["placed"] == 78


def test_the_states_of_the_days_are_what_such_a_school_has(lived: Any) -> None:
    assert lived["states"]["Đ1.1"] == ["kept"] * (DAYS + 1)  # the board has signed every assignment
    assert "broken" not in lived["states"]["Đ7.1"]
    assert lived["states"]["Đ5.2"][1:] == ["kept"] * DAYS  # recorders report, and hold what the text asks for


def test_it_is_refused_where_something_has_happened_already(lived: Any) -> None:
    assert lived["again"] == "not_fresh"
    with pytest.raises(NotFresh):
        live_through(1)
