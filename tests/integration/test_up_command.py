"""`nangmai up`: the same for real cameras; a child that dies is started again, and nothing outlives the supervisor."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest

from integration.running import Running, free_port, running


def write_file(folder: Path, *, camera: str = "rtsp://127.0.0.1:9/cam-01", more: str = "") -> dict[str, int]:
    ports = {"recorder": free_port(), "web": free_port(), "gateway": free_port()}
    (folder / "nangmai.toml").write_text(
        f"""
[recorder]
name = "nvr-1"
archive = ["./archive"]
listen = "127.0.0.1:{ports["recorder"]}"
[web]
listen = "127.0.0.1:{ports["web"]}"
[gateway]
listen = "127.0.0.1:{ports["gateway"]}"
[[camera]]
id = "cam-01"
name = "Cổng chính"
main = "{camera}"
{more}
""",
        encoding="utf-8",
    )
    return ports


def is_gone(pid: int) -> bool:
    try:
        return "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    except OSError:
        return True


def wait_until(check: object) -> None:
    deadline = time.monotonic() + 60
    while not check():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_it_starts_prints_its_address_and_the_way_to_a_first_account(tmp_path: Path) -> None:
    ports = write_file(tmp_path)
    with running("up", cwd=tmp_path) as up:
        up.wait_for(f"open http://127.0.0.1:{ports['gateway']}")
        up.wait_for("adduser")
        with urllib.request.urlopen(f"http://127.0.0.1:{ports['gateway']}/account/sign-in") as page:
            assert page.status == 200
        environment = {"NANGMAI_DATA_DIR": str(tmp_path / "data")}
        with running("web", "manage", "adoptregulation", cwd=tmp_path, environment=environment) as adopt:
            adopt.wait_for("is in force")
        with running(
            "web", "manage", "adduser", "hieutruong", "--role", "principal", cwd=tmp_path, environment=environment
        ) as add:
            add.wait_for("one-time password")
        assert up.stop(signal.SIGTERM) == 0


def test_whatever_child_dies_is_started_again_and_the_others_stay(tmp_path: Path) -> None:
    write_file(tmp_path)
    with running("up", cwd=tmp_path) as up:
        up.wait_for("open http")
        for name in ("recorder", "gateway", "web"):
            before = up.children()
            os.kill(before[name], signal.SIGKILL)
            wait_until(lambda name=name, before=before: up.children().get(name, before[name]) != before[name])
            after = up.children()
            assert {key: pid for key, pid in after.items() if key != name} == {
                key: pid for key, pid in before.items() if key != name
            }


def test_children_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    write_file(tmp_path)
    with running("up", cwd=tmp_path) as up:
        up.wait_for("open http")
        children = up.children()
        assert set(children) == {"recorder", "web", "gateway"}
        up.process.kill()
        up.process.wait()
        wait_until(lambda: all(is_gone(pid) for pid in children.values()))


def refusal(up: Running) -> str:
    assert up.process.wait(60) != 0
    up.wait_for("nangmai: ")
    assert "Traceback" not in up.output
    return up.lines[-1]


@pytest.mark.parametrize(
    ("more", "complaint"),
    [
        ('colour = "red"', "unknown key 'colour'"),
        ('[gatewai]\nlisten = "x"', "unknown key 'gatewai'"),
        ("[tickets]\n[web.more]\nx = 1", "unknown key 'more'"),
        ("[[camera]\n", "is not TOML"),
    ],
)
def test_a_mistake_in_the_file_is_one_clear_sentence(tmp_path: Path, more: str, complaint: str) -> None:
    write_file(tmp_path, more=more)
    with running("up", cwd=tmp_path) as up:
        assert complaint in refusal(up)


def test_a_file_that_is_not_there_is_one_clear_sentence(tmp_path: Path) -> None:
    with running("up", cwd=tmp_path) as up:
        assert "nangmai.toml" in refusal(up)


def test_two_recorders_of_one_name_are_refused(tmp_path: Path) -> None:
    write_file(tmp_path)
    (tmp_path / "second.toml").write_text((tmp_path / "nangmai.toml").read_text(encoding="utf-8"), encoding="utf-8")
    with running("up", "--config", "nangmai.toml", "--config", "second.toml", cwd=tmp_path) as up:
        assert "two recorders are called 'nvr-1'" in refusal(up)
