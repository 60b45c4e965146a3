"""Memory and CPU of a recorder with 32 cameras while faults are injected all the time: do they stay flat?

Run: python -m bench.soak [--minutes 60] [--cameras 32]. Prints one line a minute, then the verdict.
"""

from __future__ import annotations

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

from nangmai.simulator import Camera, Recipe, running
from nangmai.simulator.bench.meter import cpu_seconds, unique_bytes

MIB = 1 << 20
WARM_UP_MINUTES = 5  #: caches fill, the first segments rotate
WARM_UP_SHARE = 5  #: or a fifth of the run: until then the faults have moved the cameras into their usual mix
MEMORY_GROWTH = 0.05  #: of the median of the first half, between the two halves
CPU_GROWTH = 0.25  #: other work on the machine shows in CPU time, so it gets more room
FAULT_EVERY_S = 1.0

#: fault -> how long it lasts at most
FAULTS: dict[str, float | None] = {
    "loss": 5, "duplicate": 5, "reorder": 5, "garbage": 3, "jitter": 10, "stall": 20, "half_open": 20, "kill": None,
    "clock_jump": None, "ntp_skew": 20, "ssrc_change": None, "switch": None, "refuse": 10, "stale_nonce": None,
    "reboot": 10, "hang": 10,
}  # fmt: skip


def run(quick: bool = False, minutes: float | None = None, cameras: int = 32) -> dict[str, Any]:
    """An hour, or nine minutes when it has to be quick."""
    minutes = minutes or (9 if quick else 60)
    small = Recipe(fps=15, seconds=4, gop_seconds=2, width=640, height=360)
    other = {"other": Recipe(codec="h265", fps=15, seconds=4, gop_seconds=2, width=640, height=360)}
    sources = [
        Camera(f"cam-{n:02d}", small, other=other, user="admin" if n % 4 == 0 else None, password="p")
        for n in range(cameras)
    ]
    with tempfile.TemporaryDirectory(prefix="soak-") as folder, running(sources) as simulator:
        config = _config(Path(folder), {camera.id: simulator.url(camera.id) for camera in sources})
        log = Path(folder) / "recorder.log"
        command = [sys.executable, "-m", "nangmai", "recorder", "--config", str(config)]
        with log.open("wb") as sink, subprocess.Popen(command, stderr=sink) as recorder:
            try:
                samples = _watch(recorder, simulator, [camera.id for camera in sources], minutes)
            finally:
                recorder.send_signal(signal.SIGTERM)
                exit_code = recorder.wait(60)
        check = [sys.executable, "-m", "nangmai", "check", "--json", "--archive", str(Path(folder) / "archive")]
        report = json.loads(subprocess.run(check, capture_output=True, text=True, check=False).stdout)
        tracebacks = log.read_text(encoding="utf-8").count("Traceback")
    claims = _verdict(samples)
    claims |= {
        "faults that `check` finds": _at_most(len(report["faults"]), 0),
        "tracebacks in the log": _at_most(tracebacks, 0),
        "exit code": _at_most(exit_code, 0),
    }
    return {
        "claims": claims,
        "minutes": minutes,
        "cameras": cameras,
        "samples": samples,
        "segments": report["segments"],
    }


def _config(folder: Path, urls: dict[str, str]) -> Path:
    path = folder / "nvr.toml"
    tables = "".join(f'[[camera]]\nid = "{name}"\nname = "{name}"\nmain = "{url}"\n' for name, url in urls.items())
    path.write_text(
        f'[recorder]\nname = "soak"\narchive = ["archive"]\nlisten = "127.0.0.1:0"\n{tables}', encoding="utf-8"
    )
    return path


def _watch(
    recorder: subprocess.Popen[bytes], simulator: Any, cameras: Sequence[str], minutes: float
) -> list[dict[str, float]]:
    """One sample a minute, a fault a second."""
    chance = random.Random(1)
    samples: list[dict[str, float]] = []
    pid = [recorder.pid]
    cpu_s, sampled = cpu_seconds(pid), time.monotonic()
    end = sampled + minutes * 60
    while time.monotonic() < end and recorder.poll() is None:
        _inject(simulator, chance, cameras)
        time.sleep(FAULT_EVERY_S)
        now = time.monotonic()
        if now - sampled >= 60:
            used_s = cpu_seconds(pid)
            sample = {
                "minute": len(samples) + 1,
                "unique_mib": round(unique_bytes(pid) / MIB, 1),
                "cpu_percent": round(100 * (used_s - cpu_s) / (now - sampled), 2),
            }
            print("minute {minute}: {unique_mib} MiB unique, {cpu_percent} % of a core".format(**sample), flush=True)
            samples.append(sample)
            cpu_s, sampled = used_s, now
    return samples


def _inject(simulator: Any, chance: random.Random, cameras: Sequence[str]) -> None:
    name = chance.choice(list(FAULTS))
    longest = FAULTS[name]
    seconds = None if longest is None else chance.uniform(0.5, longest)
    parameters: dict[str, object] = {}
    if name == "clock_jump":
        parameters["by_seconds"] = chance.uniform(-7200, 7200)
    elif name == "switch":
        parameters["clip"] = chance.choice(["main", "other"])
    simulator.fault(chance.choice(cameras), name, seconds=seconds, **parameters)


def _verdict(samples: list[dict[str, float]]) -> dict[str, Any]:
    warm_up = max(WARM_UP_MINUTES, len(samples) // WARM_UP_SHARE)
    settled = samples[min(warm_up, max(0, len(samples) - 2)) :]
    early, late = settled[: len(settled) // 2], settled[len(settled) // 2 :]
    claims = {}
    for key, sentence, limit in (
        ("unique_mib", "growth of memory from the first half to the second", MEMORY_GROWTH),
        ("cpu_percent", "growth of CPU time from the first half to the second", CPU_GROWTH),
    ):
        before = median(sample[key] for sample in early)
        claims[sentence] = _at_most(median(sample[key] for sample in late) / before - 1, limit)
    return claims


def _at_most(measured: float, limit: float) -> dict[str, Any]:
    return {"limit": limit, "measured": round(measured, 4), "holds": measured <= limit}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--cameras", type=int, default=32)
    options = parser.parse_args()
    print(json.dumps(run(minutes=options.minutes, cameras=options.cameras)["claims"], indent=2))
