"""Those who receive: the recorder, one ffmpeg per camera, and the C floor. Started, stopped and read back alike."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar, Protocol

from nangmai.base.errors import Error, Kind
from nangmai.simulator.bench.count import counters_in
from nangmai.simulator.stamp import stamps

_STOP_TIMEOUT_S = 60
_HANG_UP_TIMEOUT_S = 15


class SideFailed(Error):
    """The side {side} of the benchmark failed: {reason}."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


class Side(Protocol):
    """One receiver of all cameras' streams."""

    name: str
    ends_with_cameras: bool  #: whether it has to be ended by cameras that hang up

    def start(self, urls: dict[str, str], folder: Path) -> None:
        """Begin to receive into the folder."""

    def pids(self) -> list[int]:
        """Its processes; descendants are found by themselves."""

    def last_words(self) -> str:
        """The last line it logged."""

    def stop(self) -> None:
        """End in order, so that files are complete."""

    def counters(self, camera: str) -> list[int]:
        """The pictures of a camera on disk."""


class _Processes:
    """Starting and stopping child processes, their last words kept."""

    name = ""
    ends_with_cameras = False

    def __init__(self) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        self._log = Path()

    def _spawn(self, command: list[str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._log = folder / "log.txt"
        with self._log.open("ab") as log:
            self._children.append(subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def pids(self) -> list[int]:
        for child in self._children:
            if child.poll() not in (None, 0):
                raise SideFailed(side=self.name, reason=self.last_words() or f"status {child.returncode}")
        return [child.pid for child in self._children]

    def last_words(self) -> str:
        lines = self._log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def stop(self) -> None:
        for child in self._children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        for child in self._children:
            try:
                child.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
        self._children.clear()


class RecorderSide(_Processes):
    """`nangmai recorder` with everything on: hashes, index, durability."""

    name = "recorder"

    def __init__(self, flush_seconds: float) -> None:
        super().__init__()
        self._flush_seconds = flush_seconds
        self._archive = Path()

    def start(self, urls: dict[str, str], folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._archive = folder / "archive"
        config = folder / "recorder.toml"
        config.write_text(self._config(urls), encoding="utf-8")
        self._spawn([sys.executable, "-m", "nangmai", "recorder", "--config", str(config)], folder)

    def _config(self, urls: dict[str, str]) -> str:
        lines = ["[recorder]", 'name = "bench"', f'archive = ["{self._archive}"]']
        lines += [f'listen = "127.0.0.1:{_free_port()}"', f"flush_seconds = {self._flush_seconds:g}"]
        lines += ["[retention]", "min_days = 1", "max_days = 2"]
        for camera, url in urls.items():
            lines += ["[[camera]]", f'id = "{camera}"', f'name = "{camera}"', f'main = "{url}"', "audio = false"]
        return "\n".join(lines) + "\n"

    def counters(self, camera: str) -> list[int]:
        return counters_in(sorted(self._archive.glob(f"{camera}.main/*/*.mp4"), key=lambda path: path.name))


class FfmpegSide(_Processes):
    """One `ffmpeg -c copy -f segment` per camera, as recorders built around it do."""

    name = "ffmpeg"
    ends_with_cameras = True

    def __init__(self) -> None:
        super().__init__()
        self._folder = Path()

    def start(self, urls: dict[str, str], folder: Path) -> None:
        self._folder = folder
        program = shutil.which("ffmpeg") or "ffmpeg"
        for camera, url in urls.items():
            command = [program, "-nostdin", "-hide_banner", "-loglevel", "error", "-rtsp_transport", "tcp", "-i", url]
            command += ["-an", "-c", "copy", "-f", "segment", "-segment_time", "60", "-segment_format", "mp4"]
            self._spawn([*command, "-reset_timestamps", "1", str(folder / f"{camera}-%05d.mp4")], folder)

    def stop(self) -> None:
        """It finishes its file when its camera hangs up; a signal would not wake it from reading a silent one."""
        deadline = time.monotonic() + _HANG_UP_TIMEOUT_S
        while time.monotonic() < deadline and any(child.poll() is None for child in self._children):
            time.sleep(0.05)
        super().stop()

    def counters(self, camera: str) -> list[int]:
        return counters_in(sorted(self._folder.glob(f"{camera}-*.mp4")))


class FloorSide(_Processes):
    """The C loop that copies sockets to files: the goal."""

    name = "floor"

    def __init__(self, program: Path) -> None:
        super().__init__()
        self._program = program
        self._files: dict[str, Path] = {}

    def start(self, urls: dict[str, str], folder: Path) -> None:
        self._files = {camera: folder / f"{number:04d}.rtp" for number, camera in enumerate(urls)}
        self._spawn([str(self._program), str(folder), *urls.values()], folder)

    def counters(self, camera: str) -> list[int]:
        return [stamp.counter for stamp in stamps(self._files[camera].read_bytes())]


def compile_floor(folder: Path) -> Path | None:
    """The floor's program, or None on a machine that cannot compile it."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        return None
    program = folder / "floor"
    source = Path(__file__).with_name("floor.c")
    made = subprocess.run([compiler, "-O2", "-o", str(program), str(source)], capture_output=True)
    return program if made.returncode == 0 else None


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port
