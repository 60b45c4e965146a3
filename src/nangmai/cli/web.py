"""`nangmai web`: the pages under waitress. `nangmai web manage …`: their administration."""

from __future__ import annotations

import os
import signal
import socket
from types import FrameType
from typing import Any, ClassVar

import click

from nangmai.base.errors import Error, Kind


class AddressTaken(Error):
    """The address {address} cannot be used: {reason}. Stop what listens there, or choose another one."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE


THREADS = 8


def parse_address(text: str) -> tuple[str, int]:
    """`host:port`, also `[::1]:port`."""
    host, _colon, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise click.BadParameter(f"{text!r} is not host:port")
    return host.strip("[]"), int(port)


@click.group(invoke_without_command=True)
@click.option(
    "--listen", default="127.0.0.1:8001", show_default=True, help="host:port; leave it to the gateway to be seen"
)
@click.pass_context
def command(context: click.Context, listen: str) -> None:
    """Serve the web pages; `web manage` administers them."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "nangmai.web.settings")
    if context.invoked_subcommand is None:
        _serve(*parse_address(listen))


def _serve(host: str, port: int) -> None:
    """Bring the database up to date, expect the supervisor's recorders, then answer until a signal comes."""
    import django
    from django.core.management import call_command

    bound = _bind(host, port)
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)
    from nangmai.web import environment
    from nangmai.web.sites import services

    for pair in environment.words("NANGMAI_RECORDERS"):
        name, _equals, secret = pair.partition("=")
        services.expect(name=name, secret=secret)
    _run(bound, host, bound.getsockname()[1])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        bound.close()
        raise AddressTaken(address=f"{host}:{port}", reason=error.strerror) from error
    return bound


def _run(bound: socket.socket, host: str, port: int) -> None:
    from waitress.server import create_server  # type: ignore[import-untyped]

    from nangmai.web.clockwork.services import Clockwork
    from nangmai.web.wsgi import application

    server = create_server(
        application,
        sockets=[bound],
        threads=THREADS,
        ident=None,
        # The gateway stands on the same machine and sets these afresh; nobody else is believed.
        trusted_proxy="127.0.0.1",
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto"},
        clear_untrusted_proxy_headers=True,
    )

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, stop)
    click.echo(f"nangmai web: http://{host}:{port}", err=True)
    clockwork = Clockwork()
    clockwork.start()
    try:
        server.run()
    finally:
        clockwork.stop()


@command.command(
    "manage",
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> Any:
    """Django's administration: migrate, adduser, enrol, check, …"""
    from django.core.management import execute_from_command_line

    execute_from_command_line(["nangmai web manage", *arguments])
