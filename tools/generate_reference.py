"""Writes docs/reference/commands.md from the commands, and the schema of a regulation; tests prove them current.

Run: .venv/bin/python tools/generate_reference.py
"""

from __future__ import annotations

from pathlib import Path

import click

from nangmai.cli import COMMANDS, nangmai
from nangmai.regulation.form import schema_text

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "reference" / "commands.md"
SCHEMAS = (
    ROOT / "src" / "nangmai" / "regulation" / "schema.json",
    ROOT / "docs" / "reference" / "regulation.schema.json",
)


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
    for path in SCHEMAS:
        path.write_text(schema_text(), encoding="utf-8")
