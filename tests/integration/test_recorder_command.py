"""`nangmai recorder` as people meet it: mistakes get one sentence, a stop is orderly, figures tell the truth."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import generate_latest

from acceptance.recorder_stand import RecorderProcess, cameras_of, wait_until, write_config
from integration.rtsp_support import in_loop
from nangmai.recorder.config import load_config
from nangmai.recorder.node import ListenFailed, Node, TicketKeyMissing
from nangmai.simulator import Camera, Recipe, running

SMALL = Recipe(seconds=2, fps=20)


def command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "nangmai", "recorder", *arguments], capture_output=True, text=True, check=False
    )


def test_a_right_file_is_said_to_be_right(tmp_path: Path) -> None:
    done = command("--check", "--config", str(write_config(tmp_path, {"cam": "rtsp://h/x"})))
    assert (done.returncode, done.stderr) == (0, "")
    assert "1 camera" in done.stdout


def test_a_wrong_file_is_one_sentence_on_standard_error(tmp_path: Path) -> None:
    path = write_config(tmp_path, {"cam": "rtsp://h/x"}, camera="colour = 1")
    done = command("--config", str(path))
    assert done.returncode == 2
    assert done.stderr.startswith(f"nangmai: {path}: camera[0]: unknown key 'colour'")
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("signal_name", ["SIGTERM"])
def test_a_stop_is_orderly(tmp_path: Path, signal_name: str) -> None:
    with running([Camera("cam", SMALL)]) as simulator:
        recorder = RecorderProcess(write_config(tmp_path, cameras_of(simulator)))
        wait_until(lambda: list(tmp_path.glob("archive/cam.main/*/*.mp4")), "it records")
        assert recorder.stop() == 0
        assert "Traceback" not in recorder.log


@in_loop
async def test_a_port_that_is_taken_is_said_and_everything_is_let_go(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        path = write_config(tmp_path, {"cam": "rtsp://127.0.0.1:1/x"})
        port = taken.getsockname()[1]
        path.write_text(path.read_text().replace("127.0.0.1:0", f"127.0.0.1:{port}"))
        with pytest.raises(ListenFailed, match=str(port)):
            await Node(load_config(path)).start()
    node = Node(load_config(path))  # the archive's lock is free again
    await node.start()
    await node.stop()


def test_a_ticket_key_that_is_not_there_is_named(tmp_path: Path) -> None:
    path = write_config(tmp_path, {})
    path.write_text(path.read_text() + '\n[tickets]\nkeys = ["web.pub"]\n')
    with pytest.raises(TicketKeyMissing, match=r"web\.pub"):
        Node(load_config(path))


@in_loop
async def test_figures_and_states_tell_what_is_recorded_and_what_is_not(tmp_path: Path) -> None:
    with running([Camera("cam", SMALL)]) as simulator:
        path = write_config(tmp_path, {**cameras_of(simulator), "gone": "rtsp://127.0.0.1:1/x"})
        path.write_text(
            path.read_text()
            + '[[camera]]\nid = "spare"\nname = "s"\nmain = "rtsp://h/x"\nenabled = false\n'
            + '[[camera]]\nid = "planned"\nname = "p"\nmain = "rtsp://h/x"\nabsent = true\n'
        )
        node = Node(load_config(path))
        await node.start()
        try:
            async with asyncio.timeout(30):
                while node.streams[0].ingest.counters.fragments < 2 or node.streams[1].ingest.state != "no_signal":  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
            states = {camera.id: camera.streams["main"] for camera in node.states()}
            assert {name: state.state for name, state in states.items()} == {
                "cam": "recording",
                "gone": "no_signal",
                "spare": "off",
                "planned": "off",
            }
            assert (states["spare"].code, states["planned"].code) == ("camera_switched_off", "camera_absent")
            assert (states["cam"].codec, states["cam"].width, states["cam"].fps) == ("h264", 320, 20.0)
            assert states["cam"].bitrate_bps
            text = generate_latest(node.metrics.registry).decode()
        finally:
            await node.stop()
    assert 'nangmai_stream_state{camera="cam",state="recording",stream="main"} 1.0' in text
    assert 'nangmai_stream_state{camera="gone",state="no_signal",stream="main"} 1.0' in text
    figures = {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if not line.startswith("#")}
    assert figures['nangmai_fragments_total{camera="cam",stream="main"}'] >= 2
    assert figures['nangmai_pictures_total{camera="gone",stream="main"}'] == 0
    assert "127.0.0.1" not in text
