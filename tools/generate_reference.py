"""Writes docs/reference/commands.md from the commands themselves; a test proves the page is current.

Run: .venv/bin/python tools/generate_reference.py
"""

from __future__ import annotations

from pathlib import Path

import click

from nangmai.cli import COMMANDS, nangmai

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "commands.md"


def commands_page() -> str:
    """The whole page as Markdown."""
    context = click.Context(nangmai, info_name="nangmai")
    parts = ["# Commands\n\nMade by `tools/generate_reference.py`; edit the commands, not this page.\n"]
    for name in COMMANDS:
        command = nangmai.get_command(context, name)
        assert command is not None
        parts += _sections(command, click.Context(command, info_name=name, parent=context), 2)
    return "\n".join(parts)


def _sections(command: click.Command, context: click.Context, depth: int) -> list[str]:
    parts = [f"{'#' * depth} `{context.command_path}`\n\n```\n{command.get_help(context)}\n```\n"]
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            parts += _sections(child, click.Context(child, info_name=name, parent=context), depth + 1)
    return parts


if __name__ == "__main__":
    PAGE.write_text(commands_page(), encoding="utf-8")
