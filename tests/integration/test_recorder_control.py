"""The exchange with web over real HTTP: reports go up, keys, revocations and holds come down, and outlast a restart."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from integration.rtsp_support import in_loop
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.protocol.identity import verify_recorder_token
from nangmai.protocol.keys import key_id, parse_public_key, public_key_text
from nangmai.protocol.messages import Desired, Hold, Report, Retention
from nangmai.protocol.tickets import Ticket, TicketError, TicketForged, TicketRevoked, issue_ticket
from nangmai.recorder.config import load_config
from nangmai.recorder.control import ENROLMENT_HEADER
from nangmai.recorder.node import Node

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
HOLD = Hold("h-1", "cam-01", 1_000, 2_000, "order 5")


class WebPlane:
    """What the web plane does in the exchange, as docs/design/planes.md says it."""

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self.enrolments: list[str | None] = []
        self.revoked: tuple[str, ...] = ()
        self.holds: tuple[Hold, ...] = ()
        self.retention: Retention | None = None
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
        return web.json_response(Desired(1, last, self.keys, self.revoked, self.holds, self.retention).to_json())

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


@asynccontextmanager
async def recorder(folder: Path, port: int) -> AsyncIterator[Node]:
    path = folder / "nvr.toml"
    path.write_text(
        '[recorder]\nname = "nvr-1"\narchive = ["archive"]\nlisten = "127.0.0.1:0"\nflush_seconds = 0.5\n'
        f'[control]\nurl = "http://127.0.0.1:{port}"\nenrolment = "s3cret"\n'
        '[[camera]]\nid = "cam-01"\nname = "Cổng chính"\nmain = "rtsp://127.0.0.1:1/x"\n',
        encoding="utf-8",
    )
    node = Node(load_config(path))
    await node.start()
    try:
        yield node
    finally:
        await node.stop()


async def until(is_met: Callable[[], Any]) -> None:
    async with asyncio.timeout(30):
        while not is_met():  # noqa: ASYNC110 what is waited for has no event
            await asyncio.sleep(0.02)


def ticket(node: Node, **changes: Any) -> str:
    now_s = node.clock.wall_us() // US_PER_S
    claims = {"id": "t-1", "recorder": "nvr-1", "person": "7", "name": "Bảo", "right": "live", "cameras": ("cam-01",)}
    claims |= {"issued_s": now_s, "expires_s": now_s + 300, **changes}
    return issue_ticket(KEY, key_id(KEY.public_key()), Ticket(**claims))  # type: ignore[arg-type]


def accepts(node: Node) -> bool:
    try:
        node.tickets.check(ticket(node))
    except TicketError:
        return False
    return True


@in_loop
async def test_a_recorder_enrols_once_and_reports_its_cameras(tmp_path: Path) -> None:
    async with web_plane() as plane, recorder(tmp_path, plane.port) as node:
        await until(lambda: accepts(node))
        node.tickets.open(ticket(node), "live", "cam-01", "main").close(0)
        await plane.reports_until(lambda report: bool(report.uses))
        assert plane.enrolments[0] == "s3cret"
        assert plane.enrolments[-1] is None
        (camera,) = plane.reports[0].cameras
        assert (camera.id, camera.name, set(camera.streams)) == ("cam-01", "Cổng chính", {"main"})
        assert plane.reports[0].volumes[0].state == "ok"


@in_loop
async def test_a_use_stays_in_the_outbox_until_web_has_it(tmp_path: Path) -> None:
    async with web_plane() as plane:
        plane.acknowledges = False
        async with recorder(tmp_path, plane.port) as node:
            await until(lambda: accepts(node))
            node.tickets.open(ticket(node), "live", "cam-01", "main")
            first = await plane.reports_until(lambda report: bool(report.uses))
        async with recorder(tmp_path, plane.port) as node:
            plane.reports.clear()
            second = await plane.reports_until(lambda report: len(report.uses) == 2)
            assert second.uses[0] == first.uses[0]
            assert [use.outcome for use in second.uses] == ["opened", "closed"]
            plane.acknowledges = True
            await until(lambda: not node.archive.index.ticket_uses())


@in_loop
async def test_a_revocation_ends_a_use_within_two_seconds_of_the_exchange(tmp_path: Path) -> None:
    ended: list[TicketError] = []
    async with web_plane() as plane, recorder(tmp_path, plane.port) as node:
        await until(lambda: accepts(node))
        node.tickets.open(ticket(node), "live", "cam-01", "main", on_end=ended.append)
        await plane.reports_until(lambda report: bool(report.uses))
        plane.revoked = ("t-1",)
        began = len(plane.reports)
        await until(lambda: ended)
        assert isinstance(ended[0], TicketRevoked)
        assert len(plane.reports) - began <= 2  # while footage is watched web is asked every second


@in_loop
async def test_the_regulation_raises_the_floor_at_once_and_keeps_it_while_web_is_down(tmp_path: Path) -> None:
    async with web_plane() as plane:
        async with recorder(tmp_path, plane.port) as node:
            await until(lambda: accepts(node))
            assert node.archive.rules.floor_us("cam-01") == 20 * US_PER_DAY
            plane.retention = Retention(30.0, 40.0)
            await until(lambda: node.archive.rules.floor_us("cam-01") == 30 * US_PER_DAY)
            assert node.archive.rules.ceiling_us("cam-01") == 30 * US_PER_DAY  # the file's own, lower than 40
        plane.answer = lambda: web.Response(status=503)
        node = Node(load_config(tmp_path / "nvr.toml"))
        await node.start()
        try:
            assert node.archive.rules.floor_us("cam-01") == 30 * US_PER_DAY  # before anything could be asked
        finally:
            await node.stop()


@in_loop
async def test_what_web_wanted_last_is_obeyed_while_web_is_down(tmp_path: Path) -> None:
    async with web_plane() as plane:
        plane.revoked, plane.holds = ("t-9",), (HOLD,)
        async with recorder(tmp_path, plane.port) as node:
            await until(lambda: accepts(node) and node.archive.index.holds())
        port = plane.port
    async with recorder(tmp_path, port) as node:
        await until(lambda: accepts(node))
        with pytest.raises(TicketRevoked):
            node.tickets.check(ticket(node, id="t-9"))
        assert [hold.id for hold in node.archive.index.holds()] == ["h-1"]


@in_loop
async def test_a_hold_that_is_no_longer_listed_is_lifted(tmp_path: Path) -> None:
    async with web_plane() as plane:
        plane.holds = (HOLD,)
        async with recorder(tmp_path, plane.port) as node:
            await until(node.archive.index.holds)
            plane.holds = ()
            node.tickets.open(ticket(node), "live", "cam-01", "main")
            await until(lambda: not node.archive.index.holds())


@in_loop
async def test_a_key_that_web_withdraws_opens_nothing_any_more(tmp_path: Path) -> None:
    async with web_plane() as plane, recorder(tmp_path, plane.port) as node:
        await until(lambda: accepts(node))
        plane.keys = {}
        node.tickets.open(ticket(node), "live", "cam-01", "main")
        await until(lambda: not accepts(node))
        with pytest.raises(TicketForged):
            node.tickets.check(ticket(node))


@pytest.mark.parametrize(
    "answer",
    [
        lambda: web.json_response({"error": "recorder_unknown", "message": "no such recorder"}, status=401),
        lambda: web.Response(text="<html>a proxy's page</html>", content_type="text/html"),
        lambda: web.json_response({"version": 1}),
        lambda: web.json_response([1, 2, 3]),
        lambda: web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"}),
    ],
    ids=["refused", "html", "fields missing", "no object", "redirect"],
)
def test_whatever_web_answers_the_recorder_goes_on(
    tmp_path: Path, answer: Callable[[], web.Response], caplog: pytest.LogCaptureFixture
) -> None:
    @in_loop
    async def script() -> None:
        async with web_plane() as plane:
            plane.answer = answer
            async with recorder(tmp_path, plane.port) as node:
                await until(lambda: len(plane.reports) >= 2)
                plane.answer = None
                await until(lambda: accepts(node))

    script()
    warnings = [record for record in caplog.records if record.name == "nangmai.recorder.control"]
    assert len(warnings) == 1
    assert "s3cret" not in caplog.text
    assert not any(record.exc_info for record in warnings)
