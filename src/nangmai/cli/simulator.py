"""`nangmai simulator`: RTSP cameras that behave and misbehave, until Ctrl-C."""

from __future__ import annotations

import asyncio
import re
import signal
from pathlib import Path
from typing import Any

import click
import uvloop

from nangmai.cli import print_json
from nangmai.simulator.camera import Camera, Source
from nangmai.simulator.certificate import self_signed_context
from nangmai.simulator.control import Control
from nangmai.simulator.fault_requests import FaultRequest, parse_fault
from nangmai.simulator.faults import FAULTS
from nangmai.simulator.scenes import SCENES
from nangmai.simulator.server import Simulator
from nangmai.simulator.studio import Recipe, clip_path

_FAULT_HELP = "[CAMERA:]NAME[:KEY=VALUE,…], again for more; `seconds` and `after` say how long and when. Names: "


def _size(ctx: click.Context, parameter: click.Parameter, value: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)x(\d+)", value)
    if match is None or int(match[1]) % 2 or int(match[2]) % 2 or not 64 <= int(match[1]) <= 8192:
        raise click.BadParameter("write WIDTHxHEIGHT with even numbers, such as 1280x720")
    return int(match[1]), int(match[2])


def _address(ctx: click.Context, parameter: click.Parameter, value: str | None) -> tuple[str, int] | None:
    if value is None:
        return None
    host, _, port = value.rpartition(":")
    if not port.isdigit():
        raise click.BadParameter("write HOST:PORT, such as 127.0.0.1:8555")
    return host or "127.0.0.1", int(port)


def _faults(ctx: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> list[FaultRequest]:
    return [parse_fault(text) for text in value]


@click.command()
@click.option("--cameras", default=4, show_default=True, type=click.IntRange(1, 1000), help="How many cameras.")
@click.option("--codec", default="h264", show_default=True, type=click.Choice(["h264", "h265"]))
@click.option("--size", default="1280x720", show_default=True, callback=_size, help="Picture size.")
@click.option("--fps", default=15, show_default=True, type=click.IntRange(1, 120), help="Pictures a second.")
@click.option("--gop", default=2.0, show_default=True, type=float, help="Seconds between key pictures.")
@click.option("--b-frames", default=0, show_default=True, type=click.IntRange(0, 8))
@click.option("--megabits", type=float, help="Mbit/s of each camera; without it, constant quality.")
@click.option("--seconds", default=8.0, show_default=True, type=float, help="Length of the clip that goes round.")
@click.option("--audio", type=click.Choice(["aac", "pcma"]), help="Give the cameras a microphone.")
@click.option(
    "--file", "files", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Serve this MP4 or MKV file instead of a drawn scene; again for more.",
)  # fmt: skip
@click.option("--sub/--no-sub", default=False, help="Each camera also has a 640x360 H.264 stream at <id>-sub.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8554, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--own-ports", is_flag=True, help="Each camera has its own port, counted up from --port.")
@click.option("--tls", is_flag=True, help="Serve rtsps:// with a self-signed certificate.")
@click.option("--user", help="Ask for this name.")
@click.option("--password", default="", help="And this password.")
@click.option("--auth", default="digest", show_default=True, type=click.Choice(["digest", "digest-sha256", "basic"]))
@click.option("--fault", "faults", multiple=True, callback=_faults, help=_FAULT_HELP + ", ".join(sorted(FAULTS)))
@click.option("--control", callback=_address, help="HOST:PORT of the HTTP control.")
@click.option("--json", "as_json", is_flag=True, help="Print the addresses as JSON.")
def command(**options: Any) -> None:
    """RTSP cameras from drawn scenes or given files, until Ctrl-C. Prints their addresses."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(options))


def _cameras(options: dict[str, Any]) -> list[Camera]:
    cameras = []
    for number in range(options["cameras"]):
        name = f"cam-{number + 1:02d}"
        login = {"user": options["user"], "password": options["password"], "auth": options["auth"]}
        cameras.append(Camera(name, _source(options, number), **login))
        if options["sub"]:
            cameras.append(Camera(f"{name}-sub", _sub_recipe(number), **login))
    return cameras


def _source(options: dict[str, Any], number: int) -> Source:
    if options["files"]:
        file: Path = options["files"][number % len(options["files"])]
        return file
    width, height = options["size"]
    return Recipe(
        scene=_scene(options, number),
        codec=options["codec"],
        width=width,
        height=height,
        fps=options["fps"],
        seconds=options["seconds"],
        gop_seconds=options["gop"],
        b_frames=options["b_frames"],
        megabits=options["megabits"],
        noise=3 if options["megabits"] else 0,
        audio=options["audio"],
    )


def _scene(options: dict[str, Any], number: int) -> str:
    """A large clip is made once and shared; small ones differ."""
    width, _ = options["size"]
    return SCENES[number % len(SCENES)] if width <= 1280 else SCENES[0]


def _sub_recipe(number: int) -> Recipe:
    return Recipe(scene=SCENES[number % len(SCENES)], width=640, height=360, fps=15, seconds=8.0)


async def _serve(options: dict[str, Any]) -> None:
    simulator = Simulator(
        _cameras(options),
        host=options["host"],
        port=options["port"],
        own_ports=options["own_ports"],
        tls=self_signed_context(options["host"]) if options["tls"] else None,
    )
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    if not await _started(simulator, stopped):
        return
    try:
        control = Control(simulator, *options["control"]) if options["control"] else None
        if control is not None:
            await control.start()
        _announce(simulator, control, as_json=options["as_json"])
        timers = [_schedule(simulator, fault) for fault in options["faults"]]
        await stopped.wait()
        for timer in timers:
            timer.cancel()
        if control is not None:
            await control.stop()
    finally:
        await simulator.stop()


async def _started(simulator: Simulator, stopped: asyncio.Event) -> bool:
    """Whether the cameras run; no, when the command was stopped while their clips were made."""
    missing = sum(not clip_path(recipe).exists() for recipe in simulator.recipes())
    if missing:
        click.echo(f"making {missing} clip(s); the next start finds them", err=True)
    starting, stopping = asyncio.ensure_future(simulator.start()), asyncio.ensure_future(stopped.wait())
    await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
    if not starting.done():
        starting.cancel()
        await asyncio.wait((starting,))
        return False
    stopping.cancel()
    await starting
    return True


def _announce(simulator: Simulator, control: Control | None, *, as_json: bool) -> None:
    urls = {camera: simulator.url(camera) for camera in simulator.cameras}
    address = f"http://127.0.0.1:{control.port}" if control else None
    if as_json:
        print_json({"cameras": urls, "control": address})
        return
    for url in urls.values():
        click.echo(url)
    if address:
        click.echo(f"control {address}")


def _schedule(simulator: Simulator, request: FaultRequest) -> asyncio.TimerHandle:
    cameras = [simulator.camera(request.camera)] if request.camera else list(simulator.cameras.values())

    def begin() -> None:
        for camera in cameras:
            camera.fault(request.name, seconds=request.seconds, **request.parameters)

    return asyncio.get_running_loop().call_later(request.after, begin)
