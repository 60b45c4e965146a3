"""What an installation on one machine consists of: recorders, web, gateway, and what they need to know of each other.

Shared by `nangmai up` and `nangmai demo`. Reads the tables `[web]` and `[gateway]`; starts nothing itself.
"""

from __future__ import annotations

import dataclasses
import secrets
import socket
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from nangmai.base.config import ConfigInvalid, load_table, setting
from nangmai.cli.gateway import is_local
from nangmai.cli.supervisor import Child
from nangmai.cli.web import AddressTaken, parse_address
from nangmai.gateway.certificates import machine_names
from nangmai.recorder.config import RecorderConfig, load_config

RECORDER_STOP_S = 6.0


@dataclasses.dataclass(frozen=True, kw_only=True)
class WebTable:
    """`[web]`: the pages."""

    data: str = setting("Folder of the control database and of web's keys; relative to this file.", default="data")
    listen: str = setting("Where the gateway finds the pages.", default="127.0.0.1:8001")


@dataclasses.dataclass(frozen=True, kw_only=True)
class GatewayTable:
    """`[gateway]`: the one address browsers use."""

    listen: str = setting("Address and port; others than this machine get TLS.", default="127.0.0.1:8000")
    names: list[str] = setting("Names people use for this machine beside its own.", factory=list)
    tls: bool | None = setting("Force TLS on or off.", default=None)
    certificate: str | None = setting(
        "Your own certificate (PEM, with its chain) instead of the local CA's.", default=None
    )
    key: str | None = setting("The key of `certificate`.", default=None)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """All parts of one machine, their addresses and the folder of web's data."""

    recorders: Sequence[tuple[Path, RecorderConfig]]
    web: WebTable
    gateway: GatewayTable
    directory: Path
    log_folder: Path | None = None

    @property
    def data(self) -> Path:
        """Where web keeps its own."""
        return (self.directory / Path(self.web.data).expanduser()).resolve()

    @property
    def is_tls(self) -> bool:
        """Whether browsers speak TLS with the gateway."""
        if self.gateway.tls is not None:
            return self.gateway.tls
        return self.gateway.certificate is not None or not is_local(parse_address(self.gateway.listen)[0])

    @property
    def url(self) -> str:
        """What to open in a browser."""
        host, port = parse_address(self.gateway.listen)
        if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not listened on
            host = self.gateway.names[0] if self.gateway.names else socket.gethostname()
        return f"{'https' if self.is_tls else 'http'}://{f'[{host}]' if ':' in host else host}:{port}"


def load_site(paths: Sequence[Path], log_folder: Path | None = None) -> Site:
    """Read and check the files; `[web]` and `[gateway]` come from the first."""
    recorders = [(path, load_config(path)) for path in paths]
    names = [config.recorder.name for _path, config in recorders]
    for name in names:
        if names.count(name) > 1:
            raise ConfigInvalid(where=", ".join(map(str, paths)), complaint=f"two recorders are called {name!r}")
    table = tomllib.loads(paths[0].read_text(encoding="utf-8"))
    return Site(
        recorders=recorders,
        web=_table(WebTable, table, "web", paths[0]),
        gateway=_table(GatewayTable, table, "gateway", paths[0]),
        directory=paths[0].resolve().parent,
        log_folder=log_folder,
    )


def _table(form: type[Any], table: dict[str, Any], name: str, path: Path) -> Any:
    part = table.get(name, {})
    if not isinstance(part, dict):
        raise ConfigInvalid(where=f"{path}: {name}", complaint="must be a table")
    return load_table(form, part, f"{path}: {name}")


def check_addresses(site: Site) -> None:
    """Say now, in one sentence, what would make a child fail again and again."""
    for text in (site.gateway.listen, site.web.listen, *(config.recorder.listen for _p, config in site.recorders)):
        host, port = parse_address(text)
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise AddressTaken(address=text, reason=error.strerror or str(error)) from error


def children(site: Site) -> list[Child]:
    """The processes of the site, recorders first: they wait for nobody."""
    secret = {config.recorder.name: secrets.token_urlsafe(24) for _path, config in site.recorders}
    return [
        *(_recorder(site, path, config, secret[config.recorder.name]) for path, config in site.recorders),
        _web(site, secret),
        _gateway(site),
    ]


def _log_file(site: Site, name: str) -> Path | None:
    return site.log_folder / f"{name}.log" if site.log_folder else None


def _recorder(site: Site, path: Path, config: RecorderConfig, secret: str) -> Child:
    name = f"recorder {config.recorder.name}"
    return Child(
        name=name,
        arguments=("recorder", "--config", str(path)),
        environment={"NANGMAI_CONTROL_URL": f"http://{site.web.listen}", "NANGMAI_CONTROL_ENROLMENT": secret},
        address=config.address,
        stop_turn=1,
        stop_s=RECORDER_STOP_S,
        log_file=_log_file(site, config.recorder.name),
    )


def web_environment(site: Site) -> dict[str, str]:
    """What the web plane needs to know, also for `nangmai web manage`."""
    hosts = [*machine_names(), *site.gateway.names]
    return {
        "NANGMAI_DATA_DIR": str(site.data),
        "NANGMAI_HOSTS": " ".join(f"[{host}]" if ":" in host else host for host in hosts),
        "NANGMAI_TLS": "1" if site.is_tls else "0",
    }


def _web(site: Site, secret: dict[str, str]) -> Child:
    expected = " ".join(f"{name}={value}" for name, value in secret.items())
    return Child(
        name="web",
        arguments=("web", "--listen", site.web.listen),
        environment=web_environment(site) | {"NANGMAI_RECORDERS": expected},
        address=parse_address(site.web.listen),
        log_file=_log_file(site, "web"),
    )


def _gateway(site: Site) -> Child:
    arguments = ["gateway", "--listen", site.gateway.listen, "--web", f"http://{site.web.listen}"]
    arguments += ["--data", str(site.data), "--tls" if site.is_tls else "--no-tls"]
    for _path, config in site.recorders:
        host, port = config.address
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
        arguments += ["--recorder", f"{config.recorder.name}=http://{shown}:{port}"]
    if site.gateway.certificate and site.gateway.key:
        arguments += ["--certificate", str(site.directory / site.gateway.certificate)]
        arguments += ["--key", str(site.directory / site.gateway.key)]
    for name in site.gateway.names:
        arguments += ["--name", name]
    host, port = parse_address(site.gateway.listen)
    return Child(
        name="gateway",
        arguments=arguments,
        address=("127.0.0.1" if host == "0.0.0.0" else host, port),  # noqa: S104
        log_file=_log_file(site, "gateway"),
    )
