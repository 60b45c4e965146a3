"""What is registered is run, and one that fails does not stop the others."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command

from nangmai.web.clockwork import services


@pytest.fixture(autouse=True)
def _no_other_turns(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(services, "_turns", {})
    monkeypatch.setattr(services, "LOOKED_AT_EVERY_S", 0.001)
    monkeypatch.setattr(services, "close_old_connections", lambda: None)
    return


def fail() -> None:
    raise ZeroDivisionError


def test_a_turn_that_fails_is_told_and_the_next_is_run(caplog: pytest.LogCaptureFixture) -> None:
    ran: list[str] = []
    services.register("first", 60, fail)
    services.register("second", 60, lambda: ran.append("second"))
    assert services.run_turns(services.turns()) == ["first"]
    assert ran == ["second"]
    assert "first failed" in caplog.text


def test_the_thread_runs_a_turn_again_and_again_and_ends_when_told() -> None:
    often = threading.Semaphore(0)
    services.register("often", 0, often.release)
    clockwork = services.Clockwork()
    clockwork.start()
    assert all(often.acquire(timeout=60) for _ in range(3))
    clockwork.stop()
    clockwork.join(60)
    assert not clockwork.is_alive()


def test_a_turn_waits_until_it_is_due() -> None:
    often, seldom = threading.Semaphore(0), []
    services.register("seldom", 3600, lambda: seldom.append(1))
    services.register("often", 0, often.release)
    clockwork = services.Clockwork()
    clockwork.start()
    assert all(often.acquire(timeout=60) for _ in range(5))
    clockwork.stop()
    clockwork.join(60)
    assert seldom == [1]


def test_the_command_runs_what_is_named() -> None:
    ran: list[str] = []
    services.register("first", 60, lambda: ran.append("first"))
    services.register("second", 60, lambda: ran.append("second"))
    call_command("tick", "second")
    assert ran == ["second"]
    call_command("tick")
    assert ran == ["second", "first", "second"]


def test_the_command_names_what_is_unknown_and_what_failed() -> None:
    services.register("first", 60, fail)
    with pytest.raises(CommandError, match="nonsense"):
        call_command("tick", "nonsense")
    with pytest.raises(CommandError, match="first"):
        call_command("tick")
