"""`nangmai reindex`: rebuild an archive's index."""

from __future__ import annotations

from pathlib import Path

import click

from nangmai.archive.reindex import reindex
from nangmai.cli import print_json
from nangmai.cli.progress import progress


@click.command("reindex")
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
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
def command(volumes: tuple[Path, ...], state: Path | None, as_json: bool) -> None:
    """Rebuild the index of an archive from its files and its journal.

    The recorder must not run. Files that a crash left open are closed; none is deleted. The old index is kept.
    """
    with progress("Reading segments") as (on_total, on_done):
        report = reindex(volumes, state=state, on_total=on_total, on_done=on_done)
    if as_json:
        print_json(report.as_dict())
        return
    for reason in report.refused:
        click.echo(f"not adopted: {reason}")
    click.echo(
        f"Indexed {report.segments} segments of {report.streams} streams ({report.recovered} closed on the way)."
    )
