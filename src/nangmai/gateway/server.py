"""The gateway process: listens, finds the upstream of each request, passes it on (docs/design/planes.md)."""

from __future__ import annotations

import dataclasses
import logging
import socket
import ssl
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import aiohttp
from aiohttp import web

from nangmai.base.errors import Error, Kind
from nangmai.gateway import pages
from nangmai.gateway.passing import UpstreamDown, pass_request
from nangmai.gateway.tunnel import is_upgrade, pass_upgrade
from nangmai.gateway.upstream import Upstream, route

log = logging.getLogger(__name__)

#: where browsers fetch the CA they may decide to trust
CA_PATH = "/ca.crt"
CONNECT_S = 5.0


class AddressTaken(Error):
    """The gateway cannot listen on {host}:{port}: {reason}. Stop what listens there, or choose another port."""

    kind: ClassVar[Kind] = Kind.CONFLICT


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class GatewayConfig:
    """Where to listen and where to pass requests to."""

    host: str
    port: int
    web: Upstream
    recorders: Mapping[str, Upstream]
    tls: ssl.SSLContext | None = None
    ca: Path | None = None


class Gateway:
    """`async with Gateway(config) as gateway:` answers until the block ends; `gateway.url` says where."""

    def __init__(self, config: GatewayConfig) -> None:
        self._config = config
        self._session: aiohttp.ClientSession | None = None
        self._runner: web.AppRunner | None = None
        self.port = config.port

    @property
    def url(self) -> str:
        """The address to open."""
        scheme = "https" if self._config.tls else "http"
        host = self._config.host
        shown = socket.gethostname() if host in ("0.0.0.0", "::") else host  # noqa: S104
        return f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{self.port}"

    async def __aenter__(self) -> Gateway:
        config = self._config
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=30),
            timeout=aiohttp.ClientTimeout(total=None, connect=CONNECT_S),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
        )
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        app.on_response_prepare.append(_stay_unnamed)
        self._runner = web.AppRunner(
            app, access_log=None, handler_cancellation=True, auto_decompress=False, shutdown_timeout=1.0
        )
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, config.host, config.port, ssl_context=config.tls).start()
        except OSError as error:
            await self.close()
            reason = error.strerror or str(error)
            raise AddressTaken(host=config.host, port=config.port, reason=reason) from error
        self.port = int(self._runner.addresses[0][1])
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Stop listening, and end what is open."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        config = self._config
        if request.path == CA_PATH and config.ca is not None:
            return _ca_answer(config.ca)
        target = route(request.rel_url, config.web, config.recorders)
        if target.upstream is None:
            return pages.not_found(target.reason)
        try:
            if is_upgrade(request):
                return await pass_upgrade(request, target.upstream, target.path_and_query)
            assert self._session is not None
            return await pass_request(request, self._session, target.upstream, target.path_and_query)
        except UpstreamDown as error:
            log.info("%s does not answer: %s", target.upstream.name or "web", error)
            if target.upstream.name:
                return pages.recorder_down(target.upstream.name)
            return pages.web_down(request.headers.get("Accept", ""))
        except ConnectionError:
            return web.Response(status=503)  # the browser left before the head of its answer: nobody reads this


async def _stay_unnamed(_request: web.Request, response: web.StreamResponse) -> None:
    """Nobody needs to know what the gateway is made of."""
    response.headers.popall("Server", None)


def _ca_answer(path: Path) -> web.Response:
    headers = {"Content-Disposition": 'attachment; filename="nangmai-ca.crt"', "Cache-Control": "no-store"}
    return web.Response(body=path.read_bytes(), content_type="application/x-x509-ca-cert", headers=headers)
