"""Writes the reference page of the recorder's file from the dataclasses themselves.

Run: python -m nangmai.recorder.config_page > docs/reference/recorder-config.md
"""

from __future__ import annotations

import dataclasses
import json
import types
import typing
from typing import Any

from nangmai.recorder import config

TABLES: tuple[type[Any], ...] = (
    config.RecorderTable,
    config.RetentionTable,
    config.CameraTable,
    config.ControlTable,
    config.TicketsTable,
)

_INTRODUCTION = """# The recorder's file

Made by `python -m nangmai.recorder.config_page`; edit the dataclasses of `recorder/config.py`, not this page.

A TOML file, read once at start by `nangmai recorder --config FILE` and `nangmai up`. A key that is not listed here is
an error that names the key it resembles. The tables `[web]` and `[gateway]` belong to `nangmai up` and are skipped.
Where the file has no `[control]`, the variables `NANGMAI_CONTROL_URL` and `NANGMAI_CONTROL_ENROLMENT` of the
environment count.

```toml
[recorder]
name = "nvr-1"
archive = ["./archive"]
[[camera]]
id = "cam-01"
name = "Cổng chính"
main = "rtsp://user:password@192.0.2.10:554/main"
```
"""


def config_page() -> str:
    """The whole page as Markdown."""
    return "\n".join([_INTRODUCTION, *(_section(table) for table in TABLES)])


def _section(table: type[Any]) -> str:
    heading, _, meaning = (table.__doc__ or "").partition(":")
    hints = typing.get_type_hints(table)
    rows = [
        f"| `{field.name}` | {_kind(hints[field.name])} | {_default(field)} | {field.metadata['doc']} |"
        for field in dataclasses.fields(table)
    ]
    return "\n".join(
        [
            f"## {heading}\n",
            meaning.strip().capitalize() + "\n",
            "| key | value | if left out | meaning |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _kind(hint: Any) -> str:
    if typing.get_origin(hint) is types.UnionType:
        return _kind(typing.get_args(hint)[0])
    if typing.get_origin(hint) is list:
        return f"list of {_kind(typing.get_args(hint)[0])}"
    return {str: "text", float: "number", int: "whole number", bool: "true or false"}[hint]


def _default(field: dataclasses.Field[Any]) -> str:
    if field.default is None:
        return "-"
    if field.default is not dataclasses.MISSING:
        return f"`{json.dumps(field.default)}`"
    return "-" if field.default_factory is not dataclasses.MISSING else "**needed**"


if __name__ == "__main__":
    print(config_page(), end="")
