"""Keeps the children of `nangmai up` and `nangmai demo` alive, and stops them in order.

One child never waits for another: each is started, watched and restarted by a task of its own. A child whose supervisor
is killed outright is told by the kernel and ends too, so that nothing holds a port or an archive behind anybody's back.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import dataclasses
import logging
import os
import signal
import sys
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from pathlib import Path
from typing import IO

log = logging.getLogger(__name__)

FIRST_WAIT_S = 1.0
LONGEST_WAIT_S = 30.0
STEADY_AFTER_S = 60.0
PROBE_EVERY_S = 0.1
_PR_SET_PDEATHSIG = 1


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A process to keep running."""

    name: str
    arguments: Sequence[str]  #: of `nangmai`
    environment: Mapping[str, str] = dataclasses.field(default_factory=dict)
    address: tuple[str, int] | None = None  #: it is ready when this can be connected to
    stop_turn: int = 0  #: lower ones are stopped first
    stop_s: float = 3.0  #: how long it may take to end in order
    log_file: Path | None = None  #: None: standard error of the supervisor


class Supervisor:
    """`start` children, `wait_ready`, and in the end `stop`."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._children: dict[str, Child] = {}
        self._processes: dict[str, asyncio.subprocess.Process] = {}
        self._is_stopping = False

    def start(self, child: Child) -> None:
        """Run the child from now on."""
        self._children[child.name] = child
        self._tasks[child.name] = asyncio.create_task(self._keep(child), name=child.name)

    async def wait_ready(self, *names: str) -> None:
        """Return as soon as every one of these answers."""
        await asyncio.gather(*(_reachable(self._children[name].address) for name in names))

    async def stop(self) -> None:
        """End the children, turn by turn; one that takes too long is killed."""
        self._is_stopping = True
        for turn in sorted({child.stop_turn for child in self._children.values()}):
            await asyncio.gather(*(self._end(child) for child in self._children.values() if child.stop_turn == turn))

    def kill(self) -> None:
        """End everything at once: the person lost patience."""
        self._is_stopping = True
        for process in self._processes.values():
            _signal(process, signal.SIGKILL)

    def process_id(self, name: str) -> int | None:
        """The process of a child just now."""
        process = self._processes.get(name)
        return process.pid if process is not None and process.returncode is None else None

    async def _keep(self, child: Child) -> None:
        wait_s = FIRST_WAIT_S
        while not self._is_over():
            started = time.monotonic()
            code = await self._run_once(child)
            if self._is_over():
                return
            if time.monotonic() - started > STEADY_AFTER_S:
                wait_s = FIRST_WAIT_S
            where = f" (see {child.log_file})" if child.log_file else ""
            self._tell(f"{child.name} ended with code {code}{where}; it is started again in {wait_s:.0f} s")
            await asyncio.sleep(wait_s)
            wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _is_over(self) -> bool:
        return self._is_stopping

    async def _run_once(self, child: Child) -> int:
        with contextlib.ExitStack() as files:
            errors: IO[bytes] | None = None
            if child.log_file is not None:
                child.log_file.parent.mkdir(parents=True, exist_ok=True)
                errors = files.enter_context(child.log_file.open("ab"))
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "nangmai",
                *child.arguments,
                env=os.environ | dict(child.environment),
                stdin=asyncio.subprocess.DEVNULL,
                stderr=errors,
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which stops the others in order
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
            self._processes[child.name] = process
            if self._is_stopping:
                _signal(process, signal.SIGTERM)
            return await process.wait()

    async def _end(self, child: Child) -> None:
        task = self._tasks[child.name]
        process = self._processes.get(child.name)
        if process is not None and process.returncode is None:
            _signal(process, signal.SIGTERM)
            try:
                async with asyncio.timeout(child.stop_s):
                    await process.wait()
            except TimeoutError:
                self._tell(f"{child.name} did not end within {child.stop_s:.0f} s and is killed")
                _signal(process, signal.SIGKILL)
                await process.wait()
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """prctl(2): SIGTERM when the supervisor is gone."""
    if _libc is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal(process: asyncio.subprocess.Process, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        process.send_signal(number)


async def _reachable(address: tuple[str, int] | None) -> None:
    while address is not None:
        try:
            _reader, writer = await asyncio.open_connection(*address)
        except OSError:
            await asyncio.sleep(PROBE_EVERY_S)
        else:
            writer.close()
            with contextlib.suppress(OSError):
                await writer.wait_closed()
            return


async def run_until_signal(supervisor: Supervisor, begin: Callable[[], Coroutine[None, None, None]]) -> None:
    """Begin, stay until SIGINT or SIGTERM, stop in order; a second signal kills."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()

    def on_signal() -> None:
        if stopped.is_set():
            supervisor.kill()
        stopped.set()

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, on_signal)
    beginning: asyncio.Task[object] = asyncio.create_task(begin())
    waiting: asyncio.Task[object] = asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait({beginning, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if beginning.done():
            beginning.result()
        await waiting
    finally:
        beginning.cancel()
        waiting.cancel()
        await asyncio.gather(beginning, waiting, return_exceptions=True)
        await supervisor.stop()
