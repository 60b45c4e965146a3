"""`nangmai gateway`: the one address browsers use."""

from __future__ import annotations

import asyncio
import ipaddress
import signal
from pathlib import Path

import click
import uvloop

from nangmai.base.log import setup_logging
from nangmai.cli.web import parse_address
from nangmai.gateway.certificates import LocalCa, ensure_certificate, machine_names, server_context
from nangmai.gateway.server import Gateway, GatewayConfig
from nangmai.gateway.upstream import parse_recorder, parse_upstream


def is_local(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@click.command()
@click.option("--listen", default="127.0.0.1:8000", show_default=True, help="host:port")
@click.option("--web", "web_url", default="http://127.0.0.1:8001", show_default=True, help="where the pages are")
@click.option("--recorder", "recorders", multiple=True, help="name=http://host:port; again for more")
@click.option("--tls/--no-tls", default=None, help="with TLS; left out: yes, unless only this machine can reach it")
@click.option("--certificate", type=click.Path(path_type=Path), help="your own, in PEM, with its chain")
@click.option("--key", type=click.Path(path_type=Path), help="the key of --certificate")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("data"),
    show_default=True,
    help="where the local CA is kept",
)
@click.option("--name", "names", multiple=True, help="another name people use for this machine; again for more")
def command(
    listen: str,
    web_url: str,
    recorders: tuple[str, ...],
    tls: bool | None,
    certificate: Path | None,
    key: Path | None,
    data: Path,
    names: tuple[str, ...],
) -> None:
    """One address before web and recorders, with TLS when others than this machine can reach it."""
    setup_logging()
    host, port = parse_address(listen)
    if (certificate is None) != (key is None):
        raise click.UsageError("--certificate and --key belong together")
    is_tls = (certificate is not None or not is_local(host)) if tls is None else tls
    ca: LocalCa | None = None
    if is_tls and certificate is None:
        ca = ensure_certificate(data / "tls", [*machine_names(), *names])
        certificate, key = ca.certificate, ca.key
    known = {upstream.name: upstream for upstream in map(parse_recorder, recorders)}
    config = GatewayConfig(
        host=host,
        port=port,
        web=parse_upstream(web_url),
        recorders=known,
        tls=server_context(certificate, key) if is_tls and certificate and key else None,
        ca=ca.ca if ca else None,
    )
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(config))


async def _serve(config: GatewayConfig) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    async with Gateway(config) as gateway:
        click.echo(f"nangmai gateway: {gateway.url}", err=True)
        await stopped.wait()
