"""The ingest benchmark: recorder, one ffmpeg per camera and the C floor on the same streams, one after the other.

For each side: start it, wait until every camera is received, let it settle, meter a window, then silence the cameras,
stop the side, and count its pictures on disk against what the simulator sent, by the stamps in the pictures.
"""

from __future__ import annotations

import dataclasses
import json
import os
import platform
import selectors
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from nangmai.base.errors import Error, Kind
from nangmai.simulator.bench.count import Tally, compare
from nangmai.simulator.bench.meter import Usage, measure
from nangmai.simulator.bench.sides import FfmpegSide, FloorSide, RecorderSide, Side, SideFailed, compile_floor
from nangmai.simulator.session import Counts

SIDES = ("recorder", "ffmpeg", "floor")
_CLIP_TIMEOUT_S = 300.0
_START_TIMEOUT_S = 90.0
_SETTLE_S = 5.0
_DRAIN_S = 2.0


class BenchUnable(Error):
    """The benchmark cannot run: {reason}."""

    kind: ClassVar[Kind] = Kind.PRECONDITION


@dataclass(frozen=True)
class Load:
    """What is received, and for how long."""

    cameras: int = 32
    codec: str = "h265"
    megabits: float = 8.0
    size: str = "3840x2160"
    fps: int = 25
    seconds: float = 30.0
    flush_seconds: float = 2.0


class CameraBank:
    """A simulator process and its control."""

    def __init__(self, process: subprocess.Popen[bytes], urls: dict[str, str], control: str) -> None:
        self.pid = process.pid
        self.urls = urls
        self._control = control

    def cameras(self) -> list[dict[str, Any]]:
        """The state of every camera."""
        cameras: list[dict[str, Any]] = json.loads(self._ask("GET", "/cameras"))
        return cameras

    def silence(self) -> None:
        """No camera sends any more; connections stay."""
        self._ask("POST", "/cameras/*/faults", {"fault": "stall"})

    def hang_up(self) -> None:
        """All cameras close their connections."""
        self._ask("POST", "/cameras/*/faults", {"fault": "kill", "reset": False})

    def resume(self) -> None:
        """All cameras send again."""
        self._ask("DELETE", "/cameras/*/faults")

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self._control + path, data, method=method)  # noqa: S310 our own address
        try:
            with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
                answer: bytes = reply.read()
        except OSError as error:
            raise BenchUnable(reason=f"the simulator does not answer ({error})") from error
        return answer


@contextmanager
def camera_bank(load: Load) -> Iterator[CameraBank]:
    """Start a simulator for the load; the first time it encodes its clip."""
    command = [sys.executable, "-m", "nangmai", "simulator", "--json", "--port", "0", "--control", "127.0.0.1:0"]
    command += ["--cameras", str(load.cameras), "--codec", load.codec, "--size", load.size, "--fps", str(load.fps)]
    command += ["--megabits", f"{load.megabits:g}", "--seconds", "4", "--gop", "2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        try:
            told = _first_json(process, _CLIP_TIMEOUT_S)
            yield CameraBank(process, told["cameras"], told["control"])
        finally:
            process.send_signal(signal.SIGTERM)


def _first_json(process: subprocess.Popen[bytes], timeout_s: float) -> dict[str, Any]:
    assert process.stdout is not None
    text = b""
    deadline = time.monotonic() + timeout_s
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        while time.monotonic() < deadline:
            if not selector.select(1.0):
                continue
            chunk = os.read(process.stdout.fileno(), 1 << 16)
            text += chunk
            try:
                told: dict[str, Any] = json.loads(text)
            except json.JSONDecodeError:
                if not chunk:
                    break
                continue
            return told
    raise BenchUnable(reason="the simulator did not start")


def run_ingest(
    load: Load, *, sides: tuple[str, ...] = SIDES, rounds: int = 1, folder: Path | None = None,
    say: Callable[[str], None] = lambda line: None,
) -> dict[str, Any]:  # fmt: skip
    """Run the whole benchmark; the result is the report of `nangmai bench ingest --json`."""
    with tempfile.TemporaryDirectory(prefix="nangmai-bench-", dir=folder) as name:
        place = Path(name)
        _check_space(load, place)
        say("preparing the cameras (the first time their clip is encoded)")
        began = time.monotonic()
        with camera_bank(load) as bank:
            say(f"{load.cameras} cameras ready after {time.monotonic() - began:.0f} s")
            runs: dict[str, list[dict[str, Any]]] = {}
            for _ in range(rounds):
                for side in _chosen(sides, load, place):
                    say(f"{side.name}: {load.seconds:g} s")
                    runs.setdefault(side.name, []).append(_run_side(side, load, bank, place / f"{side.name}-files"))
            clip = bank.cameras()[0]
    return _report(load, clip, runs)


def _check_space(load: Load, place: Path) -> None:
    needed = load.cameras * load.megabits * 1e6 / 8 * (load.seconds + 40)
    free = shutil.disk_usage(place).free
    if free < needed * 1.2:
        raise BenchUnable(reason=f"{place} has {free / 1e9:.1f} GB free, {needed * 1.2 / 1e9:.1f} GB are needed")


def _chosen(names: tuple[str, ...], load: Load, place: Path) -> Iterator[Side]:
    """The sides that this machine can run, in the order asked for."""
    for name in names:
        if name == "recorder":
            yield RecorderSide(load.flush_seconds)
        elif name == "ffmpeg" and shutil.which("ffmpeg"):
            yield FfmpegSide()
        elif name == "floor" and (program := compile_floor(place)) is not None:
            yield FloorSide(program)


def _run_side(side: Side, load: Load, bank: CameraBank, folder: Path) -> dict[str, Any]:
    earlier = {camera["id"]: len(camera["sessions"]) for camera in bank.cameras()}
    side.start(bank.urls, folder)
    try:
        _wait_for_all(side, bank, earlier)
        time.sleep(_SETTLE_S)
        usage = measure(side.pids(), bank.pid, load.seconds)
        side.pids()
        bank.silence()
        time.sleep(_DRAIN_S)
        if side.ends_with_cameras:
            bank.hang_up()
    finally:
        side.stop()
    cameras = bank.cameras()
    bank.resume()
    tally = Tally()
    for camera in cameras:
        sent = [Counts(**counts) for counts in camera["sessions"][earlier[camera["id"]] :]]
        tally.add(compare(sent, side.counters(camera["id"])))
    shutil.rmtree(folder, ignore_errors=True)
    return _run_report(load, usage, tally, max(camera["late_us"] for camera in cameras))


def _wait_for_all(side: Side, bank: CameraBank, earlier: dict[str, int]) -> None:
    deadline = time.monotonic() + _START_TIMEOUT_S
    while True:
        side.pids()
        new = {camera["id"]: camera["sessions"][earlier[camera["id"]] :] for camera in bank.cameras()}
        missing = [camera for camera, sessions in new.items() if not any(one["pictures"] for one in sessions)]
        if not missing:
            return
        if time.monotonic() > deadline:
            raise SideFailed(side=side.name, reason=f"it does not receive {missing[0]}; {side.last_words()}")
        time.sleep(0.5)


def _run_report(load: Load, usage: Usage, tally: Tally, late_us: int) -> dict[str, Any]:
    return {
        "cpu_percent": round(usage.cpu_percent, 2),
        "cpu_percent_per_camera": round(usage.cpu_percent / load.cameras, 4),
        "unique_mb": round(usage.unique_mb, 1),
        "pictures_sent": tally.sent,
        "pictures_on_disk": tally.on_disk,
        "lost": tally.lost,
        "lost_at_end": tally.lost_at_end,
        "held_back": tally.held_back,
        "duplicated": tally.duplicated,
        "disordered": tally.disordered,
        "simulator_cpu_percent": round(usage.simulator_cpu_percent, 2),
        "simulator_late_ms": round(late_us / 1000, 1),
        "others_cpu_percent": round(usage.others_cpu_percent, 2),
    }


def _report(load: Load, clip: dict[str, Any], runs: dict[str, list[dict[str, Any]]]) -> dict[str, Any]:
    sides = {name: {**_mean(results), "runs": results} for name, results in runs.items()}
    return {
        "benchmark": "ingest",
        **dataclasses.asdict(load),
        "measured_megabits": round(clip["bitrate_bps"] / 1e6, 2),
        "machine": {"cores": os.cpu_count(), "python": platform.python_version(), "kernel": platform.release()},
        "sides": sides,
        "ratios": _ratios(sides),
    }


def _mean(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Costs are averaged over the rounds, pictures summed, lateness the worst."""
    summed = [field.name for field in dataclasses.fields(Tally)] + ["pictures_sent", "pictures_on_disk"]
    mean = {}
    for key in results[0]:
        values = [result[key] for result in results]
        if key == "simulator_late_ms":
            mean[key] = max(values)
        else:
            mean[key] = sum(values) if key in summed else round(sum(values) / len(values), 4)
    return mean


def _ratios(sides: dict[str, dict[str, Any]]) -> dict[str, float]:
    """The recorder's cost over that of the others."""
    ratios = {}
    recorder = sides.get("recorder")
    for other in ("ffmpeg", "floor"):
        if recorder is None or other not in sides:
            continue
        for key, name in (("cpu_percent", "cpu"), ("unique_mb", "memory")):
            if sides[other][key] and (other, name) != ("floor", "memory"):
                ratios[f"{name}_recorder_to_{other}"] = round(recorder[key] / sides[other][key], 3)
    return ratios
