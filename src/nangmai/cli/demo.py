"""`nangmai demo`: simulated cameras, a recorder, web and gateway together, with the people of a school."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import sys
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import click

from nangmai.base.errors import Kind
from nangmai.cli.site import Site, check_addresses, children, load_site, web_environment
from nangmai.cli.supervisor import Child, Supervisor, run_until_signal
from nangmai.cli.web import AddressTaken
from nangmai.demonstration.places import PLACES, RECORDERS, recorder_of
from nangmai.simulator.demo import DemoCamera, demo_cameras
from nangmai.simulator.server import Simulator
from nangmai.simulator.studio import clip_path, make_clip

LARGEST = 96  # three recorders' worth; past that a demonstration demonstrates the machine's limits only
#: A recorder with its simulator takes 27 % of a core for 78 cameras (docs/design/acceptance.md). The browser that shows
#: the pictures runs on the same machine and takes far more, and a camera fills 0.3 GB of the disk an hour.
CAMERAS_A_CORE = 6
HISTORY_DAYS = 65
NOWHERE = "rtsp://192.0.2.1"  # RFC 5737: an address that nobody has


class PeopleNotAdded(AddressTaken):
    """The people of the demonstration could not be added: {reason}."""

    kind = Kind.INTERNAL


def _simulated_here() -> int:
    """As many cameras as the machine shows beside a browser."""
    return min(len(PLACES), CAMERAS_A_CORE * (os.cpu_count() or 1))


@click.command()
@click.option(
    "--cameras",
    default=_simulated_here,
    show_default="6 a core",
    type=click.IntRange(1, LARGEST),
    help="that are simulated",
)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="of the address to open")
@click.option(
    "--data", type=click.Path(path_type=Path), default=Path("demo-data"), show_default=True, help="its folder"
)
@click.option(
    "--history/--no-history",
    default=True,
    show_default=True,
    help="a school with two months behind it and all its 78 cameras, of which the others are named and not there",
)
@click.option("--simulate", type=int, hidden=True, help="be the simulator on this port")
def command(cameras: int, port: int, data: Path, history: bool, simulate: int | None) -> None:
    """Watch simulated cameras on this machine. Prints the address and the sign-ins; Ctrl-C stops everything."""
    if simulate is not None:
        asyncio.run(_simulate(demo_cameras(cameras), simulate))
        return
    folder = data.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    named = demo_cameras(max(cameras, len(PLACES)) if history else cameras)
    rtsp, *ports = _free_ports(2 + len(RECORDERS))
    paths = _write_configs(folder, named, cameras, rtsp=rtsp, gateway=port or _free_ports(1)[0], ports=ports)
    site = load_site(paths, log_folder=folder / "log")
    check_addresses(site)
    asyncio.run(_run(site, cameras, rtsp, HISTORY_DAYS if history else 0))


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


def _write_configs(
    folder: Path, named: list[DemoCamera], simulated: int, *, rtsp: int, gateway: int, ports: list[int]
) -> list[Path]:
    """A file for each recorder that has a camera."""
    paths: list[Path] = []
    cameras = [(recorder_of(number), camera, number < simulated) for number, camera in enumerate(named)]
    for name, port in zip(dict.fromkeys(recorder for recorder, _camera, _is_there in cameras), ports[1:], strict=False):
        lines = _recorder_lines(name, port, ports[0], gateway, is_first=not paths)
        for recorder, camera, is_there in cameras:
            lines += _camera_lines(camera, rtsp, is_there=is_there) if recorder == name else []
        paths.append(_write_config(folder, name if paths else "nangmai", lines))
    return paths


def _recorder_lines(name: str, address: int, web: int, gateway: int, *, is_first: bool) -> list[str]:
    """The head of a recorder's file; the first one names web and the gateway too."""
    lines = [
        "[recorder]",
        f"name = {json.dumps(name)}",
        f'archive = ["./{"archive" if is_first else f"archive-{name}"}"]',
        f'listen = "127.0.0.1:{address}"',
        "",
        "[retention]",
        "min_days = 1",
        "max_days = 2",
    ]
    if is_first:
        lines += ["", "[web]", 'data = "./web"', f'listen = "127.0.0.1:{web}"']
        lines += ["", "[gateway]", f'listen = "127.0.0.1:{gateway}"']
    return lines


def _camera_lines(camera: DemoCamera, rtsp: int, *, is_there: bool) -> list[str]:
    """One that is simulated, or one that is only named."""

    def quote(text: str) -> str:
        return json.dumps(text, ensure_ascii=False)  # a JSON string is a TOML basic string

    lines = ["", "[[camera]]", f"id = {quote(camera.id)}", f"name = {quote(camera.place.name)}"]
    lines.append(f"area = {quote(camera.place.area)}")
    if not is_there:
        return [*lines, f'main = "{NOWHERE}/{camera.main.id}"', "absent = true"]
    lines.append(f'main = "rtsp://127.0.0.1:{rtsp}/{camera.main.id}"')
    return [*lines, f'sub = "rtsp://127.0.0.1:{rtsp}/{camera.sub.id}"']


def _write_config(folder: Path, name: str, lines: list[str]) -> Path:
    """A file of the demonstration: an ordinary one, worth reading."""
    path = folder / f"{name}.toml"
    path.write_text("\n".join(["# Written anew at every `nangmai demo`.", *lines]) + "\n", encoding="utf-8")
    return path


def _tell(text: str) -> None:
    click.echo(text, err=True)


async def _run(site: Site, cameras: int, rtsp_port: int, days: int) -> None:
    supervisor = Supervisor(_tell)

    async def begin() -> None:
        _tell(f"Data, files and logs: {site.directory}")
        supervisor.start(
            Child(
                name="simulator",
                arguments=("demo", "--cameras", str(cameras), "--simulate", str(rtsp_port)),
                address=("127.0.0.1", rtsp_port),
                stop_turn=2,
                stop_s=1.0,
            )
        )
        people = await _add_people(site, days)
        await supervisor.wait_ready("simulator")
        parts = children(site)
        for child in parts:
            supervisor.start(child)
        await supervisor.wait_ready(*(child.name for child in parts))
        _announce(site, people, cameras)

    await run_until_signal(supervisor, begin)
    _tell("Stopped.")


async def _add_people(site: Site, days: int) -> list[dict[str, Any]]:
    """Through the same command an administrator uses, so that the demonstration opens no database of its own."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "nangmai", "web", "manage", "demonstrate", "--history", str(days)),
        env=os.environ | web_environment(site),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C reaches this process alone, which then stops the other
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        last = ""
        async for line in process.stderr:
            last = line.decode(errors="replace").rstrip()
            _tell(last)
        told = await process.stdout.read()
        if await process.wait() != 0:
            raise PeopleNotAdded(reason=last or process.returncode)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    people: list[dict[str, Any]] = json.loads(told)
    return people


def _announce(site: Site, people: list[dict[str, Any]], cameras: int) -> None:
    width = max(len(person["username"]) for person in people)
    click.echo(f"\n  {site.url}\n")
    for person in people:
        click.echo(
            f"  {person['username']:<{width}}  {person['password']}  {person['display_name']} ({person['role']}"
            f"{', đang trực' if person['is_on_watch'] else ''})"
        )
    named = sum(len(config.camera) for _path, config in site.recorders)
    if named > cameras:
        click.echo(f"\n  {cameras} of {named} cameras are simulated; --cameras {named} simulates them all.")
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
