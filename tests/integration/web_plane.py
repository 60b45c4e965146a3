"""A web plane of a few lines for tests of the exchange, as docs/design/planes.md says it, over real HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from nangmai.protocol.identity import verify_recorder_token
from nangmai.protocol.keys import key_id, parse_public_key, public_key_text
from nangmai.protocol.messages import Desired, Hold, Report, Retention
from nangmai.recorder.control import ENROLMENT_HEADER

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))


class WebPlane:
    """What the web plane does in the exchange, as docs/design/planes.md says it."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.enrolments: list[str | None] = []
        self.revoked: tuple[str, ...] = ()
        self.holds: tuple[Hold, ...] = ()
        self.retention: Retention | None = None
        self.audio = False
        self.keys = {key_id(KEY.public_key()): public_key_text(KEY.public_key())}
        self.acknowledges = True
        self.answer: Callable[[], web.Response] | None = None
        self.port = 0
        self._arrived = asyncio.Event()

    async def exchange(self, request: web.Request) -> web.Response:
        report = Report.from_json(await request.json())
        token = request.headers["Authorization"].removeprefix("Bearer ")
        key = parse_public_key(report.public_key, "the report")
        assert verify_recorder_token(token, key, report.sent_us) == report.recorder == "nvr-1"
        self.enrolments.append(request.headers.get(ENROLMENT_HEADER))
        self.reports.append(report)
        self._arrived.set()
        if self.answer is not None:
            return self.answer()
        last = max((use.id for use in report.uses), default=0) if self.acknowledges else 0
        desired = Desired(1, last, self.keys, self.revoked, self.holds, self.retention, self.audio)
        return web.json_response(desired.to_json())

    async def reports_until(self, is_met: Callable[[Report], bool]) -> Report:
        """Wait for a report of that kind."""
        async with asyncio.timeout(30):
            while True:
                found = next((report for report in self.reports if is_met(report)), None)
                if found is not None:
                    return found
                self._arrived.clear()
                await self._arrived.wait()


@asynccontextmanager
async def web_plane() -> AsyncIterator[WebPlane]:
    plane = WebPlane()
    app = web.Application()
    app.router.add_post("/control/exchange", plane.exchange)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    plane.port = runner.addresses[0][1]
    try:
        yield plane
    finally:
        await runner.cleanup()


async def until(is_met: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not is_met():  # noqa: ASYNC110 what is waited for has no event
            await asyncio.sleep(0.02)
