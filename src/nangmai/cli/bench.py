"""`nangmai bench`: measure this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nangmai.cli import print_json
from nangmai.simulator.bench.ingest import SIDES, Load, run_ingest


@click.group()
def command() -> None:
    """Measure this machine."""


@command.command()
@click.option("--cameras", default=32, show_default=True, type=click.IntRange(1, 1000))
@click.option("--codec", default="h265", show_default=True, type=click.Choice(["h264", "h265"]))
@click.option("--megabits", default=8.0, show_default=True, type=click.FloatRange(0.1, 100), help="Per camera.")
@click.option("--size", default="3840x2160", show_default=True, help="Picture size.")
@click.option("--fps", default=25, show_default=True, type=click.IntRange(1, 120))
@click.option("--seconds", default=30.0, show_default=True, type=click.FloatRange(1), help="Metered window of a side.")
@click.option("--flush-seconds", default=2.0, show_default=True, type=click.FloatRange(0.1), help="The recorder's.")
@click.option("--rounds", default=1, show_default=True, type=click.IntRange(1, 10), help="All sides so often, in turn.")
@click.option("--side", "sides", multiple=True, type=click.Choice(SIDES), help="Only this one; again for more.")
@click.option("--folder", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Record below it.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def ingest(sides: tuple[str, ...], rounds: int, folder: Path | None, as_json: bool, **load: Any) -> None:
    """Recorder, one ffmpeg per camera, and a C loop as the floor, on the same streams one after the other."""
    say = (lambda line: click.echo(line, err=True)) if as_json else click.echo
    report = run_ingest(Load(**load), sides=sides or SIDES, rounds=rounds, folder=folder, say=say)
    if as_json:
        print_json(report)
    else:
        _print_table(report)


def _print_table(report: dict[str, Any]) -> None:
    rate = report["measured_megabits"]
    click.echo(f"\n{report['cameras']} cameras {report['codec']} {report['size']} at {rate} Mbit/s")
    click.echo(f"{'':10} {'CPU %':>8} {'a camera':>9} {'unique MB':>10} {'sent':>8} {'on disk':>8} {'lost':>6}")
    for name, side in report["sides"].items():
        click.echo(
            f"{name:10} {side['cpu_percent']:8.1f} {side['cpu_percent_per_camera']:9.3f} {side['unique_mb']:10.1f} "
            f"{side['pictures_sent']:8} {side['pictures_on_disk']:8} {side['lost']:6}"
        )
    for name, value in report["ratios"].items():
        click.echo(f"{name.replace('_', ' ')}: {value}")
