"""The exchange with web over real HTTP: reports go up, keys, revocations and holds come down, and outlast a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from integration.rtsp_support import in_loop
from integration.web_plane import KEY, until, web_plane
from nangmai.base.units import US_PER_DAY, US_PER_S
from nangmai.protocol.keys import key_id
from nangmai.protocol.messages import Hold, Retention
from nangmai.protocol.tickets import Ticket, TicketError, TicketForged, TicketRevoked, issue_ticket
from nangmai.recorder.config import load_config
from nangmai.recorder.node import Node

HOLD = Hold("h-1", "cam-01", 1_000, 2_000, "order 5")


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
