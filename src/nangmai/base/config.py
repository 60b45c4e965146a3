"""Strict configuration: a TOML table becomes a frozen dataclass.

An unknown key, a missing one or a wrong type is an error.

Defaults live in the dataclass and nowhere else. Field metadata may hold `doc` (one sentence, printed in the reference
page) and `check` (a callable that returns a complaint or None).
"""

from __future__ import annotations

import dataclasses
import difflib
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, TypeVar

from nangmai.base.errors import Error, Kind

T = TypeVar("T")


class ConfigInvalid(Error):
    """{where}: {complaint}"""

    kind: ClassVar[Kind] = Kind.INVALID


def setting(
    doc: str,
    *,
    default: Any = dataclasses.MISSING,
    factory: Any = dataclasses.MISSING,
    check: Callable[[Any], str | None] | None = None,
) -> Any:
    """A dataclass field that documents and checks itself."""
    metadata = {"doc": doc, "check": check}
    if factory is not dataclasses.MISSING:
        return dataclasses.field(default_factory=factory, metadata=metadata)
    if default is not dataclasses.MISSING:
        return dataclasses.field(default=default, metadata=metadata)
    return dataclasses.field(metadata=metadata)


def load_table(form: type[T], table: Mapping[str, Any], where: str) -> T:
    """Build `form` from a parsed TOML table; `where` names the file and table in every complaint."""
    fields = {field.name: field for field in dataclasses.fields(form)}  # type: ignore[arg-type]
    hints = typing.get_type_hints(form)
    for key in table:
        if key not in fields:
            near = difflib.get_close_matches(key, fields, n=1)
            hint = f"; did you mean {near[0]!r}?" if near else f"; known keys: {', '.join(sorted(fields))}"
            raise ConfigInvalid(where=where, complaint=f"unknown key {key!r}{hint}")
    values: dict[str, Any] = {}
    for name, field in fields.items():
        if name in table:
            values[name] = _checked(field, hints[name], table[name], f"{where}: {name}")
        elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
            raise ConfigInvalid(where=where, complaint=f"the key {name!r} is missing")
    return form(**values)


def _checked(field: dataclasses.Field[Any], hint: Any, value: Any, where: str) -> Any:
    result = _converted(hint, value, where)
    check = field.metadata.get("check")
    complaint = check(result) if check else None
    if complaint:
        raise ConfigInvalid(where=where, complaint=complaint)
    return result


def _converted(hint: Any, value: Any, where: str) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        return _converted(options[0], value, where)
    if origin in (list, tuple):
        if not isinstance(value, list):
            raise ConfigInvalid(where=where, complaint=f"must be a list, not {value!r}")
        member = typing.get_args(hint)[0]
        items = [_converted(member, item, f"{where}[{number}]") for number, item in enumerate(value)]
        return tuple(items) if origin is tuple else items
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        if not isinstance(value, dict):
            raise ConfigInvalid(where=where, complaint="must be a table")
        return load_table(hint, value, where)
    return _scalar(hint, value, where)


_KINDS = {str: "text in quotes", bool: "true or false", int: "a whole number", float: "a number"}


def _scalar(hint: Any, value: Any, where: str) -> Any:
    if hint is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, hint) or (hint is not bool and isinstance(value, bool)):
        raise ConfigInvalid(where=where, complaint=f"must be {_KINDS.get(hint, hint.__name__)}, not {value!r}")
    return value
