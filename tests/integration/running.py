"""The command in a process of its own, with all its children, and nothing left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

WAIT_S = 120


def free_port() -> int:
    """A port nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Running:
    """A started command; what it prints is read all the time."""

    def __init__(self, *arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "nangmai", *arguments],
            cwd=cwd,
            env={key: value for key, value in os.environ.items() if not key.startswith("NANGMAI_")}
            | (environment or {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        """Everything printed so far."""
        return "\n".join(self.lines)

    def wait_for(self, text: str) -> str:
        """The first line that holds `text`, as soon as it is printed."""
        deadline = time.monotonic() + WAIT_S
        while time.monotonic() < deadline:
            for line in self.lines:
                if text in line:
                    return line
            if self.process.poll() is not None:
                self._reader.join(5)
                if text not in self.output:
                    raise AssertionError(f"ended with {self.process.returncode} before {text!r}:\n{self.output}")
            time.sleep(0.05)
        raise AssertionError(f"{text!r} was not printed:\n{self.output}")

    def children(self) -> dict[str, int]:
        """Subcommand -> process id of the direct children."""
        found = {}
        for folder in Path("/proc").iterdir():
            if folder.name.isdigit():
                with contextlib.suppress(OSError):
                    parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                    words = (folder / "cmdline").read_bytes().decode().split("\0")
                    if parent == self.process.pid and "nangmai" in words:
                        found[words[words.index("nangmai") + 1]] = int(folder.name)
        return found

    def stop(self, number: int = signal.SIGINT) -> int:
        """Ask it to end, as Ctrl-C does; its exit code."""
        self.process.send_signal(number)
        code = self.process.wait(60)
        self._reader.join(10)
        return code


@contextlib.contextmanager
def running(*arguments: str, cwd: Path, environment: dict[str, str] | None = None) -> Iterator[Running]:
    """The command until the block ends, whatever happens in it."""
    command = Running(*arguments, cwd=cwd, environment=environment)
    try:
        yield command
    finally:
        if command.process.poll() is None:
            try:
                command.stop(signal.SIGTERM)
            except subprocess.TimeoutExpired:
                command.process.kill()
                command.process.wait()
        assert command.process.stdout is not None
        command._reader.join(10)
        command.process.stdout.close()
