"""The command `nangmai`: one module a subcommand, found by name when it is called, so that `--help` stays quick."""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

import click

from nangmai.base.errors import Error

#: subcommand -> (module of this package, one line for the list)
COMMANDS = {
    "demo": ("demo", "simulated cameras, a recorder and the web pages, together"),
    "up": ("up", "recorder and web pages for the cameras of nangmai.toml"),
    "recorder": ("recorder", "one recorder node alone"),
    "web": ("web", "the web pages alone; `web manage` for their administration"),
    "gateway": ("gateway", "the one address browsers use, before web and recorders"),
    "simulator": ("simulator", "RTSP cameras that behave and misbehave"),
    "probe": ("probe", "what a source offers"),
    "check": ("check", "verify an archive: rows, files, hashes, chain"),
    "verify": ("verify", "verify an export of the ledger, offline"),
    "reindex": ("reindex", "rebuild an archive's index from its files alone"),
    "regulation": ("regulation", "what a regulation allows, what is wrong with it, what an amendment changes"),
    "bench": ("bench", "measure this machine"),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"nangmai.cli.{COMMANDS[name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.command(cls=_Commands)
@click.version_option(package_name="nangmai")
def nangmai() -> None:
    """A camera recorder that keeps its own rules."""


def main() -> None:
    """Run the command line; an `Error` becomes one sentence on standard error and the exit code of its kind."""
    try:
        nangmai.main(standalone_mode=False)
    except Error as error:
        if "--json" in sys.argv:
            print_json(error.as_dict())
        click.echo(f"nangmai: {error}", err=True)
        sys.exit(error.kind.exit_code)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)


def print_json(value: Any) -> None:
    """The one way a command prints its report for programs."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))
