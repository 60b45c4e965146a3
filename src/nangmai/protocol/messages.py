"""The exchange between a recorder and web: `Report` up, `Desired` down (docs/design/planes.md).

Frozen dataclasses that turn into JSON objects and back. An unknown field is ignored, so that either side may be newer;
a missing one or a wrong type is an error. Nothing here decides or acts.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, TypeVar

from nangmai.base.errors import Error, Kind

VERSION = 1

StreamStateName = Literal["recording", "waiting_for_key_picture", "connecting", "no_signal", "refused", "disk", "off"]
Outcome = Literal["opened", "closed", "refused", "revoked"]
Health = Literal["ok", "warning", "alarm"]
T = TypeVar("T", bound="Message")


class MessageInvalid(Error):
    """A message of the other plane is not in the agreed form: {where}: {complaint}."""

    kind: ClassVar[Kind] = Kind.INVALID


class Message:
    """What all messages share: the way to JSON and back."""

    __slots__ = ()

    def to_json(self) -> dict[str, Any]:
        """A JSON object: nested messages become objects, tuples become lists."""
        fields = dataclasses.fields(self)  # type: ignore[arg-type]
        return {field.name: _encoded(getattr(self, field.name)) for field in fields}

    @classmethod
    def from_json(cls: type[T], value: Any, where: str = "") -> T:
        """The message in a parsed JSON object, or `MessageInvalid` naming the field."""
        where = where or cls.__name__
        if not isinstance(value, dict):
            raise MessageInvalid(where=where, complaint="not an object")
        hints = typing.get_type_hints(cls)
        fields = {}
        for field in dataclasses.fields(cls):  # type: ignore[arg-type]
            if field.name in value:
                fields[field.name] = _decoded(hints[field.name], value[field.name], f"{where}.{field.name}")
            elif field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING:
                raise MessageInvalid(where=where, complaint=f"the field {field.name!r} is missing")
        message = cls(**fields)
        if getattr(message, "version", VERSION) != VERSION:
            raise MessageInvalid(where=where, complaint=f"version {value['version']} is not known here")
        return message


def _encoded(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_json()
    if isinstance(value, tuple):
        return [_encoded(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _encoded(item) for key, item in value.items()}
    return value


def _decoded(hint: Any, value: Any, where: str) -> Any:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return None if value is None else _decoded(arguments[0], value, where)
    if origin is tuple:
        items = _typed(list, value, where)
        return tuple(_decoded(arguments[0], item, f"{where}[{number}]") for number, item in enumerate(items))
    if origin is Mapping:
        table = _typed(dict, value, where)
        return {str(key): _decoded(arguments[1], item, f"{where}.{key}") for key, item in table.items()}
    if origin is Literal:
        if value not in arguments:
            raise MessageInvalid(where=where, complaint=f"must be one of {', '.join(map(str, arguments))}")
        return value
    if isinstance(hint, type) and issubclass(hint, Message):
        return hint.from_json(value, where)
    return float(value) if hint is float and type(value) is int else _typed(hint, value, where)


def _typed(kind: type, value: Any, where: str) -> Any:
    if type(value) is not kind:
        raise MessageInvalid(where=where, complaint=f"must be {kind.__name__}, not {type(value).__name__}")
    return value


@dataclasses.dataclass(frozen=True, slots=True)
class HealthState(Message):
    """The recorder in one word and one sentence."""

    state: Health
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class StreamState(Message):
    """What one stream does now and what is known of it."""

    state: StreamStateName
    since_us: int
    message: str
    codec: str | None
    width: int | None
    height: int | None
    fps: float | None
    bitrate_bps: int | None
    oldest_us: int | None
    newest_us: int | None
    clock_offset_us: int | None
    lost_packets: int
    reconnects: int
    code: str = ""  #: of the error that `message` says in English, so that it can be said in another language
    facts: Mapping[str, str] = dataclasses.field(default_factory=dict)  #: what fills its braces


@dataclasses.dataclass(frozen=True, slots=True)
class CameraState(Message):
    """One camera as its recorder's file names it."""

    id: str
    name: str
    area: str
    streams: Mapping[str, StreamState]


@dataclasses.dataclass(frozen=True, slots=True)
class TicketUse(Message):
    """One use of a ticket: what web turns into a ledger entry."""

    id: int
    ticket_id: str
    person: str
    right: str
    camera: str
    stream: str
    from_us: int | None
    to_us: int | None
    at_us: int
    bytes: int
    outcome: Outcome
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class VolumeState(Message):
    """One volume of the archive; `days` is what the forecast says it will hold."""

    path: str
    state: Literal["ok", "low", "critical", "failed"]
    size_bytes: int
    free_bytes: int
    days: float | None
    message: str


@dataclasses.dataclass(frozen=True, slots=True)
class Report(Message):
    """What a recorder tells web, once a second while something happens."""

    version: int
    recorder: str
    boot_id: str
    sent_us: int
    public_key: str
    health: HealthState
    cameras: tuple[CameraState, ...]
    uses: tuple[TicketUse, ...]
    volumes: tuple[VolumeState, ...]
    checkpoints: tuple[str, ...]


@dataclasses.dataclass(frozen=True, slots=True)
class Hold(Message):
    """Footage that nothing may delete, until web takes the hold back."""

    id: str
    camera: str
    from_us: int
    to_us: int
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class Retention(Message):
    """How long the regulation in force has footage kept: a floor nothing goes below, a ceiling only a hold exceeds."""

    min_days: float
    max_days: float | None


@dataclasses.dataclass(frozen=True, slots=True)
class Desired(Message):
    """What web wants of a recorder; the recorder keeps the last one and obeys it across restarts."""

    version: int
    acknowledged_use: int
    ticket_keys: Mapping[str, str]
    revoked: tuple[str, ...]
    holds: tuple[Hold, ...]
    retention: Retention | None = None  #: None: the recorder's file alone says
    audio: bool = False  #: whether sound may be recorded and heard: only where a text in force says so
