"""How a fault is asked for: by name with parameters, or in the one line that the command takes. Begins none itself."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from nangmai.base.config import load_table
from nangmai.base.errors import Error, Kind
from nangmai.simulator.fault import Fault, FaultMalformed
from nangmai.simulator.faults import FAULTS


class FaultUnknown(Error):
    """There is no fault {name!r}. Known faults: {known}."""

    kind: ClassVar[Kind] = Kind.INVALID


def make_fault(name: str, /, **parameters: Any) -> Fault:
    """The fault of that name; a wrong name or parameter is one clear error."""
    form = FAULTS.get(name)
    if form is None:
        raise FaultUnknown(name=name, known=", ".join(sorted(FAULTS)))
    return load_table(form, parameters, f"fault {name}")


def check_seconds(name: str, seconds: object) -> None:
    """Refuse a duration that is none."""
    if seconds is not None and (isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds >= 0):
        raise FaultMalformed(text=name, reason=f"{seconds!r} is not a number of seconds")


@dataclass(frozen=True, slots=True)
class FaultRequest:
    """A fault as a command line writes it: `[camera:]name[:key=value,…]`; `seconds` is how long, `after` when."""

    camera: str
    name: str
    seconds: float | None = None
    after: float = 0.0
    parameters: dict[str, Any] = dataclasses.field(default_factory=dict)


def parse_fault(text: str) -> FaultRequest:
    """Read the command line's form; an empty camera means all of them."""
    words = text.split(":", 2) if text.split(":", 1)[0] not in FAULTS else ["", *text.split(":", 1)]
    if len(words) < 2:
        raise FaultUnknown(name=text, known=", ".join(sorted(FAULTS)))
    camera, name = words[:2]
    parameters: dict[str, Any] = {}
    for pair in filter(None, (words[2] if len(words) > 2 else "").split(",")):
        key, equals, value = pair.partition("=")
        if not equals:
            raise FaultMalformed(text=text, reason=f"{pair!r} has no value")
        parameters[key] = _typed(value)
    seconds, after = parameters.pop("seconds", None), parameters.pop("after", 0.0)
    check_seconds(name, seconds)
    check_seconds(name, after)
    make_fault(name, **parameters)
    return FaultRequest(camera, name, seconds, after, parameters)


def _typed(value: str) -> bool | int | float | str:
    if value in ("true", "false"):
        return value == "true"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
