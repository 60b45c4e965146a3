"""`nangmai demo`: simulated cameras, a recorder, web and gateway together, with the people of a school."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import click

from nangmai.base.errors import Kind
from nangmai.cli.site import Site, check_addresses, children, load_site, web_environment
from nangmai.cli.supervisor import Child, Supervisor, run_until_signal
from nangmai.cli.web import AddressTaken
from nangmai.simulator.demo import DemoCamera, demo_cameras
from nangmai.simulator.server import Simulator
from nangmai.simulator.studio import clip_path, make_clip

LARGEST = 96  # three recorders' worth; past that a demonstration demonstrates the machine's limits only


class PeopleNotAdded(AddressTaken):
    """The people of the demonstration could not be added: {reason}."""

    kind = Kind.INTERNAL


@click.command()
@click.option("--cameras", default=12, show_default=True, type=click.IntRange(1, LARGEST))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="of the address to open")
@click.option(
    "--data", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True, help="its folder"
)
@click.option("--simulate", type=int, hidden=True, help="be the simulator on this port")
def command(cameras: int, port: int, data: Path, simulate: int | None) -> None:
    """Watch simulated cameras on this machine. Prints the address and the sign-ins; Ctrl-C stops everything."""
    if simulate is not None:
        asyncio.run(_simulate(demo_cameras(cameras), simulate))
        return
    folder = data.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    ports = _free_ports(3)
    path = _write_config(folder, demo_cameras(cameras), gateway=port or _free_ports(1)[0], ports=ports)
    site = load_site([path], log_folder=folder / "log")
    check_addresses(site)
    asyncio.run(_run(site, cameras, ports[0]))


def _free_ports(count: int) -> list[int]:
    """Ports nobody listens on just now, all different."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def _write_config(folder: Path, cameras: list[DemoCamera], *, gateway: int, ports: list[int]) -> Path:
    """The demonstration's nangmai.toml: an ordinary file, worth reading."""
    rtsp, recorder, web = ports
    quote = json.dumps  # a JSON string is a TOML basic string
    lines = [
        "# Written anew at every `nangmai demo`.",
        "[recorder]",
        'name = "nvr-1"',
        'archive = ["./archive"]',
        f'listen = "127.0.0.1:{recorder}"',
        "",
        "[retention]",
        "min_days = 1",
        "max_days = 2",
        "",
        "[web]",
        'data = "./web"',
        f'listen = "127.0.0.1:{web}"',
        "",
        "[gateway]",
        f'listen = "127.0.0.1:{gateway}"',
    ]
    for camera in cameras:
        lines += [
            "",
            "[[camera]]",
            f"id = {quote(camera.id)}",
            f"name = {quote(camera.place.name, ensure_ascii=False)}",
            f"area = {quote(camera.place.area, ensure_ascii=False)}",
            f'main = "rtsp://127.0.0.1:{rtsp}/{camera.main.id}"',
            f'sub = "rtsp://127.0.0.1:{rtsp}/{camera.sub.id}"',
        ]
    path = folder / "nangmai.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _tell(text: str) -> None:
    click.echo(text, err=True)


async def _run(site: Site, cameras: int, rtsp_port: int) -> None:
    supervisor = Supervisor(_tell)

    async def begin() -> None:
        _tell(f"Data, file and logs: {site.directory}")
        supervisor.start(
            Child(
                name="simulator",
                arguments=("demo", "--cameras", str(cameras), "--simulate", str(rtsp_port)),
                address=("127.0.0.1", rtsp_port),
                stop_turn=2,
                stop_s=1.0,
            )
        )
        people = await asyncio.to_thread(_add_people, site)
        await supervisor.wait_ready("simulator")
        parts = children(site)
        for child in parts:
            supervisor.start(child)
        await supervisor.wait_ready(*(child.name for child in parts))
        _announce(site, people)

    await run_until_signal(supervisor, begin)
    _tell("Stopped.")


def _add_people(site: Site) -> list[dict[str, Any]]:
    """Through the same command an administrator uses, so that the demonstration opens no database of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "nangmai", "web", "manage", "demonstrate"],
        env=os.environ | web_environment(site),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise PeopleNotAdded(reason=done.stderr.strip().splitlines()[-1] if done.stderr.strip() else done.returncode)
    people: list[dict[str, Any]] = json.loads(done.stdout)
    return people


def _announce(site: Site, people: list[dict[str, Any]]) -> None:
    width = max(len(person["username"]) for person in people)
    click.echo(f"\n  {site.url}\n")
    for person in people:
        click.echo(
            f"  {person['username']:<{width}}  {person['password']}  {person['display_name']} ({person['role']}"
            f"{', đang trực' if person['is_on_watch'] else ''})"
        )
    click.echo("\nCtrl-C stops everything.")


async def _simulate(cameras: list[DemoCamera], port: int) -> None:
    """The simulator's process: make the clips that are missing, then send them."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, os._exit, 0)  # clips are put in place by rename: nothing is left half-done
    await asyncio.to_thread(_make_clips, cameras)
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopped.set)
    streams = [stream for camera in cameras for stream in (camera.main, camera.sub)]
    async with Simulator(streams, port=port):
        await stopped.wait()


def _make_clips(cameras: list[DemoCamera]) -> None:
    recipes: dict[Any, None] = dict.fromkeys(stream.clip for camera in cameras for stream in (camera.main, camera.sub))
    missing = [recipe for recipe in recipes if not clip_path(recipe).exists()]
    if not missing:
        return
    _tell(f"Drawing {len(missing)} clips for the simulated cameras; the next time they are there already.")
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        done = as_completed([pool.submit(make_clip, recipe) for recipe in missing])
        for number, future in enumerate(done, start=1):
            future.result()
            _tell(f"  {number} of {len(missing)}")
