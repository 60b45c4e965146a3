"""`nangmai up`: recorders, web and gateway of one machine under one supervisor."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from nangmai.cli.site import Site, check_addresses, children, load_site
from nangmai.cli.supervisor import Supervisor, run_until_signal


@click.command()
@click.option(
    "--config",
    "paths",
    multiple=True,
    type=click.Path(path_type=Path),
    default=(Path("nangmai.toml"),),
    show_default="nangmai.toml",
    help="A recorder's file; again for more recorders. [web] and [gateway] are read from the first.",
)
def command(paths: tuple[Path, ...]) -> None:
    """Run everything for the cameras of nangmai.toml, and start again what dies. Ctrl-C stops all, recorders last."""
    site = load_site(paths)
    check_addresses(site)
    asyncio.run(_run(site))


def _tell(text: str) -> None:
    click.echo(f"nangmai: {text}", err=True)


async def _run(site: Site) -> None:
    supervisor = Supervisor(_tell)
    is_new = not (site.data / "nangmai.sqlite3").exists()

    async def begin() -> None:
        parts = children(site)
        for child in parts:
            supervisor.start(child)
        await supervisor.wait_ready("web", "gateway")
        _tell(f"open {site.url}")
        if is_new:
            manage = f"NANGMAI_DATA_DIR={site.data} nangmai web manage"
            _tell(f"the regulation: {manage} adoptregulation [FILE]")
            _tell(f"the first account: {manage} adduser hieutruong --role principal --ask")

    await run_until_signal(supervisor, begin)
