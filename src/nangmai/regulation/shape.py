"""What a file may look like, as tables: the same table reads a file and makes its JSON Schema.

Owns form alone: which keys, which kinds of values. Whether what stands there makes sense is `validate.py`. YAML is read
in the sense of version 1.2 (only `true`, `false`, `null` and whole numbers are not text), without anchors, so that a
file says what it seems to say.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from nangmai.base.errors import Error, Kind

_MOST_CHARACTERS = 2_000_000
_DEEPEST = 24


class Complaint(NamedTuple):
    """What is wrong with the form, and where."""

    path: str
    text: str
    line: int = 0  #: 0: not known


class FileMalformed(Error):
    """{where} cannot be read: {complaint}"""

    kind = Kind.INVALID

    def __init__(self, *, where: str, complaints: list[Complaint]) -> None:
        self.complaints = tuple(complaints)
        lines = [f"line {line}: {path}: {text}" if line else f"{path}: {text}" for path, text, line in complaints]
        super().__init__(where=where, complaint="; ".join(lines))


@dataclass(frozen=True)
class Text:
    """Text, of a pattern or out of a list."""

    pattern: str = ""
    choices: tuple[str, ...] = ()
    meaning: str = ""

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        made: dict[str, Any] = {"type": "string"}
        if self.choices:
            made["enum"] = list(self.choices)
        if self.pattern:
            made["pattern"] = f"^{self.pattern}$"
        if self.meaning:
            made["description"] = self.meaning
        return made

    def check(self, value: Any, path: str, found: list[Complaint]) -> None:
        """Add what is wrong."""
        if not isinstance(value, str):
            found.append(Complaint(path, f"must be text, not {_shown(value)}"))
        elif self.choices and value not in self.choices:
            found.append(Complaint(path, f"must be one of {', '.join(self.choices)}, not {_shown(value)}"))
        elif self.pattern and not re.fullmatch(self.pattern, value):
            found.append(Complaint(path, f"must be {self.meaning or self.pattern}, not {_shown(value)}"))


@dataclass(frozen=True)
class Scalar:
    """Text, a whole number, or true or false; `kinds` says which."""

    kinds: tuple[type, ...] = (bool, int, str)

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        names = [{bool: "boolean", int: "integer", str: "string"}[kind] for kind in self.kinds]
        return {"type": names[0] if len(names) == 1 else names}

    def check(self, value: Any, path: str, found: list[Complaint]) -> None:
        """Add what is wrong."""
        if type(value) not in self.kinds:
            names = {bool: "true or false", int: "a whole number", str: "text"}
            wanted = " or ".join(names[kind] for kind in self.kinds)
            found.append(Complaint(path, f"must be {wanted}, not {_shown(value)}"))


@dataclass(frozen=True)
class Optional:
    """The shape or null."""

    shape: Shape

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"anyOf": [self.shape.schema(), {"type": "null"}]}

    def check(self, value: Any, path: str, found: list[Complaint]) -> None:
        """Add what is wrong."""
        if value is not None:
            self.shape.check(value, path, found)


@dataclass(frozen=True)
class Items:
    """A list."""

    shape: Shape
    least: int = 0

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "array", "items": self.shape.schema()} | ({"minItems": self.least} if self.least else {})

    def check(self, value: Any, path: str, found: list[Complaint]) -> None:
        """Add what is wrong."""
        if not isinstance(value, list):
            found.append(Complaint(path, f"must be a list, not {_shown(value)}"))
            return
        if len(value) < self.least:
            found.append(Complaint(path, f"needs at least {self.least}"))
        for number, item in enumerate(value):
            self.shape.check(item, f"{path}[{number}]", found)


@dataclass(frozen=True)
class Entries:
    """Names with a value each; which names there are is not a matter of form."""

    shape: Shape

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        return {"type": "object", "additionalProperties": self.shape.schema()}

    def check(self, value: Any, path: str, found: list[Complaint]) -> None:
        """Add what is wrong."""
        if not isinstance(value, dict):
            found.append(Complaint(path, f"must be names and values, not {_shown(value)}"))
            return
        for name, item in value.items():
            self.shape.check(item, f"{path}.{name}", found)


@dataclass(frozen=True)
class Table:
    """Known keys; those in `needed` must be there, and exactly one of `one_of` where it names any."""

    fields: Mapping[str, Shape]
    needed: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    together: Mapping[str, str] = field(default_factory=dict)  #: key -> key that must stand beside it

    def schema(self) -> dict[str, Any]:
        """As JSON Schema."""
        made: dict[str, Any] = {
            "type": "object",
            "properties": {name: shape.schema() for name, shape in self.fields.items()},
            "additionalProperties": False,
        }
        if self.needed:
            made["required"] = list(self.needed)
        if self.one_of:
            made["oneOf"] = [{"required": [name]} for name in self.one_of]
        if self.together:
            made["dependentRequired"] = {name: [other] for name, other in self.together.items()}
        return made

    def check(self, value: Any, path: str, found: list[Complaint]) -> None:
        """Add what is wrong."""
        if not isinstance(value, dict):
            found.append(Complaint(path, f"must be a table, not {_shown(value)}"))
            return
        missing = [name for name in self.needed if name not in value]
        missing += [other for name, other in self.together.items() if name in value and other not in value]
        found += [Complaint(path, f"'{name}' is missing") for name in missing]
        if self.one_of and sum(name in value for name in self.one_of) != 1:
            found.append(Complaint(path, f"must have exactly one of {', '.join(self.one_of)}"))
        for name, item in value.items():
            child = f"{path}.{name}" if path else name
            if name in self.fields:
                self.fields[name].check(item, child, found)
            else:
                found.append(Complaint(child, f"is not known; known are {', '.join(self.fields)}"))


Shape = Text | Scalar | Optional | Items | Entries | Table

BOTH_LANGUAGES = Table({"vi": Text(), "en": Text()}, needed=("vi", "en"))


def read_shaped(text: str, shape: Table, where: str) -> dict[str, Any]:
    """The file's content, of that shape; raises `FileMalformed` with everything that is wrong."""
    reader = _Reader()
    try:
        value = reader.read(text)
    except yaml.YAMLError as error:
        raise FileMalformed(where=where, complaints=[_complaint(error)]) from error
    found = list(reader.found)
    shape.check(value, "", found)
    if found:
        told = [Complaint(path or "the file", text, line or reader.line(path)) for path, text, line in found]
        raise FileMalformed(where=where, complaints=sorted(told, key=lambda complaint: complaint.line))
    made: dict[str, Any] = value
    return made


def _shown(value: Any) -> str:
    shown = "nothing" if value is None else repr(value)
    return shown if len(shown) <= 60 else f"{shown[:57]}..."


def _complaint(error: yaml.YAMLError) -> Complaint:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or str(error).splitlines()[0]
    return Complaint("YAML", str(problem), mark.line + 1 if mark else 0)


# --- YAML ---------------------------------------------------------------------------------------------------------

_RESOLVERS = (
    ("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), list("tf")),
    ("tag:yaml.org,2002:null", re.compile(r"^(?:~|null|)$"), ["~", "n", ""]),
    ("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]{0,17})$"), list("-0123456789")),
)
_PLAIN: Mapping[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    "tag:yaml.org,2002:int": int,
    "tag:yaml.org,2002:bool": lambda text: text == "true",
    "tag:yaml.org,2002:null": lambda text: None,
}


class _Loader(yaml.SafeLoader):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own table, replaced

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="anchors are not allowed", problem_mark=event.start_mark)
        self.depth = getattr(self, "depth", 0) + 1
        if self.depth > _DEEPEST:
            event = self.peek_event()  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="is nested too deeply", problem_mark=event.start_mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Dumper(yaml.SafeDumper):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own table, replaced

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


for _tag, _pattern, _first in _RESOLVERS:
    _Loader.add_implicit_resolver(_tag, _pattern, _first)
    _Dumper.add_implicit_resolver(_tag, _pattern, _first)


#: line ends of Unicode, which single quotes turn into spaces
_UNUSUAL_LINE_ENDS = frozenset("\x85\u2028\u2029")


class Inline(dict[str, Any]):
    """A table that is written on one line."""


_Dumper.add_representer(
    str,
    lambda dumper, data: dumper.represent_scalar(
        "tag:yaml.org,2002:str", data, style=None if _UNUSUAL_LINE_ENDS.isdisjoint(data) else '"'
    ),
)
_Dumper.add_representer(
    Inline, lambda dumper, data: dumper.represent_mapping("tag:yaml.org,2002:map", data.items(), flow_style=True)
)
_Dumper.add_representer(
    list,
    lambda dumper, data: dumper.represent_sequence(
        "tag:yaml.org,2002:seq", data, flow_style=all(isinstance(item, str) for item in data)
    ),
)


def write_yaml(value: Mapping[str, Any]) -> str:
    """The value as YAML a person can read; `read_shaped` gives it back."""
    written: str = yaml.dump(dict(value), Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=150, indent=2)
    return written


class _Reader:
    """Turns nodes into plain values, and remembers on which line each stands and which keys come twice."""

    def __init__(self) -> None:
        self.found: list[Complaint] = []
        self._lines: dict[str, int] = {}

    def line(self, path: str) -> int:
        while path not in self._lines and path:
            path = path.rpartition("." if path.rfind(".") > path.rfind("[") else "[")[0]
        return self._lines.get(path, 0)

    def read(self, text: str) -> Any:
        if len(text) > _MOST_CHARACTERS:
            raise yaml.YAMLError(f"is longer than {_MOST_CHARACTERS} characters")
        node = yaml.compose(text, Loader=_Loader)
        return None if node is None else self._value(node, "")

    def _value(self, node: yaml.Node, path: str) -> Any:
        self._lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.MappingNode) and node.tag == "tag:yaml.org,2002:map":
            return self._table(node, path)
        if isinstance(node, yaml.SequenceNode) and node.tag == "tag:yaml.org,2002:seq":
            return [self._value(item, f"{path}[{number}]") for number, item in enumerate(node.value)]
        if isinstance(node, yaml.ScalarNode) and node.tag in _PLAIN:
            return _PLAIN[node.tag](node.value)
        self.found.append(Complaint(path, f"the tag {node.tag} is not allowed", node.start_mark.line + 1))
        return None

    def _table(self, node: yaml.MappingNode, path: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self.found.append(Complaint(path, "a key must be one word", line))
                continue
            if key_node.value in made:
                self.found.append(Complaint(path, f"'{key_node.value}' stands here twice", line))
            child = f"{path}.{key_node.value}" if path else str(key_node.value)
            made[key_node.value] = self._value(value_node, child)
        return made
