"""Errors with a code, facts and one sentence a person can act on.

A subclass's docstring *is* its message; the facts fill the braces. Facts are never secret: mask a URL
before it goes in. Foreign exceptions are mapped where they enter, and an `Error` is mapped to an HTTP status, an
exit code or a translation once, at the edge.
"""

from __future__ import annotations

import enum
import inspect
import re
from typing import Any, ClassVar


class Kind(enum.Enum):
    """What sort of failure it is: (name, HTTP status, exit code of a command)."""

    INVALID = ("invalid", 400, 2)
    DENIED = ("denied", 403, 3)
    NOT_FOUND = ("not_found", 404, 4)
    CONFLICT = ("conflict", 409, 5)
    PRECONDITION = ("precondition", 412, 6)
    EXHAUSTED = ("exhausted", 507, 7)
    UNAVAILABLE = ("unavailable", 503, 8)
    CORRUPT = ("corrupt", 500, 9)
    INTERNAL = ("internal", 500, 70)

    def __init__(self, label: str, http_status: int, exit_code: int) -> None:
        self.label = label
        self.http_status = http_status
        self.exit_code = exit_code


class Error(Exception):
    """Something went wrong: {reason}."""

    kind: ClassVar[Kind] = Kind.INTERNAL
    code: ClassVar[str] = "error"

    def __init__(self, **facts: Any) -> None:
        super().__init__()
        self.facts = facts

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if "code" not in cls.__dict__:
            cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    @classmethod
    def template(cls) -> str:
        """The message with its braces still open: the text that translators see."""
        return inspect.cleandoc(cls.__doc__ or "").split("\n\n")[0].replace("\n", " ")

    def __str__(self) -> str:
        try:
            return self.template().format(**self.facts)
        except (KeyError, IndexError):
            return f"{self.template()} {self.facts}"

    @property
    def told_facts(self) -> dict[str, str]:
        """The facts as text: what a sentence in another language is filled with."""
        return {name: str(value) for name, value in self.facts.items()}

    def as_dict(self) -> dict[str, Any]:
        """The form in which an error crosses a process border: code, kind, message, facts."""
        return {"error": self.code, "kind": self.kind.label, "message": str(self), "facts": self.facts}
