"""The recorder's file: strict TOML whose form is a contract (docs/reference/recorder-config.md).

Owns names, defaults and checks. Every complaint is one sentence with file and key, and never shows a password.
"""

from __future__ import annotations

import dataclasses
import ipaddress
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import SplitResult, urlsplit

from nangmai.base.config import ConfigInvalid, load_table, setting
from nangmai.base.log import mask_secrets

Transport = Literal["tcp", "udp", "ffmpeg"]
StreamKind = Literal["main", "sub"]

TRANSPORTS = ("tcp", "udp", "ffmpeg")
RTSP_SCHEMES = ("rtsp", "rtsps")
FFMPEG_SCHEMES = (*RTSP_SCHEMES, "rtmp", "rtmps", "http", "https", "file")
OTHERS_TABLES = ("web", "gateway")  #: they belong to `nangmai up`
CONTROL_URL_VARIABLE = "NANGMAI_CONTROL_URL"
CONTROL_ENROLMENT_VARIABLE = "NANGMAI_CONTROL_ENROLMENT"

# An id becomes a folder and part of a file name; the dot is left out because it parts camera from stream.
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")


def _id_complaint(value: str) -> str | None:
    if _ID.fullmatch(value):
        return None
    return f"{value!r} must be 1 to 48 letters a-z, digits, '-' or '_', and begin with a letter or digit"


def _address_complaint(value: str) -> str | None:
    host, _, port = value.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        return f'{value!r} must be an address and a port, such as "127.0.0.1:8601"'
    return None


def _between(least: float, most: float) -> Callable[[float | None], str | None]:
    def complaint(value: float | None) -> str | None:
        return None if value is None or least <= value <= most else f"must be from {least:g} to {most:g}, not {value:g}"

    return complaint


_days_complaint = _between(0, 36_500)


def _transport_complaint(value: str) -> str | None:
    return None if value in TRANSPORTS else f"must be one of {', '.join(TRANSPORTS)}, not {value!r}"


def _not_empty(value: str | list[Any]) -> str | None:
    return None if value else "must not be empty"


def _http_complaint(value: str) -> str | None:
    parts = _split_url(value)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname:
        return f"{mask_secrets(value)!r} must be an http:// or https:// address"
    return None


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecorderTable:
    """`[recorder]`: the node itself."""

    name: str = setting("The recorder's name, part of every address and every file it writes.", check=_id_complaint)
    archive: list[str] = setting(
        "One or more folders, each on a disk of its own; a path that is not absolute starts at this file.",
        check=_not_empty,
    )
    listen: str = setting("Where live and playback are served.", default="127.0.0.1:8601", check=_address_complaint)
    flush_seconds: float = setting(
        "How often everything written is forced to the disk: what a power cut can cost.",
        default=4.0,
        check=_between(0.5, 60),
    )
    state: str | None = setting(
        "Folder of the index and the recorder's key; `state` in the first archive folder if left out.", default=None
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class RetentionTable:
    """`[retention]`: how long footage is kept, for cameras that do not say otherwise."""

    min_days: float = setting(
        "Footage younger than this is never deleted, even when the disk is full.", default=20.0, check=_days_complaint
    )
    max_days: float = setting(
        "Footage older than this is deleted, unless it is held.", default=30.0, check=_days_complaint
    )


@dataclasses.dataclass(frozen=True, kw_only=True)
class CameraTable:
    """`[[camera]]`: one camera; repeat the table for each."""

    id: str = setting("Names the camera for ever: its folders, its footage, its tickets.", check=_id_complaint)
    name: str = setting("What people read.", check=_not_empty)
    main: str = setting("Address of the full picture, with user name and password where the camera asks for them.")
    sub: str | None = setting("Address of the small picture for walls.", default=None)
    audio: bool = setting(
        "Record sound too; where there is a web plane, only while its regulation allows sound.", default=False
    )
    transport: str = setting(
        "`tcp`, `udp`, or `ffmpeg` for addresses that are not RTSP.", default="tcp", check=_transport_complaint
    )
    area: str = setting("Where it hangs; people find it by this.", default="")
    enabled: bool = setting("Set to false to stop recording; its footage is kept and deleted as before.", default=True)
    absent: bool = setting(
        "Set to true for a camera that is not there, such as one not mounted yet: nothing is expected of it.",
        default=False,
    )
    min_days: float | None = setting("Overrides `min_days` of `[retention]`.", default=None, check=_days_complaint)
    max_days: float | None = setting("Overrides `max_days` of `[retention]`.", default=None, check=_days_complaint)

    @property
    def is_expected(self) -> bool:
        """Whether there should be pictures of it."""
        return self.enabled and not self.absent

    @property
    def transport_name(self) -> Transport:
        """`transport`, which has been checked."""
        return cast(Transport, self.transport)

    def urls(self) -> Mapping[StreamKind, str]:
        """Its streams, main first."""
        return {"main": self.main} if self.sub is None else {"main": self.main, "sub": self.sub}


@dataclasses.dataclass(frozen=True, kw_only=True)
class ControlTable:
    """`[control]`: the web plane; without it the recorder works alone."""

    url: str = setting("Address of the web plane.", check=_http_complaint)
    enrolment: str | None = setting("One-time secret that makes this recorder known there.", default=None)


@dataclasses.dataclass(frozen=True, kw_only=True)
class TicketsTable:
    """`[tickets]`: whose tickets to accept, for a recorder without web."""

    keys: list[str] = setting("Files with an Ed25519 public key each.", factory=list)


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecorderFile:
    """The tables of the file."""

    recorder: RecorderTable = setting("")
    retention: RetentionTable = setting("", factory=RetentionTable)
    camera: list[CameraTable] = setting("", factory=list)
    control: ControlTable | None = setting("", default=None)
    tickets: TicketsTable = setting("", factory=TicketsTable)


@dataclasses.dataclass(frozen=True, kw_only=True)
class RecorderConfig(RecorderFile):
    """The whole file, and the folder it stands in: its paths start there."""

    directory: Path

    @property
    def volumes(self) -> list[Path]:
        """The archive's folders, absolute."""
        return [self.path(folder) for folder in self.recorder.archive]

    @property
    def state(self) -> Path | None:
        """The state folder, absolute; None = the archive's default."""
        return self.path(self.recorder.state) if self.recorder.state is not None else None

    @property
    def address(self) -> tuple[str, int]:
        """Host and port to listen on."""
        host, _, port = self.recorder.listen.rpartition(":")
        return host.strip("[]"), int(port)

    def path(self, text: str) -> Path:
        """A path of the file, absolute."""
        return (self.directory / Path(text).expanduser()).resolve()


def load_config(path: Path, environment: Mapping[str, str] | None = None) -> RecorderConfig:
    """Read and check the file; `environment` may name the web plane where the file does not (docs/design/planes.md)."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigInvalid(where=str(path), complaint=f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigInvalid(where=str(path), complaint=f"is not text in UTF-8 (byte {error.start})") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigInvalid(where=str(path), complaint=f"is not TOML: {error}") from error
    for name in OTHERS_TABLES:
        table.pop(name, None)
    url = (environment or {}).get(CONTROL_URL_VARIABLE)
    if url and "control" not in table:
        table["control"] = {"url": url}
        enrolment = (environment or {}).get(CONTROL_ENROLMENT_VARIABLE)
        if enrolment:
            table["control"]["enrolment"] = enrolment
    file = load_table(RecorderFile, table, str(path))
    tables = {field.name: getattr(file, field.name) for field in dataclasses.fields(file)}
    config = RecorderConfig(**tables, directory=path.resolve().parent)
    _check_cameras(config, str(path))
    _check_retention(config, str(path))
    _check_folders(config, str(path))
    return config


def _check_cameras(config: RecorderConfig, where: str) -> None:
    seen: dict[str, int] = {}
    for number, camera in enumerate(config.camera):
        place = f"{where}: camera[{number}]"
        # Some file systems do not tell CAM-1 from cam-1.
        first = seen.setdefault(camera.id.casefold(), number)
        if first != number:
            raise ConfigInvalid(where=f"{place}: id", complaint=f"{camera.id!r} is already the id of camera[{first}]")
        for kind, url in camera.urls().items():
            complaint = _url_complaint(url, camera.transport_name)
            if complaint:
                raise ConfigInvalid(where=f"{place}: {kind}", complaint=complaint)


def _split_url(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _url_complaint(url: str, transport: Transport) -> str | None:
    shown = repr(mask_secrets(url))
    parts = _split_url(url)
    if parts is None:
        return f"{shown} is not an address"
    if transport != "ffmpeg" and parts.scheme in FFMPEG_SCHEMES and parts.scheme not in RTSP_SCHEMES:
        return f'{shown} is not rtsp:// or rtsps://; other addresses need transport = "ffmpeg"'
    schemes = FFMPEG_SCHEMES if transport == "ffmpeg" else RTSP_SCHEMES
    if parts.scheme not in schemes:
        return f"{shown} must begin with {' or '.join(f'{scheme}://' for scheme in schemes)}"
    if parts.scheme == "file":
        return None if parts.path else f"{shown} names no file"
    return None if parts.hostname else f"{shown} names no host"


def _check_retention(config: RecorderConfig, where: str) -> None:
    if config.retention.min_days > config.retention.max_days:
        raise ConfigInvalid(
            where=f"{where}: retention", complaint=_order(config.retention.min_days, config.retention.max_days)
        )
    for number, camera in enumerate(config.camera):
        floor = config.retention.min_days if camera.min_days is None else camera.min_days
        ceiling = config.retention.max_days if camera.max_days is None else camera.max_days
        if floor > ceiling:
            raise ConfigInvalid(where=f"{where}: camera[{number}]", complaint=_order(floor, ceiling))


def _order(floor: float, ceiling: float) -> str:
    return f"min_days ({floor:g}) must not be above max_days ({ceiling:g})"


def _check_folders(config: RecorderConfig, where: str) -> None:
    volumes = config.volumes
    for number, volume in enumerate(volumes):
        if volume in volumes[:number]:
            raise ConfigInvalid(
                where=f"{where}: recorder: archive[{number}]", complaint=f"the folder {str(volume)!r} is named twice"
            )


def is_local(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
