"""The clock of the web plane: `register` in `AppConfig.ready`, and it is run in turn while web runs.

A turn looks whether something is due and does it; the database says what was done already. So it may come late, twice,
or in two processes at once, and a restart loses nothing. One that fails is logged and comes again.
"""

from __future__ import annotations

import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Iterable

from django.db import close_old_connections, connections

log = logging.getLogger(__name__)

LOOKED_AT_EVERY_S = 1.0


@dataclasses.dataclass(frozen=True, slots=True)
class Turn:
    """Something to look at every so many seconds."""

    name: str
    every_s: float
    run: Callable[[], object]


_turns: dict[str, Turn] = {}


def register(name: str, every_s: float, run: Callable[[], object]) -> None:
    """Have `run` called every so often; a second one of the same name takes its place."""
    _turns[name] = Turn(name, every_s, run)


def turns() -> tuple[Turn, ...]:
    """All that is registered."""
    return tuple(_turns.values())


def run_turns(chosen: Iterable[Turn]) -> list[str]:
    """Run each; the names of those that failed."""
    failed = []
    for turn in chosen:
        close_old_connections()
        try:
            turn.run()
        except Exception:
            log.exception("%s failed; it is tried again in %g s", turn.name, turn.every_s)
            failed.append(turn.name)
    return failed


class Clockwork(threading.Thread):
    """Runs every turn when its time has come, the first time at once."""

    def __init__(self) -> None:
        super().__init__(name="clockwork", daemon=True)
        self._stopped = threading.Event()
        self._due_s: dict[str, float] = {}

    def run(self) -> None:
        while not self._stopped.wait(LOOKED_AT_EVERY_S):
            now_s = time.monotonic()
            due = [turn for turn in turns() if self._due_s.get(turn.name, 0.0) <= now_s]
            run_turns(due)
            self._due_s.update({turn.name: now_s + turn.every_s for turn in due})
        connections.close_all()

    def stop(self) -> None:
        """End after the turn that runs just now."""
        self._stopped.set()
