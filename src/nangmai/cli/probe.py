"""`nangmai probe`: what a source offers, or one sentence that says why it cannot be recorded."""

from __future__ import annotations

import asyncio
from typing import Any

import click

from nangmai.base.log import setup_logging
from nangmai.cli import print_json
from nangmai.devices.contract import TransportName
from nangmai.devices.probe import probe


@click.command("probe")
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--transport", type=click.Choice(["tcp", "udp", "ffmpeg"]), default="tcp", show_default=True)
@click.option(
    "--timeout",
    "timeout_s",
    type=click.FloatRange(0.1, 600),
    default=10,
    show_default=True,
    help="Seconds to wait for pictures.",
)
def command(url: str, as_json: bool, transport: TransportName, timeout_s: float) -> None:
    """Say what the source at URL offers: codec, size and frame rate of its video, its sound, its server."""
    setup_logging("ERROR")
    report = asyncio.run(probe(url, transport, timeout_s))
    if as_json:
        print_json(report)
        return
    for line in _lines(report):
        click.echo(line)


def _lines(report: dict[str, Any]) -> list[str]:
    video, audio = report["video"], report["audio"]
    rate = f"{video['fps']:g} pictures/s" if video["fps"] else "unknown frame rate"
    lines = [f"video   {video['codec']} {video['width']}x{video['height']}, {rate} ({video['codecs']})"]
    if audio:
        lines.append(f"audio   {audio['codec']} {audio['sample_rate']} Hz, {audio['channels']} channels")
    else:
        lines.append("audio   none")
    lines.append(f"server  {report['server'] or 'unknown'}, by {report['transport']}")
    return lines
