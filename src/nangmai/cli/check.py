"""`nangmai check`: verify an archive."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nangmai.archive.check import CheckReport, check_archive
from nangmai.base.clock import SystemClock
from nangmai.cli import print_json
from nangmai.cli.progress import progress


@click.command("check")
@click.option(
    "--archive",
    "volumes",
    required=True,
    multiple=True,
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="A volume of the archive; repeat it for each, the one that holds `state` first.",
)
@click.option(
    "--state",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The state folder, where it is not in the first volume.",
)
@click.option("--quick", is_flag=True, help="Do not hash the footage: boxes, seals, chain, time and signatures only.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(volumes: tuple[Path, ...], state: Path | None, quick: bool, as_json: bool) -> None:
    """Verify an archive: rows, files, hashes, chain, time, checkpoints, markers.

    Reads only, also while the recorder runs. Exits with 0 only when everything holds.
    """
    with progress("Checking segments") as (on_total, on_done):
        report = check_archive(
            volumes, state=state, is_quick=quick, now_us=SystemClock().wall_us(), on_total=on_total, on_done=on_done
        )
    if as_json:
        print_json(report.as_dict())
    else:
        _print(report)
    if report.faults:
        sys.exit(1)


def _print(report: CheckReport) -> None:
    for fault in report.faults:
        place = " ".join(str(part) for part in (fault.stream, fault.seq) if part is not None)
        where = f", fragment {fault.fragment}" if isinstance(fault.fragment, int) else ""
        where = f", {fault.fragment}" if isinstance(fault.fragment, str) else where
        click.echo(f"{fault.invariant} {place}{where}: {fault.what}")
        if fault.path:
            click.echo(f"    {fault.path}")
        click.echo(f"    {fault.remedy}")
    for note in report.notes:
        click.echo(f"note: {note}")
    scope = "boxes and seals of " if report.is_quick else ""
    verdict = f"{len(report.faults)} faults" if report.faults else "everything holds"
    click.echo(
        f"Checked {scope}{report.segments} segments, {report.fragments} fragments, {report.bytes / 1e9:.2f} GB, "
        f"{report.checkpoints} checkpoints: {verdict}."
    )
