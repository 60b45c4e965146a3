"""`nangmai recorder`: one recorder node until it is told to stop."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import click

from nangmai.base.log import setup_logging
from nangmai.recorder.config import RecorderConfig, load_config


@click.command("recorder")
@click.option("--config", "path", required=True, type=click.Path(path_type=Path), help="The recorder's file (TOML).")
@click.option("--check", is_flag=True, help="Read the file, say whether it is right, and end.")
@click.option("--log-level", default="INFO", show_default=True, help="DEBUG, INFO, WARNING or ERROR.")
def command(path: Path, check: bool, log_level: str) -> None:
    """One recorder node alone: records the cameras of FILE and serves live view and playback.

    Ends in order on SIGTERM and SIGINT. No web is needed; see docs/reference/recorder-config.md for the file.
    """
    setup_logging(log_level.upper())
    config = load_config(path, os.environ)
    if check:
        click.echo(f"{path} is right: {len(config.camera)} cameras")
        return
    _runner().run(_record(config))


def _runner() -> asyncio.Runner:
    try:
        import uvloop
    except ImportError:
        return asyncio.Runner()
    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


async def _record(config: RecorderConfig) -> None:
    from nangmai.recorder.node import Node

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    node = Node(config)
    await node.start()
    try:
        await ended.wait()
    finally:
        await node.stop()
