"""The commands `nangmai simulator` and `nangmai bench ingest`, as processes of their own."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
import pytest

from nangmai.simulator import stamps
from nangmai.simulator.bench.sides import compile_floor

NANGMAI = [sys.executable, "-m", "nangmai"]
SMALL = ["--size", "320x180", "--fps", "10", "--seconds", "2", "--gop", "1", "--port", "0"]


@contextmanager
def simulator(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, object]]]:
    command = [*NANGMAI, "simulator", "--json", "--control", "127.0.0.1:0", *SMALL, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == "}\n":
                break
        try:
            yield process, json.loads("".join(lines))
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=20)


def pictures(url: str, count: int) -> list[int]:
    counters: list[int] = []
    with av.open(url, options={"rtsp_transport": "tcp"}, timeout=20) as container:
        for packet in container.demux(video=0):
            counters += [stamp.counter for stamp in stamps(bytes(packet))]
            if len(counters) >= count:
                break
    return counters


def test_the_command_serves_its_cameras_obeys_its_control_and_ends_cleanly_on_ctrl_c() -> None:
    with simulator("--cameras", "2", "--sub", "--user", "admin", "--password", "a@b") as (process, told):
        urls, control = told["cameras"], told["control"]
        assert isinstance(urls, dict)
        assert sorted(urls) == ["cam-01", "cam-01-sub", "cam-02", "cam-02-sub"]
        counters = pictures(urls["cam-02"], 10)
        assert counters == list(range(counters[0], counters[0] + 10))
        body = json.dumps({"fault": "refuse", "status": 503}).encode()
        urllib.request.urlopen(f"{control}/cameras/cam-02/faults", body, timeout=10).close()  # noqa: S310
        with pytest.raises(av.error.FFmpegError):
            pictures(urls["cam-02"], 1)
        assert pictures(urls["cam-01"], 1)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=20)
        assert process.returncode == 0
        assert "Traceback" not in errors


def test_faults_can_be_given_on_the_command_line() -> None:
    with simulator("--cameras", "2", "--fault", "cam-01:refuse:status=404") as (_, told):
        urls = told["cameras"]
        assert isinstance(urls, dict)
        with pytest.raises(av.error.FFmpegError):
            pictures(urls["cam-01"], 1)
        assert pictures(urls["cam-02"], 1)


def test_ctrl_c_stops_it_while_it_makes_its_clips(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NANGMAI_CLIPS", str(tmp_path))
    command = [*NANGMAI, "simulator", "--size", "3840x2160", "--seconds", "600", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "making" in process.stderr.readline()
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in errors
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (["--fault", "stal"], "no fault 'stal'"),
        (["--fault", "loss:rat=1"], "did you mean 'rate'"),
        (["--fault", "kitchen:stall"], "no camera 'kitchen'"),
        (["--size", "321x180"], "even numbers"),
        (["--control", "x"], "HOST:PORT"),
        (["--file", "/dev/null/x.mp4"], "does not exist"),
    ],
)
def test_wrong_options_get_one_sentence(options: list[str], complaint: str) -> None:
    command = [*NANGMAI, "simulator", *SMALL, *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert ended.returncode not in (0, 1)
    assert complaint in " ".join(ended.stderr.split())
    assert "Traceback" not in ended.stderr


def test_the_ingest_benchmark_loses_nothing_and_reports_every_side(tmp_path: Path) -> None:
    command = [*NANGMAI, "bench", "ingest", "--cameras", "2", "--size", "320x180", "--megabits", "0.5", "--json"]
    command += ["--seconds", "2", "--folder", str(tmp_path)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=200)
    assert ended.returncode == 0, ended.stderr
    report = json.loads(ended.stdout)
    expected = {"recorder"} | ({"ffmpeg"} if shutil.which("ffmpeg") else set())
    expected |= {"floor"} if compile_floor(tmp_path) else set()
    assert set(report["sides"]) == expected
    for name, side in report["sides"].items():
        assert side["pictures_sent"] > 100, name
        assert side["pictures_on_disk"] == side["pictures_sent"], name
        assert (side["lost"], side["duplicated"], side["disordered"]) == (0, 0, 0), name
        assert side["unique_mb"] > 0
    assert report["sides"]["recorder"]["cpu_percent"] > 0
